/// The word among `candidates` that `word` was probably meant to be; nil when none is close.
package func suggestion(for word: String, among candidates: [String]) -> String? {
  let limit = word.unicodeScalars.count <= 3 ? 1 : word.unicodeScalars.count <= 6 ? 2 : 3
  var best: (word: String, distance: Int)?
  for candidate in candidates {
    let distance = editDistance(Array(word.unicodeScalars), Array(candidate.unicodeScalars))
    // A word of which most letters would have to change is no suggestion.
    guard distance <= limit, distance < max(candidate.unicodeScalars.count, 2) else { continue }
    if best.map({ distance < $0.distance }) ?? true { best = (candidate, distance) }
  }
  return best?.word ?? candidates.first { word.utf8.count >= 3 && $0.utf8.starts(with: word.utf8) }
}

/// Insertions, deletions, replacements and swaps of neighbours that make `a` into `b`.
func editDistance(_ a: [Unicode.Scalar], _ b: [Unicode.Scalar]) -> Int {
  guard a.count <= 64, b.count <= 64 else { return .max }
  var beforePrevious: [Int] = []
  var previous = Array(0...b.count)
  for i in a.indices {
    var row = [i + 1]
    for j in b.indices {
      var cost = min(previous[j] + (a[i] == b[j] ? 0 : 1), previous[j + 1] + 1, row[j] + 1)
      if i > 0, j > 0, a[i] == b[j - 1], a[i - 1] == b[j] { cost = min(cost, beforePrevious[j - 1] + 1) }
      row.append(cost)
    }
    beforePrevious = previous
    previous = row
  }
  return previous[b.count]
}

internal import Bytes
internal import Records

/// Finds the models that a field is named like, without looking at all of them.
///
/// A name that very many models share or end with says nothing, and is passed over.
struct ModelNames: Sendable {
  /// Models that one way of reading a name may lead to.
  static let shareLimit = 100
  /// Words of a field's name; one of more is no name that somebody gave.
  static let wordLimit = 32

  /// Positions of models by their own names.
  private var whole: [Name: [Int]] = [:]
  /// Models' own names read backwards, in byte order, so that those with a common end stand together.
  private var backwards: [(name: [UInt8], model: Int)] = []

  init(_ models: [Name]) {
    for (i, model) in models.enumerated() {
      whole[model, default: []].append(i)
      backwards.append((model.bytes.reversed(), i))
    }
    backwards.sort { a, b in
      a.name == b.name ? a.model < b.model : a.name.lexicographicallyPrecedes(b.name)
    }
  }

  /// Positions of the models that a field's name matches, in their order, and how. `isList`: it may be in the plural.
  func matches(_ field: Name, isList: Bool) -> [(match: NameMatch, model: Int)] {
    let words = DjangoNames.words(field)
    guard let last = words.last, words.count <= Self.wordLimit else { return [] }
    var found: [Int: NameMatch] = [:]
    for spelling in isList ? [words, words.dropLast() + [DjangoNames.singular(last)]] : [words] {
      let joined = Array(spelling.joined())
      for model in models(Name(joined)) { found[model] = .whole }
      for start in spelling.indices.dropFirst() {
        for model in models(Name(Array(spelling[start...].joined()))) where found[model] == nil {
          found[model] = .lastWords
        }
      }
      guard joined.count >= 4, !NameMatch.isPlainWord(joined) else { continue }
      for model in models(endingIn: joined) where found[model] == nil { found[model] = .modelEnd }
    }
    return found.sorted { $0.key < $1.key }.map { (match: $0.value, model: $0.key) }
  }

  private func models(_ name: Name) -> [Int] {
    let found = whole[name] ?? []
    return found.count <= Self.shareLimit ? found : []
  }

  private func models(endingIn end: [UInt8]) -> [Int] {
    let wanted = Array(end.reversed())
    var low = 0, high = backwards.count
    while low < high {
      let middle = (low + high) / 2
      if backwards[middle].name.lexicographicallyPrecedes(wanted) { low = middle + 1 } else { high = middle }
    }
    var found: [Int] = []
    while low < backwards.count, backwards[low].name.starts(with: wanted) {
      guard found.count < Self.shareLimit else { return [] }
      found.append(backwards[low].model)
      low += 1
    }
    return found
  }
}

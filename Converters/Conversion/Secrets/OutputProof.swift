package import Bytes

/// A secret that was found where none may be.
package struct SecretLeak: Equatable, Sendable {
  /// What it is, without its value.
  package var words: String
  /// The name of the file, within the output.
  package var file: [UInt8]
  /// The line, counted from 1, and the byte, from 0.
  package var line: Int
  package var offset: Int
}

/// Reads what was written once more, and looks for every secret value and every secret form in it.
package struct OutputProof: ~Copyable {
  /// Bytes at a time, and of them those that are looked at again with the next.
  private static let capacity = 1 << 18
  private static let overlap = 1 << 13
  /// Leaks that are told.
  private static let limit = 16

  private var finder: SecretFinder
  package private(set) var leaks: [SecretLeak] = []
  /// Bytes looked at.
  package private(set) var byteCount = 0

  package init(_ values: SecretValues) { finder = SecretFinder(values, readsNames: false) }

  /// Looks at a name.
  package mutating func look(atName name: [UInt8]) {
    for found in finder.find(in: name.span) where leaks.count < Self.limit {
      leaks.append(SecretLeak(words: found.words + ", in a file's name", file: [], line: 0, offset: 0))
    }
  }

  /// Looks at all bytes of a source; `name` is what its file is called.
  package mutating func look(at source: inout any ByteSource & ~Copyable, name: [UInt8]) throws(IOError) {
    var heap = ByteHeap(capacity: Self.capacity), start = 0, line = 1, isLast = false
    while !isLast {
      try Interruption.check("read")
      isLast = try heap.fill(from: &source)
      let fresh = heap.count
      for found in finder.find(in: heap.span) where leaks.count < Self.limit {
        var place = line
        for i in 0..<found.range.lowerBound where heap[i] == UInt8(ascii: "\n") { place += 1 }
        let leak = SecretLeak(words: found.words, file: name, line: place, offset: start + found.range.lowerBound)
        if !leaks.contains(where: { $0.file == name && $0.offset == leak.offset }) { leaks.append(leak) }
      }
      guard !isLast else {
        byteCount += start + fresh
        return
      }
      let done = max(0, fresh - Self.overlap)
      for i in 0..<done where heap[i] == UInt8(ascii: "\n") { line += 1 }
      start += done
      heap.removePrefix(done)
    }
  }
}

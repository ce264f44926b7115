internal import Bytes
internal import CIndex

// Rows of a segment that fulfil a condition.
extension SegmentReader {
  /// Once so few rows are left, testing them is cheaper than going through a dictionary.
  private static let fewRows = 64

  /// The rows that fulfil a condition; others may be among them.
  func rows(_ condition: Condition) throws(IndexError) -> RowSet {
    switch condition {
    case .any: return .all(rowCount)
    case .longRun:
      var set = RowSet(limit: rowCount)
      for row in header.longRunRows { set.insert(Int(row)) }
      return set
    case .term(let term): return try rows(term)
    case .part(let bytes, let kinds, let starts, let ends):
      return try rows(holding: bytes, kinds, starts: starts, ends: ends)
    case .uuid(let patterns): return try rows(patterns)
    case .all(let all):
      var set: RowSet?
      for condition in all.sorted(by: { $0.cost < $1.cost }) {
        if let set, condition.cost > 2, set.count <= Self.fewRows { break }
        let rows = try rows(condition)
        set?.formIntersection(rows)
        if set == nil { set = rows }
        if set?.isEmpty ?? false { break }
      }
      return set ?? .all(rowCount)
    case .either(let all):
      var set = RowSet(limit: rowCount)
      for condition in all { set.formUnion(try rows(condition)) }
      return set
    }
  }

  /// The pages of a class.
  private func pages(of kind: Term.Kind) -> Range<Int> {
    let first = header.termPages.firstIndex { $0.kind == kind } ?? header.termPages.count
    let end = header.termPages[first...].firstIndex { $0.kind != kind } ?? header.termPages.count
    return first..<end
  }

  /// The page that would hold a term; nil when it comes before all others of its class.
  private func page(of term: [UInt8], in pages: Range<Int>) -> Int? {
    var low = pages.lowerBound, high = pages.upperBound
    while low < high {
      let middle = (low + high) / 2
      if header.termPages[middle].first.lexicographicallyPrecedes(term) || header.termPages[middle].first == term {
        low = middle + 1
      } else {
        high = middle
      }
    }
    return low > pages.lowerBound ? low - 1 : nil
  }

  private func rows(_ term: Term) throws(IndexError) -> RowSet {
    var set = RowSet(limit: rowCount)
    guard let number = page(of: term.bytes, in: pages(of: term.kind)) else { return set }
    var page = try termPage(number)
    if let width = page.width {
      for i in 0..<page.count where page.terms[(i * width)..<((i + 1) * width)].elementsEqual(term.bytes) {
        try mark(&page, i, in: &set)
      }
    } else {
      try mark(&page, holding: term.bytes, starts: true, ends: true, in: &set)
    }
    return set
  }

  private func rows(
    holding bytes: [UInt8], _ kinds: [Term.Kind], starts: Bool, ends: Bool
  ) throws(IndexError) -> RowSet {
    var set = RowSet(limit: rowCount)
    for kind in kinds {
      var pages = pages(of: kind)
      if starts, !bytes.isEmpty {
        let first = page(of: bytes, in: pages) ?? pages.lowerBound
        // Terms that begin so stand together.
        let end = header.termPages[first..<pages.upperBound].firstIndex { term in
          !term.first.starts(with: bytes) && !term.first.lexicographicallyPrecedes(bytes)
        }
        pages = first..<(end ?? pages.upperBound)
      }
      for number in pages {
        var page = try termPage(number)
        try mark(&page, holding: bytes, starts: starts, ends: ends, in: &set)
      }
    }
    return set
  }

  /// Adds the rows of all terms of a page that hold some bytes.
  private func mark(
    _ page: inout TermPageReader, holding bytes: [UInt8], starts: Bool, ends: Bool, in set: inout RowSet
  ) throws(IndexError) {
    var at = 0, index: UInt32 = 0
    let terms = page.terms
    while at < terms.count {
      let isFound = terms.withUnsafeBufferPointer { p in
        (bytes + [0]).withUnsafeBufferPointer {
          ci_find_term(p.baseAddress!, p.count, $0.baseAddress!, bytes.count, starts ? 1 : 0, ends ? 1 : 0, &at, &index)
            != 0
        }
      }
      guard isFound else { return }
      guard Int(index) < page.count else { throw IndexError(.damaged("more terms than were counted", page: nil)) }
      try mark(&page, Int(index), in: &set)
      while at < terms.count, terms[at] != 0x0A { at += 1 }
      at += 1
      index += 1
    }
  }

  private func rows(_ patterns: [UUIDPattern]) throws(IndexError) -> RowSet {
    var set = RowSet(limit: rowCount)
    func words(_ bytes: [UInt8]) -> (UInt64, UInt64) {
      func word(_ at: Int) -> UInt64 { (0..<8).reduce(0) { $0 | UInt64(bytes[at + $1]) << UInt64($1 * 8) } }
      return (word(0), word(8))
    }
    let kernel = patterns.map { ci_uuid_pattern(value: words($0.value), mask: words($0.mask)) }
    var range = pages(of: .uuid)
    if patterns.count == 1, let first = patterns.first, first.mask.allSatisfy({ $0 == 0xFF }) {
      guard let number = page(of: first.value, in: range) else { return set }
      range = number..<(number + 1)
    }
    for number in range {
      var page = try termPage(number), at = 0
      let terms = page.terms
      while true {
        at = terms.withUnsafeBufferPointer { ci_find_uuid($0.baseAddress!, page.count, at, kernel, kernel.count) }
        if at == page.count { break }
        try mark(&page, at, in: &set)
        at += 1
      }
    }
    return set
  }
}

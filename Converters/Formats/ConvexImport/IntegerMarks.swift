internal import Bytes

/// Puts a point and a zero in the place of the marks behind integers, unless their column has one that no float holds: then all of
/// them stay integers, so that a column has values of one type.
struct IntegerMarks: Sendable {
  /// By column.
  let isLong: [Bool]
  /// The beginning of a mark that the last piece cut.
  private var held: [UInt8] = []

  init(isLong: [Bool]) { self.isLong = isLong }

  /// Hands on a piece of the text without its marks.
  mutating func resolve(_ piece: Span<UInt8>, _ body: (Span<UInt8>) throws(IOError) -> Void) throws(IOError) {
    var start = 0, at = 0
    while at < piece.count {
      if held.isEmpty {
        if piece[at] != ImportDocument.mark {
          at += 1
          continue
        }
        try body(piece.extracting(start..<at))
      }
      held.append(piece[at])
      at += 1
      start = at
      if held.count == ImportDocument.markCount {
        if !isLong[column] { try body(Self.fraction.span) }
        held.removeAll(keepingCapacity: true)
      }
    }
    try body(piece.extracting(start..<piece.count))
  }

  /// The column that the mark names.
  private var column: Int { held.dropFirst().reduce(0) { $0 << 6 | Int($1 & 0x3F) } }

  private static let fraction = Array(".0".utf8)
}

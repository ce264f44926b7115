internal import Bytes
internal import Records

/// Other values for some texts.
struct ValueMap: Sendable {
  private static let seed: UInt64 = 0x6D61_7076
  private let texts: [[UInt8]]
  private let values: [Literal]
  private var positions: [Hash128: Int] = [:]

  init(_ pairs: [(from: [UInt8], to: Literal)]) {
    texts = pairs.map(\.from)
    values = pairs.map(\.to)
    for (i, text) in texts.enumerated() { positions[Hash128.of(text.span, seed: Self.seed)] = i }
  }

  /// The value for a text in a heap; nil when it has none.
  func value(for heap: borrowing ByteHeap, at offset: Int, count: Int) -> Literal? {
    guard let position = positions[heap.hash(at: offset, count: count, seed: Self.seed)],
      heap.equals(texts[position], at: offset, count: count)
    else { return nil }
    return values[position]
  }

  /// The type that all values have; text when they differ.
  var type: LogicalType {
    if values.allSatisfy({ if case .boolean = $0 { true } else { false } }) { return .boolean }
    if values.allSatisfy({ if case .integer = $0 { true } else { false } }) { return .int64 }
    return .text
  }
}

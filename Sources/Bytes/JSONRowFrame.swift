internal import CBytes

/// What stands around the values of rows that are written as JSON objects.
public struct JSONRowFrame: Sendable {
  /// `,"name":` of all columns, one after the other, and behind them what the kernel may read.
  private let keys: [UInt8]
  private let ends: [Int]
  private let lead: [UInt8]
  private let tail: [UInt8]
  private static let padding = 16, endLimit = 4

  /// `ends`: where the key of each column ends; `lead` and `tail`, of up to four bytes: what comes before and behind an object.
  public init(keys: [UInt8], ends: [Int], lead: String, tail: String) {
    precondition(
      ends.last ?? 0 <= keys.count && zip(ends, ends.dropFirst()).allSatisfy { $0 < $1 } && ends.first ?? 1 > 0)
    precondition(lead.utf8.count <= Self.endLimit && tail.utf8.count <= Self.endLimit)
    self.keys = keys + Array(repeating: 0, count: Self.padding)
    self.ends = ends
    self.lead = Array(lead.utf8)
    self.tail = Array(tail.utf8)
  }

  /// Columns of a row.
  public var width: Int { ends.count }

  func withFrame<T>(_ body: (UnsafePointer<cb_json_frame>) -> T) -> T {
    keys.withUnsafeBufferPointer { keys in
      ends.withUnsafeBufferPointer { ends in
        var frame = cb_json_frame()
        frame.keys = keys.baseAddress
        frame.key_ends = ends.baseAddress
        frame.width = ends.count
        withUnsafeMutableBytes(of: &frame.lead) { $0.copyBytes(from: lead) }
        withUnsafeMutableBytes(of: &frame.tail) { $0.copyBytes(from: tail) }
        frame.lead_count = UInt8(lead.count)
        frame.tail_count = UInt8(tail.count)
        return withUnsafePointer(to: frame, body)
      }
    }
  }
}

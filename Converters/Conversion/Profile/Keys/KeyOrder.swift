internal import Bytes

/// The values of a key column in the order of their records, so that records can be found again by value.
///
/// Each entry is a variable-length number `(difference of record numbers, zigzag) << 2 | space` and then, for an integer, the
/// difference to the last integer (zigzag), for any other value its hash as eight bytes.
struct KeyOrder: Sendable {
  private struct Piece: Sendable {
    var offset: Int64
    var count: Int
  }
  /// Bytes after which a piece is closed, so that replaying needs little memory.
  private static let pieceLength = 1 << 16

  private var buffer: [UInt8] = []
  private var pieces: [Piece] = []
  private var lastRecord = 0
  private var lastInteger: Int64 = 0

  /// Bytes of memory taken.
  var byteCount: Int { buffer.capacity }

  /// Appends an integer of a record.
  mutating func append(integer value: Int64, _ space: KeySpace, record: Int) {
    begin(space, record)
    put(zigzag(value &- lastInteger))
    lastInteger = value
  }

  /// Appends the hash of a value that is no integer.
  mutating func append(hash: UInt64, record: Int) {
    begin(.other, record)
    for i in 0..<8 { buffer.append(UInt8(truncatingIfNeeded: hash >> UInt64(i * 8))) }
  }

  private mutating func begin(_ space: KeySpace, _ record: Int) {
    put(zigzag(Int64(record - lastRecord)) << 2 | UInt64(space.rawValue))
    lastRecord = record
  }

  private mutating func put(_ number: UInt64) {
    var rest = number
    while rest >= 0x80 {
      buffer.append(UInt8(truncatingIfNeeded: rest) | 0x80)
      rest >>= 7
    }
    buffer.append(UInt8(rest))
  }

  /// Moves what is in memory to the file.
  mutating func spill(to file: SpillFile) throws(IOError) {
    guard !buffer.isEmpty else { return }
    pieces.append(Piece(offset: try file.byteCount(), count: buffer.count))
    try file.append(buffer.span)
    buffer = []
  }

  /// Calls `body` with each value: its space, its integer or hash, and its record.
  func forEach(_ file: SpillFile?, _ body: (KeySpace, UInt64, Int) -> Void) throws(IOError) {
    var decoder = Decoder()
    for piece in pieces {
      guard let file else { return }
      var at = 0
      while at < piece.count {
        let n = min(Self.pieceLength, piece.count - at)
        decoder.feed(try file.bytes(at: piece.offset + Int64(at), count: n), body)
        at += n
      }
    }
    decoder.feed(buffer, body)
  }

  /// Decodes entries, which may be cut anywhere.
  private struct Decoder {
    private var rest: [UInt8] = []
    private var record = 0
    private var integer: Int64 = 0

    mutating func feed(_ bytes: [UInt8], _ body: (KeySpace, UInt64, Int) -> Void) {
      rest += bytes
      var at = 0
      while at < rest.count {
        var next = at
        guard let head = number(&next), let space = KeySpace(rawValue: UInt8(head & 3)) else { break }
        if space == .other {
          guard next + 8 <= rest.count else { break }
          var hash: UInt64 = 0
          for i in 0..<8 { hash |= UInt64(rest[next + i]) << UInt64(i * 8) }
          record += Int(unzigzag(head >> 2))
          body(space, hash, record)
          at = next + 8
        } else {
          guard let difference = number(&next) else { break }
          record += Int(unzigzag(head >> 2))
          integer &+= unzigzag(difference)
          body(space, UInt64(bitPattern: integer), record)
          at = next
        }
      }
      rest.removeFirst(at)
    }

    /// The variable-length number at a place, which moves behind it; nil when it is cut off.
    private func number(_ at: inout Int) -> UInt64? {
      var value: UInt64 = 0, shift: UInt64 = 0
      while at < rest.count {
        let byte = rest[at]
        at += 1
        value |= UInt64(byte & 0x7F) << shift
        if byte < 0x80 { return value }
        shift += 7
      }
      return nil
    }
  }
}

/// Maps numbers near zero to small numbers without a sign.
private func zigzag(_ value: Int64) -> UInt64 { UInt64(bitPattern: value << 1 ^ value >> 63) }
private func unzigzag(_ value: UInt64) -> Int64 { Int64(bitPattern: value >> 1) ^ -Int64(value & 1) }

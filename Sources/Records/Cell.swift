/// One value of a record: 16 bytes, no reference counting.
///
/// The kind says how the value is held, the column's logical type what it means. `text`, `number`, `json` and `bytes` lie in
/// the batch's heap; `boolean`, `integer` and `double` in the cell; `external` beside the heap.
@frozen public struct Cell: BitwiseCopyable, Sendable {
  @frozen public enum Kind: UInt8, BitwiseCopyable, Sendable, CaseIterable {
    /// A value that says "none".
    case null
    /// No value was given: JSON's absent key.
    case missing
    case boolean
    /// A 64-bit integer.
    case integer
    /// A 64-bit float.
    case double
    /// A number by its digits, as they stand in the source; also `NaN`, `Infinity`, `-Infinity`.
    case number
    /// UTF-8 without escapes.
    case text
    /// Bytes as they are.
    case bytes
    /// JSON text of an object or array (or any JSON value in a json column).
    case json
    /// A value too large for the heap: an index into the batch's `externals`.
    case external
  }
  /// What the reader noticed in passing.
  @frozen public struct Flags: OptionSet, BitwiseCopyable, Sendable {
    public var rawValue: UInt8
    @inlinable public init(rawValue: UInt8) { self.rawValue = rawValue }
    /// The text holds lone surrogates as WTF-8 (`ED A0…BF xx`): only JSON can carry it.
    @inlinable public static var surrogates: Flags { Flags(rawValue: 1) }
    /// The text holds U+0000.
    @inlinable public static var nul: Flags { Flags(rawValue: 2) }
    /// The text came from JSON without escapes and may be written into a JSON string as it is.
    @inlinable public static var plainJSON: Flags { Flags(rawValue: 4) }
    /// The JSON text holds `NaN` or an infinity, which is no JSON.
    @inlinable public static var specials: Flags { Flags(rawValue: 8) }
  }

  @usableFromInline var payload: UInt64
  @usableFromInline var length: UInt32
  public var kind: Kind
  public var flags: Flags

  @inlinable public init(_ kind: Kind, offset: Int, count: Int, flags: Flags = []) {
    self.kind = kind
    self.flags = flags
    payload = UInt64(truncatingIfNeeded: offset)
    length = UInt32(truncatingIfNeeded: count)
  }
  @inlinable public static var null: Cell { Cell(.null, offset: 0, count: 0) }
  @inlinable public static var missing: Cell { Cell(.missing, offset: 0, count: 0) }
  @inlinable public static func boolean(_ value: Bool) -> Cell { Cell(.boolean, offset: value ? 1 : 0, count: 0) }
  @inlinable public static func integer(_ value: Int64) -> Cell { Cell(.integer, offset: Int(value), count: 0) }
  @inlinable public static func double(_ value: Double) -> Cell {
    var cell = Cell(.double, offset: 0, count: 0)
    cell.payload = value.bitPattern
    return cell
  }
  /// Cell of the value at `index` of the batch's `externals`.
  @inlinable public static func external(_ index: Int) -> Cell { Cell(.external, offset: index, count: 0) }

  /// Where the bytes begin in the heap; the index of an external value.
  @inlinable public var offset: Int { Int(truncatingIfNeeded: payload) }
  /// Moves what points into the heap by some bytes.
  @inlinable public mutating func move(by distance: Int) {
    switch kind {
    case .number, .text, .bytes, .json: payload = UInt64(truncatingIfNeeded: offset &+ distance)
    default: break
    }
  }
  /// Number of bytes in the heap.
  @inlinable public var count: Int { Int(truncatingIfNeeded: length) }
  @inlinable public var boolean: Bool { payload != 0 }
  @inlinable public var integer: Int64 { Int64(bitPattern: payload) }
  @inlinable public var double: Double { Double(bitPattern: payload) }
  /// Whether there is no value: null or missing.
  @inlinable public var isAbsent: Bool { kind == .null || kind == .missing }
}

public import CBytes

/// What stands between the values of JSON records that repeat one another's keys: literal, value, literal, value, …, literal.
///
/// Nearly all records of a table are laid out like the one before them, white space included. Such a record is read by
/// comparing literals, many bytes at a time, instead of token by token. The first literal reaches from the end of the record
/// before to the first value.
public final class JSONLayout: Sendable {
  /// The literals, each begun at and padded to a multiple of 16.
  private let bytes: [UInt8]
  private let literals: [cb_json_literal]
  private let required: Int
  /// Columns of a row.
  public let width: Int
  private let limit: Int

  /// The layout of rows of `width` columns. One literal more than `columns`, which tell the column of each value, none twice; `required`
  /// of them, from the first on, stand in every record. Values of `limit` bytes or more are not read.
  public init(literals: [[UInt8]], columns: [Int], required: Int, width: Int, limit: Int) {
    precondition(literals.count == columns.count + 1 && columns.count > 0 && required > 0 && limit <= Int(UInt32.max))
    precondition(columns.allSatisfy { $0 >= 0 && $0 < width } && Set(columns).count == columns.count)
    precondition(literals.allSatisfy { !$0.isEmpty })
    var bytes: [UInt8] = [], table: [cb_json_literal] = []
    for (i, literal) in literals.enumerated() {
      let isLast = i == columns.count, length = UInt32(literal.count)
      table.append(
        cb_json_literal(
          offset: UInt32(bytes.count), length: length, needed: isLast ? length : length + 1,
          column: isLast ? 0 : UInt32(columns[i])))
      bytes += literal
      while bytes.count % 16 != 0 { bytes.append(0) }
    }
    self.bytes = bytes
    self.literals = table
    self.required = required
    self.width = width
    self.limit = limit
  }

  /// Reads records from `offset` on into rows of cells, as long as they have this layout and nothing about them is out of the
  /// ordinary; returns how many, and moves `offset` behind the last. `cells` need not be initialized.
  public func read(
    _ heap: inout ByteHeap, at offset: inout Int, into cells: UnsafeMutableBufferPointer<cb_cell>
  ) -> Int {
    precondition(offset >= 0 && offset <= heap.count)
    let rows = cells.count / width
    guard rows > 0, let first = cells.baseAddress else { return 0 }
    return bytes.withUnsafeBufferPointer { bytes in
      literals.withUnsafeBufferPointer { literals in
        var layout = cb_json_layout(
          bytes: bytes.baseAddress, literals: literals.baseAddress, count: UInt32(literals.count),
          required: UInt32(required), width: UInt32(width), limit: UInt32(limit))
        return cb_json_records(heap.base, &offset, heap.count, &layout, first, rows)
      }
    }
  }
}

internal import Bytes
internal import CatalogSQL
internal import RowIndex

/// A checksum over the rows and pages of a catalog that does not depend on the store that keeps them.
///
/// Tables come in the order of `CatalogTableShape.all`, their rows in the order of their keys; numbers have eight bytes, whatever is
/// of any length has its length before it.
struct CatalogDigest: ~Copyable {
  private enum Mark: UInt8 { case null, integer, bytes, row, table, page }
  private var checksum = SHA256()
  private var pending: [UInt8] = []

  mutating func begin(_ table: CatalogTableShape) {
    pending.append(Mark.table.rawValue)
    append(Array(table.name.utf8))
    append(Int64(table.columns.count))
  }

  /// Adds a row; tells about how many bytes it has.
  mutating func add(_ values: [Value]) -> Int {
    pending.append(Mark.row.rawValue)
    var size = 0
    for value in values {
      switch value {
      case .null: pending.append(Mark.null.rawValue)
      case .integer(let number):
        pending.append(Mark.integer.rawValue)
        append(number)
      case .text(let bytes), .blob(let bytes):
        pending.append(Mark.bytes.rawValue)
        append(bytes)
        size += bytes.count
      }
      size += 8
    }
    flush(above: 1 << 16)
    return size
  }

  mutating func add(_ id: PageID, _ bytes: [UInt8]) {
    pending.append(Mark.page.rawValue)
    append(id.raw)
    append(bytes)
    flush(above: 1 << 16)
  }

  mutating func finish() -> [UInt8] {
    flush(above: 0)
    return checksum.finish()
  }

  private mutating func append(_ bytes: [UInt8]) {
    append(Int64(bytes.count))
    pending += bytes
  }
  private mutating func append(_ number: Int64) {
    for shift in stride(from: 56, through: 0, by: -8) {
      pending.append(UInt8(truncatingIfNeeded: number >> Int64(shift)))
    }
  }
  private mutating func flush(above limit: Int) {
    guard pending.count > limit else { return }
    var bytes: [UInt8] = []
    swap(&bytes, &pending)
    checksum.update(bytes.span)
    bytes.removeAll(keepingCapacity: true)
    swap(&bytes, &pending)
  }
}

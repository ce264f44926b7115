package import Bytes
internal import CBytes
internal import Glibc
internal import Records

/// The index of a table that is being filled: its keys are gathered with the rows and sorted at the end.
///
/// Only for columns that store integers or text: others are left to SQLite.
package final class IndexFill {
  private let root: UInt32
  private let columns: [UInt32]
  private let stores: [UInt8]
  private let isUnique: Bool
  private let keys: SortedKeys
  /// Whether the keys are not all there, so that SQLite has to make the index.
  package var isIncomplete = false

  /// The most columns of an index that is made here.
  package static var columnLimit: Int { 32 }

  /// `columns`: positions in the table; `stores`: how each of them stores its values.
  package init(root: UInt32, columns: [Int], stores: [UInt8], isUnique: Bool, budget: SortBudget) {
    self.root = root
    self.columns = columns.map { UInt32($0) }
    self.stores = stores
    self.isUnique = isUnique
    keys = SortedKeys(budget: budget)
  }

  func append(rows: Range<Int>, of batch: borrowing RecordBatch, key: Int?, first: Int64) throws(IOError) {
    guard !isIncomplete else { return }
    try keys.append(rows: rows, of: batch, columns: columns, stores: stores, key: key, first: first)
  }

  /// Whether one of the index's columns is among these.
  func holds(anyOf others: [Int]) -> Bool { others.contains { columns.contains(UInt32($0)) } }

  /// Builds the index, unless two rows have the same key and it is unique; then nothing is written.
  package func build(in file: inout PageFile) throws(IOError) -> Bool {
    if isUnique { guard try !hasDuplicates() else { return false } }
    var tree = Tree(isTable: false), record: [UInt8] = []
    try keys.forEach { (key) throws(IOError) -> Bool in
      try append(key, to: &tree, &file, &record)
      return true
    }
    try tree.finish(root: root, in: &file)
    return true
  }

  private func append(
    _ key: UnsafeRawBufferPointer, to tree: inout Tree, _ file: inout PageFile, _ record: inout [UInt8]
  ) throws(IOError) {
    // The size of the payload takes one or two bytes, which stand before it.
    let before = 2
    let room = before + 9 * (columns.count + 2) + key.count
    if record.count < room { record = [UInt8](repeating: 0, count: 2 * room) }
    let size = record.withUnsafeMutableBufferPointer { out in
      let size = cb_put_index_record(
        out.baseAddress! + before, key.assumingMemoryBound(to: UInt8.self).baseAddress!, key.count, columns.count)
      if size <= CellWriter.indexLimit { _ = cb_put_varint(out.baseAddress! + (size < 0x80 ? 1 : 0), UInt64(size)) }
      return size
    }
    var writer: CellWriter?
    try record.span.withUnsafeBytes { (bytes) throws(IOError) in
      let payload = bytes[before..<(before + size)]
      guard size > CellWriter.indexLimit else {
        let start = size < 0x80 ? 1 : 0
        return try tree.append(UnsafeRawBufferPointer(rebasing: bytes[start..<payload.endIndex]), to: &file)
      }
      var long = CellWriter(prefix: varint(Int64(size)), payload: size, limit: CellWriter.indexLimit)
      try long.append(UnsafeRawBufferPointer(rebasing: payload), to: &file)
      try long.finish(to: &file)
      writer = long
    }
    guard let writer else { return }
    try writer.cell.span.withUnsafeBytes { (cell) throws(IOError) in try tree.append(cell, to: &file) }
  }

  /// Whether two keys are the same but for the number of their row; nulls are never the same.
  private func hasDuplicates() throws(IOError) -> Bool {
    var last: [UInt8] = [], isDuplicate = false
    try keys.forEach { (key) throws(IOError) -> Bool in
      let values = UnsafeRawBufferPointer(rebasing: key[..<(key.count - 8)])
      if last.count == values.count,
        last.withUnsafeBytes({ memcmp($0.baseAddress!, values.baseAddress!, $0.count) }) == 0,
        !cb_key_has_null(values.assumingMemoryBound(to: UInt8.self).baseAddress!, columns.count)
      {
        isDuplicate = true
        return false
      }
      last.removeAll(keepingCapacity: true)
      last.append(contentsOf: values)
      return true
    }
    return isDuplicate
  }
}

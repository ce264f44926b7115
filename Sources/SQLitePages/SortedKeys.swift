internal import Bytes
internal import CBytes
internal import Glibc
internal import Records

/// How much memory keys that wait to be sorted may take together.
package final class SortBudget {
  let limit: Int
  var used = 0
  package init(bytes: Int) { limit = bytes }
}

/// Keys that come in any order and are handed out sorted by their bytes; sorted runs go to a spill file when memory is short.
final class SortedKeys {
  /// Bytes of a key that count; keys that are equal so far stay in the order in which they came.
  private let compared: Int
  private let budget: SortBudget
  private(set) var count = 0
  private var arena = UnsafeMutableRawBufferPointer(start: nil, count: 0)
  private var used = 0
  private var keys = UnsafeMutableBufferPointer<cb_key>(start: nil, count: 0)
  private var keyCount = 0
  /// Whether the keys in memory are sorted, which uses their heads up.
  private var isSorted = false
  private var spill: SpillFile?
  /// Where sorted runs lie in the spill file.
  private var runs: [Range<Int64>] = []

  init(comparing compared: Int = .max, budget: SortBudget) {
    self.compared = compared
    self.budget = budget
  }
  deinit { discard() }

  /// Lets go of the memory.
  private func discard() {
    budget.used -= arena.count + keys.count * Self.keySize
    arena.deallocate()
    keys.deallocate()
    arena = UnsafeMutableRawBufferPointer(start: nil, count: 0)
    keys = UnsafeMutableBufferPointer(start: nil, count: 0)
    (used, keyCount, isSorted) = (0, 0, false)
  }

  /// What a key takes beside its bytes.
  private static var keySize: Int { MemoryLayout<cb_key>.stride }

  /// Sees to room for so many more keys and bytes.
  private func reserve(keys more: Int, bytes: Int) throws(IOError) {
    if keyCount + more <= keys.count && used + bytes <= arena.count { return }
    let grownArena = max(arena.count, min(max(2 * arena.count, 1 << 14), arena.count + 1 << 24), used + bytes)
    let grownKeys = max(keys.count, 2 * keyCount, keyCount + more)
    let growth = grownArena - arena.count + (grownKeys - keys.count) * Self.keySize
    if budget.used + growth > budget.limit, used > 1 << 18 || used + bytes > Int(UInt32.max) {
      try spillRun()
      return try reserve(keys: more, bytes: bytes)
    }
    let newArena = UnsafeMutableRawBufferPointer.allocate(byteCount: grownArena, alignment: 16)
    if used > 0 { memcpy(newArena.baseAddress!, arena.baseAddress!, used) }
    let newKeys = UnsafeMutableBufferPointer<cb_key>.allocate(capacity: grownKeys)
    if keyCount > 0 { newKeys.baseAddress!.update(from: keys.baseAddress!, count: keyCount) }
    arena.deallocate()
    keys.deallocate()
    arena = newArena
    keys = newKeys
    budget.used += growth
  }

  /// Adds a key.
  func append(_ bytes: UnsafeRawBufferPointer) throws(IOError) {
    try reserve(keys: 1, bytes: bytes.count)
    memcpy(arena.baseAddress! + used, bytes.baseAddress!, bytes.count)
    keys[keyCount] = cb_key(head: head(bytes), offset: UInt32(used), length: UInt32(bytes.count))
    keyCount += 1
    used += bytes.count
    count += 1
  }

  /// Adds the keys of rows: their columns, and behind them the number of each row.
  func append(
    rows: Range<Int>, of batch: borrowing RecordBatch, columns: [UInt32], stores: [UInt8], key: Int?, first: Int64
  ) throws(IOError) {
    var row = rows.lowerBound, failure: IOError?
    let width = batch.columnCount
    batch.heap.span.withUnsafeBufferPointer { heap in
      batch.cells.withUnsafeBytes { raw in
        let cells = raw.assumingMemoryBound(to: cb_cell.self).baseAddress!
        while row < rows.upperBound, failure == nil {
          let arena = arena.baseAddress.map { $0.assumingMemoryBound(to: UInt8.self) }
          let room = min(rows.upperBound - row, keys.count - keyCount)
          if let arena, room > 0 {
            let added = cb_append_keys(
              arena, self.arena.count, &used, keys.baseAddress! + keyCount, heap.baseAddress ?? UnsafePointer(arena),
              cells + row * width, width, room, columns, stores, columns.count, key ?? -1,
              first + Int64(row - rows.lowerBound))
            keyCount += added
            count += added
            row += added
            if added > 0 { continue }
          }
          let bytes = columns.indices.reduce(8) { sum, i in
            sum + (stores[i] == CB_STORE_TEXT ? 2 * Int(cells[row * width + Int(columns[i])].length) + 3 : 9)
          }
          do throws(IOError) { try reserve(keys: 256, bytes: bytes) } catch { failure = error }
        }
      }
    }
    if let failure { throw failure }
  }

  /// Adds rows whose number is not above `last`, each behind bytes that sort as its number; returns how many until there was one
  /// that takes another way.
  func append(
    lateRows rows: Range<Int>, of batch: borrowing RecordBatch, columns: inout [cb_stored], key: Int, last: Int64
  ) throws(IOError) -> Int {
    try reserve(keys: min(rows.count, 1 << 8), bytes: 2 * PageFile.pageSize)
    let room = min(rows.count, keys.count - keyCount)
    let arena = arena.baseAddress!.assumingMemoryBound(to: UInt8.self)
    let added = batch.heap.span.withUnsafeBufferPointer { heap in
      batch.cells.withUnsafeBytes { raw in
        cb_store_late(
          arena, self.arena.count, &used, keys.baseAddress! + keyCount, UInt32(PageFile.pageSize),
          heap.baseAddress ?? UnsafePointer(arena), heap.count,
          raw.assumingMemoryBound(to: cb_cell.self).baseAddress! + rows.lowerBound * batch.columnCount,
          batch.columnCount, room, &columns, key, last)
      }
    }
    keyCount += added
    count += added
    return added
  }

  private func head(_ bytes: UnsafeRawBufferPointer) -> UInt64 {
    var head: UInt64 = 0
    withUnsafeMutableBytes(of: &head) { _ = memcpy($0.baseAddress!, bytes.baseAddress!, min(8, bytes.count)) }
    return UInt64(bigEndian: head)
  }

  private func sort() {
    guard keyCount > 1, !isSorted else { return }
    isSorted = true
    let spare = UnsafeMutableBufferPointer<cb_key>.allocate(capacity: keyCount)
    cb_sort_keys(keys.baseAddress!, spare.baseAddress!, keyCount, arena.baseAddress!, compared)
    spare.deallocate()
  }

  private func key(_ i: Int) -> UnsafeRawBufferPointer {
    UnsafeRawBufferPointer(start: arena.baseAddress! + Int(keys[i].offset), count: Int(keys[i].length))
  }

  /// Moves what is in memory to the spill file.
  private func spillRun() throws(IOError) {
    sort()
    if spill == nil { spill = try SpillFile() }
    guard let file = spill else { return }
    let start = try file.byteCount()
    var piece: [UInt8] = []
    for i in 0..<keyCount {
      let key = key(i)
      withUnsafeBytes(of: UInt32(key.count)) { piece.append(contentsOf: $0) }
      piece.append(contentsOf: key)
      guard piece.count > 1 << 18 || i == keyCount - 1 else { continue }
      try file.append(piece.span)
      piece.removeAll(keepingCapacity: true)
    }
    runs.append(start..<(try file.byteCount()))
    discard()
  }

  /// Hands out all keys, sorted, as long as `body` wants more. May be called again, but nothing is added then.
  func forEach(_ body: (UnsafeRawBufferPointer) throws(IOError) -> Bool) throws(IOError) {
    if runs.isEmpty {
      sort()
      for i in 0..<keyCount { guard try body(key(i)) else { return } }
      return
    }
    if keyCount > 0 { try spillRun() }
    let merge = try RunMerge(spill!, runs, comparing: compared)
    while try merge.next() {
      guard try body(merge.current) else { return }
    }
  }
}

internal import Bytes
internal import CatalogModel
internal import CatalogStore
internal import Diagnostics
internal import Records
internal import RowIndex

/// Reads the rows of a backup out of the row index, block by block, in the order in which they were first seen.
///
/// Each few blocks are fetched in a transaction of their own, so that the catalog is not kept from others. Versions keep their
/// numbers when the index changes; the rows of the backup are looked at again when it has.
struct CatalogRowReader: RecordReader, ~Copyable {
  private let system: CatalogSystem
  private let tables: [Name: TableSchema]
  private var rows: RowSet
  private var generation: UInt32
  /// The next version that was not fetched.
  private var next = 0
  /// Blocks that were fetched, the next one last.
  private var blocks: [StoredRows] = []
  /// The next version of the block at hand.
  private var at: UInt32 = 0
  private var current: TableSchema?
  private var places: (shape: RowShape, map: [Int?])?
  private var digesters: [Name: RowDigester] = [:]
  private var recordCount = 0
  private var isOver = false

  private static let blocksAtATime = 8

  init(_ system: CatalogSystem, tables: [TableSchema]) throws(ReadError) {
    self.system = system
    var byName: [Name: TableSchema] = [:]
    for table in tables { byName[table.name] = table }
    self.tables = byName
    do throws(CatalogError) {
      (rows, generation) = try system.catalog.read { (reader) throws(CatalogError) in
        try system.rows(try reader.rowIndex(of: system.lineage))
      }
    } catch { throw ReadError(error) }
    guard system.base == nil, system.unknowns == .missing else { return }
    for table in tables { digesters[table.name] = RowDigester(table, countsValues: false) }
  }

  private(set) var findings: [Finding] = []

  mutating func nextTable() throws(ReadError) -> TableSchema? {
    while try prepare(), let block = blocks.last {
      if block.shape.table == DocumentTable.name {
        blocks.removeLast()
        continue
      }
      guard let table = tables[block.shape.table] else {
        throw ReadError(.syntax("the catalog has rows of a table that the backup does not have"))
      }
      current = table
      return table
    }
    current = nil
    finish()
    return nil
  }

  mutating func read(into batch: inout RecordBatch) throws(ReadError) -> Bool {
    batch.removeAll(columnCount: current?.columns.count ?? 0)
    guard let current else { return false }
    batch.firstRecord = recordCount
    while batch.rowCount == 0 {
      guard try prepare(), let block = blocks.last, block.shape.table == current.name else { return false }
      append(block, of: current, to: &batch)
      blocks.removeLast()
      at = 0
    }
    recordCount += batch.rowCount
    if var digester = digesters.removeValue(forKey: current.name) {
      do throws(IOError) { try digester.add(batch) } catch { throw ReadError(.io(error)) }
      digesters[current.name] = digester
    }
    return true
  }

  /// Makes sure that the next block is there; false at the end.
  private mutating func prepare() throws(ReadError) -> Bool {
    if !blocks.isEmpty { return true }
    guard next < rows.limit else { return false }
    let start = next, rows = self.rows, generation = self.generation, system = self.system
    do throws(CatalogError) {
      let fetched = try system.catalog.read { (reader) throws(CatalogError) -> (blocks: [StoredRows], UInt32, Int)? in
        let index = try reader.rowIndex(of: system.lineage)
        if index.generation != generation {
          guard try system.rows(index).rows == rows.resized(to: index.versionCount) else { return nil }
        }
        var blocks: [StoredRows] = [], next = start
        do throws(IndexError) {
          while blocks.count < Self.blocksAtATime, let version = rows.first(from: next) {
            let block = try index.stored(with: UInt32(version))
            next = Int(block.versions.upperBound)
            blocks.append(block)
          }
        } catch { throw CatalogError(error) }
        return (blocks, index.generation, blocks.count < Self.blocksAtATime ? rows.limit : next)
      }
      guard let fetched else {
        throw CatalogError(.notFound("the rows of the backup any more: it was forgotten or changed"))
      }
      blocks = fetched.blocks.reversed()
      self.generation = fetched.1
      next = fetched.2
    } catch { throw ReadError(error) }
    return !blocks.isEmpty
  }

  /// Appends the backup's rows of a block, in the columns of its table.
  private mutating func append(_ block: StoredRows, of table: TableSchema, to batch: inout RecordBatch) {
    if places?.shape != block.shape {
      places = (block.shape, table.columns.map { column in block.shape.columns.firstIndex { $0.name == column.name } })
    }
    guard let map = places?.map else { return }
    var lacks = [[CatalogLog.Lack: Int]](repeating: [:], count: map.count), row: [Cell] = [], erased = 0
    for version in block.versions where Int(version) < rows.limit && rows.contains(Int(version)) {
      // Of a row that was erased nothing is left, not even its place.
      if !block.shape.columns.isEmpty, block.state(of: version, 0) == .erased {
        erased += 1
        continue
      }
      let start = batch.cells.count
      block.append(version, to: &batch)
      row.removeAll(keepingCapacity: true)
      for (column, place) in map.enumerated() {
        guard let place else {
          row.append(.missing)
          continue
        }
        let cell = batch.cells[start + place]
        guard cell.kind == .missing, let lack = CatalogLog.Lack(block.state(of: version, place)) else {
          row.append(cell)
          continue
        }
        lacks[column][lack, default: 0] += 1
        guard system.unknowns == .marks else {
          row.append(.missing)
          continue
        }
        // What is only known to be one of many differs from version to version.
        let mark = block.secretDigest(of: version, place).map { hexadecimal($0) } ?? "version \(version)"
        row.append(batch.text(mark))
      }
      batch.cells.removeSubrange(start...)
      batch.cells.append(contentsOf: row)
    }
    system.log.note(.erased, table.name, nil, count: erased)
    for (column, counts) in lacks.enumerated() {
      for (lack, count) in counts { system.log.note(lack, table.name, table.columns[column].name, count: count) }
    }
  }

  /// Holds what was read against what was registered.
  private mutating func finish() {
    guard !isOver else { return }
    isOver = true
    for table in system.contents.tables {
      guard let digester = digesters[table.name], let known = table.statistics.digest,
        digester.digest.description != known, !system.log.lacks(table.name)
      else { continue }
      system.log.note(differing: table.name)
    }
  }
}

extension CatalogSystem {
  /// The rows that are to be read, and the generation of the index that says so.
  func rows(_ index: RowIndex) throws(CatalogError) -> (rows: RowSet, generation: UInt32) {
    do throws(IndexError) {
      var rows = try index.rows(of: UInt64(backup.key.number))
      if let base { rows.subtract(try index.rows(of: UInt64(base.number))) }
      return (rows, index.generation)
    } catch { throw CatalogError(error) }
  }
}

extension CatalogLog.Lack {
  init?(_ state: RowBlock.State) {
    switch state {
    case .secret: self = .secret
    case .erased: self = .erased
    case .leftOut, .reference: self = .leftOut
    case .kept: return nil
    }
  }
}

extension RowSet {
  /// The first row from `row` on; nil when there is none.
  func first(from row: Int) -> Int? {
    guard row < limit else { return nil }
    var i = row >> 6, word = words[i] & (UInt64.max << UInt64(row & 63))
    while word == 0 {
      i += 1
      guard i < words.count else { return nil }
      word = words[i]
    }
    return i * 64 + word.trailingZeroBitCount
  }
}

extension ReadError {
  init(_ error: CatalogError) {
    if case .io(let inner) = error.code { self.init(.io(inner)) } else { self.init(.refused(error.message)) }
  }
}

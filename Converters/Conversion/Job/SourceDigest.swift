package import Bytes
package import Records
internal import Synchronization

/// Takes the digests of a conversion's source while it is read for the conversion, so that a certificate need not read it again.
package struct SourceDigest: Transform {
  /// What was digested; shared by the copies of the transform.
  package final class Digests: Sendable {
    private let digesters = Mutex<[Name: RowDigester]>([:])
    /// Columns that are no part of the digests.
    private let left: Set<Name>

    /// `left`: columns that are left out on purpose.
    package init(without left: [Name] = []) { self.left = Set(left) }

    /// By table.
    package var digests: [Name: TableDigest] { digesters.withLock { $0.mapValues(\.digest) } }

    /// Begins anew: a job may run a second time.
    func begin() { digesters.withLock { $0 = [:] } }

    /// Takes note of tables all of whose rows have been read; one of which there was none is empty, which need not be found out again.
    func finish(_ tables: [TableSchema]) {
      digesters.withLock { digesters in
        for table in tables where digesters[table.name] == nil { digesters[table.name] = digester(of: table) }
      }
    }

    private func digester(of table: TableSchema) -> RowDigester {
      RowDigester(table, without: left, countsValues: false)
    }

    /// Adds rows, as its one user at a time.
    fileprivate func add(_ batch: borrowing RecordBatch, of table: TableSchema) throws(IOError) {
      var digester =
        digesters.withLock { $0.removeValue(forKey: table.name) } ?? digester(of: table)
      defer { digesters.withLock { $0[table.name] = digester } }
      try digester.add(batch)
    }
  }

  private let digests: Digests
  private var table = TableSchema("", [])

  package init(_ digests: Digests) { self.digests = digests }

  package mutating func begin(_ table: inout TableSchema) -> Bool {
    self.table = table
    return true
  }

  package mutating func apply(to batch: inout RecordBatch) throws(TransformError) {
    do throws(IOError) { try digests.add(batch, of: table) } catch {
      throw TransformError("a long value cannot be read for its digest: \(error.reason)")
    }
  }
}

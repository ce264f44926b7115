package import Bytes
package import Diagnostics
package import Records

/// Reads the parts of a backup one after another.
///
/// An error in one part is thrown after the rows of the others when rows before errors are to be kept, else at once.
package struct ChainedReader: RecordReader, ~Copyable {
  package struct Part: Sendable {
    /// The only tables that are wanted of it; nil: all.
    var only: Set<Name>?
    /// What is noticed while opening is added to the findings.
    var open: @Sendable (inout [Finding]) throws(ReadError) -> any RecordReader & ~Copyable

    package init(
      only: Set<Name>? = nil,
      _ open: @escaping @Sendable (inout [Finding]) throws(ReadError) -> any RecordReader & ~Copyable
    ) {
      self.only = only
      self.open = open
    }
  }

  private let parts: [Part]
  private let keepsRows: Bool
  private var next = 0
  private var reader: (any RecordReader & ~Copyable)?
  private var failure: ReadError?
  /// Why a part ended early whose other rows were kept.
  private var deferred: ReadError?
  package private(set) var findings: [Finding] = []

  package init(_ parts: [Part], keepsRowsBeforeError: Bool) {
    self.parts = parts
    keepsRows = keepsRowsBeforeError
  }

  /// Position of the part that the table at hand is of.
  package var position: Int { next - 1 }

  package mutating func nextTable() throws(ReadError) -> TableSchema? {
    if let failure { throw failure }
    while true {
      do throws(ReadError) {
        if reader == nil {
          guard next < parts.count else { break }
          next += 1
          reader = try parts[next - 1].open(&findings)
        }
        if let schema = try reader?.nextTable() {
          guard let only = parts[next - 1].only, !only.contains(schema.name) else { return schema }
          try passOver()
        } else {
          close()
        }
      } catch { try note(error) }
    }
    failure = deferred
    if let failure { throw failure }
    return nil
  }

  package mutating func read(into batch: inout RecordBatch) throws(ReadError) -> Bool {
    if let failure { throw failure }
    do throws(ReadError) {
      if let more = try reader?.read(into: &batch) { return more }
    } catch { try note(error) }
    batch.removeAll(columnCount: 0)
    return false
  }

  private mutating func passOver() throws(ReadError) {
    var batch = RecordBatch(capacity: 1 << 16)
    while try reader?.read(into: &batch) == true {}
  }

  private mutating func close() {
    findings += reader?.findings ?? []
    reader = nil
  }

  /// Ends a part at an error.
  private mutating func note(_ error: ReadError) throws(ReadError) {
    close()
    guard keepsRows, !error.isInterruption else {
      failure = error
      throw error
    }
    deferred = deferred ?? error
  }
}

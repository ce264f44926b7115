internal import Bytes
internal import CSVFormat
internal import Conversion
internal import Diagnostics
internal import Records

/// The files of a generic backup: one, or the CSV files of a directory, each with a table of its own.
struct GenericContent {
  private let input: BackupInput
  private let files: [GenericFile]

  init(_ input: BackupInput) throws(ReadError) {
    self.input = input
    var files: [GenericFile] = []
    for artifact in input.backup.artifacts where artifact.role == .data {
      files.append(try GenericFile(artifact, input))
    }
    guard !files.isEmpty else {
      throw ReadError(.unrecognised("backup holds no rows"), artifact: input.container.path)
    }
    self.files = files
  }

  /// Learns the tables in one pass, and what their values say of references that nobody declared in another.
  func survey() throws(ReadError) -> Knowledge {
    if let tables = writtenTables { return Knowledge(tables: tables) }
    var knowledge = Knowledge(), origins: [Name: [UInt8]] = [:]
    for file in files {
      do throws(ReadError) {
        let (tables, findings) = try file.survey()
        for table in tables {
          guard let other = origins.updateValue(file.path, forKey: table.name) else { continue }
          throw ReadError(
            .refused("'\(displayed(other))' holds a table '\(displayed(table.name))' too"), artifact: file.path)
        }
        knowledge.tables += tables
        knowledge.findings += findings
      } catch {
        let error = error.located(in: file.path)
        guard files.count > 1, input.options.keepsRowsBeforeError, error.leavesRows, !error.isInterruption else {
          throw error
        }
        knowledge.findings.append(
          Finding(
            "unreadable", .error, "\(error.message); the other files are read", advice: error.advice,
            artifact: error.artifact, offset: error.offset))
      }
    }
    knowledge.tables = creationOrder(knowledge.tables)
    knowledge.attributes = [("format", Array(files[0].format.utf8))]
    if knowledge.mayHideReferences { try knowledge.inferReferences(from: openRecords(knowledge.tables)) }
    return knowledge
  }

  /// The tables that were written to these files; nil unless it is known that all of them were, and which.
  private var writtenTables: [TableSchema]? {
    guard let written = input.options.written else { return nil }
    // An object of several tables; one alone is an array under the name of its file.
    if files.count == 1, files[0].format == "json", written.count > 1 { return written }
    let tables = files.compactMap { file in written.first { $0.name == file.table && file.mayHold($0) } }
    return tables.count == files.count ? tables : nil
  }

  func openRecords(_ tables: [TableSchema]) throws(ReadError) -> any RecordReader & ~Copyable {
    if files.count == 1 { return try files[0].openRecords(tables) }
    let known = Dictionary(tables.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
    let parts = files.compactMap { file -> ChainedReader.Part? in
      // A file that could not be read has no table.
      guard let table = known[file.table] else { return nil }
      return ChainedReader.Part { (_) throws(ReadError) in try file.openRecords([table]) }
    }
    return ChainedReader(parts, keepsRowsBeforeError: input.options.keepsRowsBeforeError)
  }
}

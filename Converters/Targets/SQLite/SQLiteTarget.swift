internal import Bytes
package import Conversion
internal import Diagnostics
package import Records
internal import SQLiteClient
internal import SQLiteFormat

/// A SQLite database file, new or in use by others.
///
/// A file that is not there yet is written page by page and appears when it is whole. One that is there is filled by prepared
/// statements in one transaction of SQLite's, which waits for others and keeps them out.
package struct SQLiteTarget: LoadTarget {
  package init() {}
  package var id: String { "sqlite" }
  package var places: String { "sqlite:FILE, or a FILE whose name ends in .sqlite, .sqlite3 or .db" }

  package func recognises(_ place: [UInt8]) -> Bool {
    let word = Name(place).lowercased
    if word.hasPrefix("sqlite:") { return true }
    return !place.contains(UInt8(ascii: "=")) && [".sqlite", ".sqlite3", ".db"].contains { word.hasSuffix($0) }
  }

  package func open(_ place: [UInt8]) throws(WriteError) -> any LoadSession {
    var path = place[...]
    if Name(place).lowercased.hasPrefix("sqlite:") {
      path = path.dropFirst(7)
      if path.starts(with: Array("//".utf8)) { path = path.dropFirst(2) }
    }
    guard !path.isEmpty, path.last != UInt8(ascii: "/") else {
      throw WriteError(.unsupported("--into names no file"), advice: "sqlite:FILE")
    }
    return SQLiteSession(Array(path))
  }
}

extension LoadTarget where Self == SQLiteTarget {
  package static var sqlite: SQLiteTarget { SQLiteTarget() }
}

/// A SQLite file with one load at a time.
final class SQLiteSession: LoadSession, @unchecked Sendable {  // used by one thread at a time, as loads are
  let title: String
  let name: Name
  let dialect = SQLDialect.sqlite
  private let path: [UInt8]
  var outcomes: [LoadOutcome] = []
  private(set) var remarks: [String] = []
  func note(_ line: String) { remarks.append(line) }

  init(_ path: [UInt8]) {
    self.path = path
    title = "sqlite:" + displayed(path)
    name = Name(path.lastPathComponent)
  }

  func makeWriter(_ tables: [TableSchema], _ options: LoadOptions) throws(WriteError) -> any RecordWriter & ~Copyable {
    outcomes = []
    remarks = []
    let status: FileStatus?
    do throws(IOError) { status = try fileStatus(path) } catch { throw WriteError(error) }
    guard status == nil else { return try SQLiteInserter(self, path, tables, options) }
    if options.batches != nil, !options.isPreview {
      // What is committed has to be found by the next load: the file stands in its place from the first batch on.
      let new = NewDatabase(inPlace: path)
      return try SQLiteInserter(self, path, tables, options) { () throws(IOError) in new.stay() }
    }
    guard options.rejects != nil || options.lineage != nil, !options.isPreview else {
      return try NewFileWriter(self, path, tables, options)
    }
    // Only SQLite itself tells which rows it refuses, and which are there in the end.
    let new = NewDatabase(path)
    return try SQLiteInserter(self, new.temporary, tables, options) { () throws(IOError) in try new.finish() }
  }
}

/// A new file that is filled beside its place, and gone unless it is finished.
private final class NewDatabase {
  let temporary: [UInt8]
  private let path: [UInt8]
  private var isFinished = false

  init(_ path: [UInt8]) {
    self.path = path
    let name = Array(".\(String(UInt64.random(in: .min ... .max), radix: 36)).partial".utf8)
    temporary = path.directoryPath.appending(path: name)
  }
  /// A file that stays as soon as something is committed.
  init(inPlace path: [UInt8]) {
    self.path = path
    temporary = path
  }
  func stay() { isFinished = true }
  deinit {
    if !isFinished { try? removeFile(temporary) }
  }
  func finish() throws(IOError) {
    try durableRename(temporary, to: path, replaces: false)
    isFinished = true
  }
}

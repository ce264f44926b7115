internal import BuiltIn
internal import Bytes
internal import CommandLine
internal import Comparison
internal import Conversion
internal import Diagnostics
internal import Records

/// A file with the rows that a load may change, in a form that `undo` and any other verb read.
final class SafetyFile: SafetyCopy, @unchecked Sendable {  // used by the thread that loads
  private let directory: [UInt8]
  private let database: [UInt8]
  private let source: [UInt8]
  /// Nil as long as nothing had to be kept.
  private(set) var path: [UInt8]?

  /// `source`: the database, as the flags name it.
  init(in directory: [UInt8], of database: Name, at source: [UInt8]) {
    self.directory = directory
    self.database = fileName(for: database)
    self.source = source
  }

  /// The database as a word of a command line; `URL` when a password may stand in it.
  var shownSource: String {
    let source = source
    let colon = UInt8(ascii: ":"), at = UInt8(ascii: "@")
    let user = source.lastIndex(of: at).map { source[..<$0] } ?? []
    let mark = Array("://".utf8)
    let isURL = firstOffset(of: mark.span, in: source.span) != nil
    let lower = Name(source).lowercased.bytes, secret = Array("password".utf8)
    let hasWord = firstOffset(of: secret.span, in: lower.span) != nil
    return hasWord || isURL && user.count(where: { $0 == colon }) > 1 ? "URL" : shellWord(source)
  }

  func makePlace(ending: String) throws(WriteError) -> [UInt8] {
    do throws(IOError) { try createDirectories(directory) } catch { throw WriteError(error) }
    let time = rfc3339(microseconds: currentMicroseconds()).utf8.filter { isDigit($0) }.prefix(14)
    let mark = String(UInt32.random(in: .min ... .max), radix: 36)
    var name = Array(database.prefix(100)) + [UInt8(ascii: "-")]
    name += time
    name += "-\(mark).\(ending)".utf8
    let place = directory.appending(path: name)
    path = place
    return place
  }

  func keep(_ tables: [[UInt8]]) throws(WriteError) {
    do throws(Failure) {
      let place: [UInt8]
      do throws(WriteError) { place = try makePlace(ending: "sql") } catch { throw Failure(error) }
      let container = try telling { () throws(ReadError) in try BuiltIn.openLive(source, tables: tables) }
      try telling { () throws(IOError) -> Void in
        var file: any ByteSink & ~Copyable = try DurableFile(place)
        var live = try container.open(container.entries[0])
        var piece = ByteHeap(capacity: 1 << 18), isOver = false
        while !isOver {
          piece.removeAll()
          isOver = try piece.fill(from: &live)
          try file.write(piece.span)
        }
        try file.finish()
      }
      try prove(place, container)
    } catch {
      path = nil
      throw WriteError(.target("no safety copy could be made: \(error.message)"), advice: error.advice)
    }
  }

  /// Compares the copy with what it was made of.
  private func prove(_ place: [UInt8], _ container: any BackupContainer) throws(Failure) {
    let copied = try telling { () throws(ReadError) in try BuiltIn.recogniser.open(place) }
    var comparison = Comparison(try compared(container), try compared(copied))
    do throws(ComparisonError) { try comparison.run() } catch { throw Failure(error.error) }
    guard comparison.tables.allSatisfy({ $0.verdict == .same }) else {
      throw Failure(.failure, "the copy '\(displayed(place))' does not hold what the database does")
    }
  }

  private func compared(_ container: any BackupContainer) throws(Failure) -> ComparedBackup {
    let found = try telling { () throws(ReadError) in
      try BuiltIn.recogniser.recognise(container, only: "postgres")
    }.backups
    guard let backup = found.first else { throw unrecognised(container.path, container) }
    let opened = try opened(backup, in: container, ReadOptions())
    return ComparedBackup([
      ComparedBackup.Part(system: opened.system, input: opened.input, knowledge: try opened.survey())
    ])
  }
}

/// Creates a directory and those above it that are missing.
func createDirectories(_ path: [UInt8]) throws(IOError) {
  guard try fileStatus(path) == nil else { return }
  let parent = path.directoryPath
  if parent != path { try createDirectories(parent) }
  try createDirectory(path)
  try synchronizeDirectory(parent)
}

extension Session {
  /// Where rows are kept that a load may change: where the flags say, else beside the catalog.
  func safetyCopy(for load: any LoadSession) throws(Failure) -> SafetyFile {
    let directory: [UInt8]
    if let given = invocation.bytes(MigrateFlags.backup) {
      directory = given
    } else {
      directory = try CatalogPlace(settings).directory().appending(path: Array("undo".utf8))
    }
    return SafetyFile(in: directory, of: load.name, at: invocation.bytes(MigrateFlags.into) ?? [])
  }
}

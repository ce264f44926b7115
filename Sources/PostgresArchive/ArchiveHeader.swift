package import Bytes
package import Records

/// How the data items of an archive are compressed.
package enum ItemCompression: UInt8, Sendable {
  case none, zlib, lz4, zstd
}

/// What the head of an archive says: who made it, of what, when and how.
package struct ArchiveHeader: Sendable, Equatable {
  package enum Format: UInt8, Sendable {
    case custom = 1
    /// Directories say this too.
    case tar = 3
    case null = 4
  }
  /// The moment of the dump on the clock of its machine, whose time zone is not known.
  package struct LocalTime: Sendable, Equatable {
    package var year, month, day, hour, minute, second: Int
  }
  /// Version of the archive format, such as 1.14.
  package var major: UInt8
  package var minor: UInt8
  package var revision: UInt8 = 0
  package var format: Format
  package var compression = ItemCompression.none
  package var created: LocalTime?
  package var database: Name?
  /// Versions as the programs spell them, such as `15.20 (Debian 15.20-0+deb12u1)`.
  package var serverVersion: [UInt8]?
  package var dumpVersion: [UInt8]?
  var intSize = 4
  var offsetSize = 8

  /// Whether the first bytes are those of an archive or of a table of contents.
  package static func matches(_ head: [UInt8]) -> Bool { head.starts(with: Array("PGDMP".utf8)) }

  /// The head at the start of some bytes (1024 suffice unless names are very long).
  package init(_ bytes: [UInt8]) throws(ReadError) {
    var input = ArchiveBytes(bytes)
    self = try Self.read(&input)
  }

  private init(major: UInt8, minor: UInt8, format: Format) {
    self.major = major
    self.minor = minor
    self.format = format
  }

  /// Whether the version is at least 1.`minor`.
  func isAtLeast(_ minor: UInt8) -> Bool { major > 1 || major == 1 && self.minor >= minor }

  /// Why entries are not read; nil when they are.
  var refusal: ReadError? {
    if isAtLeast(17) {
      return ReadError(
        .refused("archive version \(major).\(minor) is newer than 1.16, the newest that is known"), offset: 5)
    }
    guard isAtLeast(10) else {
      return ReadError(.refused("archive version \(major).\(minor) is older than 1.10 of PostgreSQL 8.0"), offset: 5)
    }
    return nil
  }

  /// Reads the head and leaves the input behind it; of versions that are not known, only what can be read.
  static func read(_ input: inout ArchiveBytes) throws(ReadError) -> ArchiveHeader {
    guard input.left >= 11, try input.bytes(5) == Array("PGDMP".utf8) else {
      throw ReadError(.unrecognised("file does not begin with PGDMP, the mark of pg_dump archives"), offset: 0)
    }
    let major = try input.byte(), minor = try input.byte(), revision = try input.byte()
    let intSize = Int(try input.byte()), offsetSize = Int(try input.byte())
    let format = try input.byte()
    guard (1...32).contains(intSize) else { throw input.corrupt("its numbers have \(intSize) bytes", at: 8) }
    guard (1...32).contains(offsetSize) else { throw input.corrupt("its offsets have \(offsetSize) bytes", at: 9) }
    guard let format = Format(rawValue: format) else { throw input.corrupt("its format is \(format)", at: 10) }
    var header = ArchiveHeader(major: major, minor: minor, format: format)
    header.revision = revision
    (header.intSize, header.offsetSize) = (intSize, offsetSize)
    (input.intSize, input.offsetSize) = (intSize, offsetSize)
    if header.refusal == nil {
      try header.readRest(&input)
    } else {
      try? header.readRest(&input)
    }
    return header
  }

  private mutating func readRest(_ input: inout ArchiveBytes) throws(ReadError) {
    if isAtLeast(15) {
      let number = try input.byte()
      guard let known = ItemCompression(rawValue: number) else {
        throw input.corrupt("its compression is \(number)", at: input.offset - 1)
      }
      compression = known
    } else {
      compression = try input.int() == 0 ? .none : .zlib
    }
    var parts: [Int] = []
    for _ in 0..<7 { parts.append(try input.int()) }
    created = LocalTime(parts)
    database = try input.string().map { Name($0) }
    serverVersion = try input.string()
    dumpVersion = try input.string()
  }
}

extension ArchiveHeader.LocalTime {
  /// From the numbers of C's `struct tm`; nil when they are no time.
  fileprivate init?(_ parts: [Int]) {
    guard (0...60).contains(parts[0]), (0...59).contains(parts[1]), (0...23).contains(parts[2]),
      (1...31).contains(parts[3]), (0...11).contains(parts[4]), (0...8099).contains(parts[5])
    else { return nil }
    (second, minute, hour, day) = (parts[0], parts[1], parts[2], parts[3])
    (month, year) = (parts[4] + 1, parts[5] + 1900)
  }
}

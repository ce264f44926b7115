package import Bytes
internal import Conversion
internal import PostgresArchive
package import SQLText

/// What the first bytes of a file say of the dump it is.
package struct SQLDumpSniff: Sendable {
  package enum Producer: String, Sendable {
    case pgDump = "pg_dump", pgDumpAll = "pg_dumpall", mysqldump, sqliteDump = "sqlite3 .dump"
    /// SQL of unknown origin.
    case script = "SQL script"
  }
  /// How the dump is stored.
  package enum Form: String, Sendable {
    case plain = "plain SQL", custom = "custom archive", members = "directory or tar archive"
  }
  package var producer: Producer
  package var form = Form.plain
  package var syntax: SQLSyntax
  package var confidence: Double
  /// Bytes before the dump.
  package var noise = 0
  /// What the dump says of its own encoding, and what that is when it can be decoded.
  package var encodingName: [UInt8]?
  package var encoding: TextEncoding?
  package var serverVersion: [UInt8]?
  package var producerVersion: [UInt8]?

  /// Nil when the bytes are no SQL.
  package init?(_ head: [UInt8]) {
    if ArchiveHeader.matches(head) {
      producer = .pgDump
      syntax = .postgres
      confidence = 0.95
      let header = try? ArchiveHeader(head)
      form = header?.format == .tar ? .members : .custom
      serverVersion = header?.serverVersion
      producerVersion = header?.dumpVersion
      return
    }
    if let found = Self.postgres(head) {
      (producer, noise) = found
      syntax = .postgres
      confidence = 0.9
    } else if let found = Self.known(head) {
      (producer, syntax, confidence) = found
    } else {
      return nil
    }
    serverVersion =
      Self.rest(of: head, behind: "-- Dumped from database version ")
      ?? Self.rest(of: head, behind: "-- Server version\t")
    producerVersion =
      Self.rest(of: head, behind: "-- Dumped by pg_dump version ") ?? Self.rest(of: head, behind: "-- MariaDB dump ")
      ?? Self.rest(of: head, behind: "-- MySQL dump ")
    findEncoding(head)
  }

  /// Such as `pg_dump custom archive`.
  package var kind: String { producer == .script ? producer.rawValue : "\(producer.rawValue) \(form.rawValue)" }
  /// Why it is that.
  package var evidence: [String] {
    switch (producer, form) {
    case (.script, _): ["lines begin with statements of SQL"]
    case (_, .plain): ["first lines are those of \(producer.rawValue)"]
    default: ["first bytes are those of an archive of pg_dump"]
    }
  }

  private static func postgres(_ head: [UInt8]) -> (Producer, noise: Int)? {
    for (mark, producer) in [
      ("PostgreSQL database cluster dump", Producer.pgDumpAll), ("PostgreSQL database dump", .pgDump),
    ] {
      for feed in ["\n", "\r\n"] {
        let title = Array("--\(feed)-- \(mark)".utf8)
        if let at = firstOffset(of: title.span, in: head.span), at == 0 || head[at - 1] == 0x0A {
          // What stands before a dump is text; a tar of one, which holds a script too, is something else.
          guard !head[..<at].contains(0) else { return nil }
          let isBlank = head[..<at].allSatisfy { $0 <= 0x20 }
          return (producer, isBlank ? 0 : at)
        }
      }
    }
    return nil
  }

  private static func known(_ head: [UInt8]) -> (Producer, SQLSyntax, Double)? {
    let start = Array(head.drop { $0 <= 0x20 }.prefix(4096))
    func begins(_ text: String) -> Bool { start.starts(with: text.utf8) }
    func holds(_ text: String) -> Bool { firstOffset(of: Array(text.utf8).span, in: start.span) != nil }
    if begins("-- MySQL dump ") || begins("-- MariaDB dump ") || begins("/*M!999999") {
      return (.mysqldump, .mysql, 0.9)
    }
    if begins("PRAGMA foreign_keys=OFF;") && holds("BEGIN TRANSACTION;") { return (.sqliteDump, .sqlite, 0.9) }
    if begins("BEGIN TRANSACTION;\n") && (holds("\nCREATE TABLE ") || holds("\nINSERT INTO \"")) {
      return (.sqliteDump, .sqlite, 0.7)
    }
    return script(head)
  }

  /// Beginnings of statements that make or fill something, and of those that come along with them.
  private static let makers = [
    "CREATE TABLE ", "CREATE UNLOGGED TABLE ", "INSERT INTO ", "COPY ", "ALTER TABLE ", "CREATE TYPE ", "CREATE INDEX ",
    "CREATE UNIQUE INDEX ", "CREATE POLICY ", "CREATE FUNCTION ", "CREATE OR REPLACE ", "CREATE EXTENSION ",
    "CREATE SCHEMA ", "CREATE VIEW ", "CREATE TRIGGER ", "CREATE ROLE ", "ALTER ROLE ", "GRANT ", "COMMENT ON ",
  ].map { Array($0.lowercased().utf8) }
  private static let companions = ["SET ", "DROP ", "UPDATE ", "DELETE FROM ", "SELECT ", "ALTER ", "DO $", "BEGIN;"]
    .map { Array($0.lowercased().utf8) }

  /// Lines that only SQLite's scripts have.
  private static let endings = ["PRAGMA ", ") STRICT;", ") WITHOUT ROWID"].map { Array($0.utf8) }

  /// Judges a script by the statements that stand at the beginnings of its lines.
  private static func script(_ head: [UInt8]) -> (Producer, SQLSyntax, Double)? {
    guard !head.contains(0), head.contains(UInt8(ascii: ";")) else { return nil }
    var made = 0, others = 0, isMySQL = false, isSQLite = false
    for line in head.split(separator: 0x0A).prefix(4_000) {
      let small = line.prefix(24).map(asciiLower)
      let makes = makers.contains { small.starts(with: $0) }
      if makes { made += 1 } else if companions.contains(where: { small.starts(with: $0) }) { others += 1 }
      if makes && line.contains(UInt8(ascii: "`")) || line.starts(with: ") ENGINE=".utf8) { isMySQL = true }
      if !isSQLite { isSQLite = makes && isOfSQLite(line) || endings.contains { line.starts(with: $0) } }
    }
    guard made > 0 else { return nil }
    return (.script, isMySQL ? .mysql : isSQLite ? .sqlite : .postgres, min(0.3 + 0.05 * Double(made + others), 0.55))
  }

  /// Whether a line is written as only SQLite's are: names in brackets, and rows as its shell writes them.
  private static func isOfSQLite(_ line: ArraySlice<UInt8>) -> Bool {
    func holds(_ text: String) -> Bool {
      firstOffset(of: Array(text.utf8).span, in: line.span) != nil
    }
    if holds(" VALUES(") { return holds(",X'") || holds("(X'") || holds("',char(10))") || holds(",unistr('") }
    return holds("CREATE TABLE [") || holds("INSERT INTO [") || holds(" AUTOINCREMENT")
  }

  /// The rest of the line that begins with some text.
  private static func rest(of head: [UInt8], behind text: String) -> [UInt8]? {
    let mark = Array(text.utf8)
    guard let at = firstOffset(of: mark.span, in: head.span) else { return nil }
    let line = head[(at + mark.count)...].prefix { $0 != 0x0A && $0 != 0x0D }
    return Array(line.prefix(200))
  }

  private mutating func findEncoding(_ head: [UInt8]) {
    let marks =
      syntax.family == .mysql ? ["SET NAMES "] : ["client_encoding = '", "client_encoding TO '", "client_encoding='"]
    for mark in marks {
      guard let rest = Self.rest(of: head, behind: mark) else { continue }
      let name = Array(rest.prefix { SQLDumpSniff.isWord($0) })
      encodingName = name
      encoding = Self.encoding(named: name)
      return
    }
  }
  private static func isWord(_ byte: UInt8) -> Bool {
    let letter = byte | 0x20
    return letter >= 0x61 && letter <= 0x7A || byte >= 0x30 && byte <= 0x39 || byte == 0x2D || byte == 0x5F
  }
  /// The encoding that a database calls by a name; nil when it cannot be decoded.
  static func encoding(named name: [UInt8]) -> TextEncoding? {
    encodings[String(decoding: name.map(asciiLower).prefix(32), as: UTF8.self)]
  }
  private static let encodings: [String: TextEncoding] = [
    "utf8": .utf8, "utf-8": .utf8, "unicode": .utf8, "utf8mb4": .utf8, "utf8mb3": .utf8, "latin1": .latin1,
    "iso88591": .latin1,
    "iso_8859_1": .latin1, "win1252": .cp1252, "windows1252": .cp1252,
  ]
}

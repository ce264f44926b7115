import Bytes
import Conversion
import Diagnostics
import Records
import SQLiteClient
import TestSupport
import Testing

/// What lies in journals is read, and nothing beside the source changes.
@Suite struct SourceTests {
  /// Ends Python without closing the database.
  private static let crash = "\nos._exit(0)\n"

  @Test func rowsOfTheWriteAheadLogAreRead() throws {
    let found = try DatabaseCase(
      python: """
        c.execute("PRAGMA journal_mode=WAL"); c.execute("PRAGMA wal_autocheckpoint=0")
        c.execute("CREATE TABLE t(a)"); c.execute("INSERT INTO t VALUES('committed')")
        c.execute("BEGIN"); c.execute("INSERT INTO t VALUES('never')")
        """ + Self.crash)
    #expect(found.input.backup.artifacts.map { displayed($0.entry.path) } == ["data.db", "data.db-wal"])
    let before = try found.listing()
    #expect(try found.rows(try found.survey()) == ["t": [["committed"]]])
    #expect(try found.listing() == before)
  }

  @Test func unfinishedTransactionIsRolledBack() throws {
    let found = try DatabaseCase(
      python: """
        c.execute("PRAGMA cache_size=1"); c.execute("CREATE TABLE t(a, b)")
        c.executemany("INSERT INTO t VALUES(?, ?)", [(i, 'x' * 500) for i in range(200)])
        c.execute("BEGIN"); c.execute("UPDATE t SET a = -1, b = 'y' || b"); c.execute("DELETE FROM t WHERE rowid > 100")
        """ + Self.crash)
    #expect(found.input.backup.artifacts.map { displayed($0.entry.path) } == ["data.db", "data.db-journal"])
    let before = try found.listing()
    let rows = try found.rows(try found.survey())["t"] ?? []
    #expect(rows.map { $0[0] } == (0..<200).map { .integer(Int64($0)) })
    #expect(try found.listing() == before)
  }

  @Test func journalThatNamesAnotherFileIsNotPlayedBack() throws {
    let found = try DatabaseCase(
      python: """
        c.execute("PRAGMA cache_size=1"); c.execute("CREATE TABLE t(a, b)")
        c.executemany("INSERT INTO t VALUES(?, ?)", [(i, 'x' * 500) for i in range(200)])
        c.execute("BEGIN"); c.execute("UPDATE t SET a = -1, b = 'y' || b")
        open('victim', 'w').write('precious')
        name = os.path.abspath('victim').encode()
        page, sum = (2 ** 30 // 4096 + 1).to_bytes(4, 'big'), (sum(name) & 0xffffffff).to_bytes(4, 'big')
        with open('data.db-journal', 'ab') as j:
            j.write(page + name + len(name).to_bytes(4, 'big') + sum + bytes.fromhex('d9d505f920a163d7'))
        """ + Self.crash, keepsRows: true)
    let before = try found.listing()
    let knowledge = try found.survey()
    #expect(knowledge.findings.contains { $0.code == "unreadable-journal" })
    #expect(try found.listing() == before && before.contains { $0.hasPrefix("victim") })
  }

  @Test func writerIsWaitedForAndThenNamed() throws {
    let found = try DatabaseCase("CREATE TABLE t(a); INSERT INTO t VALUES(1);")
    let path = found.place.file("data.db")
    let writer = try Connection(path, ConnectionOptions(.write))
    try writer.execute("BEGIN EXCLUSIVE")
    #expect(throws: SQLiteError.self) { try SourceLock(path, patience: 40) }
    try writer.execute("COMMIT")
    let lock = try SourceLock(path, patience: 40)
    try withExtendedLifetime(lock) {
      // Whoever reads may go on, whoever writes has to wait.
      #expect(try writer.integer("SELECT a FROM t") == 1)
      try writer.execute("PRAGMA busy_timeout=20")
      #expect(throws: SQLiteError.self) { try writer.execute("INSERT INTO t VALUES(2)") }
    }
  }

  @Test func nothingOfTheSchemaIsRun() throws {
    let found = try DatabaseCase(
      python: """
        c.execute("CREATE TABLE t(a)"); c.execute("INSERT INTO t VALUES('x')")
        c.execute("CREATE VIEW v AS SELECT load_extension('/nowhere') AS id")
        c.execute("CREATE VIEW e AS WITH RECURSIVE c(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM c) SELECT i FROM c")
        c.execute("CREATE VIRTUAL TABLE f USING fts5(words)"); c.execute("INSERT INTO f VALUES('text')")
        c.execute("CREATE VIRTUAL TABLE g USING fts5(a, content=t)")
        """)
    let knowledge = try found.survey()
    #expect(try found.rows(knowledge) == ["t": [["x"]], "f_content": [[.integer(1), "text"]]])
    #expect(knowledge.objects.map(\.kind).sorted() == ["view", "view", "virtual-table", "virtual-table"])
    #expect(knowledge.findings.map(\.code) == ["unreadable-virtual-table", "virtual-table"])
  }

  @Test func damageKeepsWhatCanBeRead() throws {
    let make = """
      c.execute("CREATE TABLE a(x)"); c.executemany("INSERT INTO a VALUES(?)", [('x' * 300,) for i in range(500)])
      c.execute("CREATE TABLE b(x)"); c.execute("INSERT INTO b VALUES(1)"); c.close()
      f = open('data.db', 'r+b'); f.seek(4096 * 20); f.write(b'\\x7f' * 4096); f.close()
      """
    let strict = try DatabaseCase(python: make)
    #expect(throws: ReadError.self) { try strict.survey() }
    let found = try DatabaseCase(python: make, keepsRows: true)
    let knowledge = try found.survey(), rows = try found.rows(knowledge)
    #expect(rows["b"] == [[.integer(1)]])
    #expect((rows["a"]?.count ?? 0) > 50 && (rows["a"]?.count ?? 0) < 500)
    #expect(Set(knowledge.findings.map(\.code)) == ["unreadable-rows", "unreadable-structure"])
  }

  @Test func encryptedFileIsNamedAsSuch() throws {
    let place = try TemporaryDirectory()
    try writeFile(place.path + "/app.db", (0..<8192).map { UInt8(truncatingIfNeeded: ($0 &* 2_654_435_761) >> 13) })
    let found = try DatabaseCase(place, open: "app.db")
    #expect { try found.survey() } throws: { error in
      (error as? ReadError)?.message.contains("encrypted or damaged") == true
    }
  }
}

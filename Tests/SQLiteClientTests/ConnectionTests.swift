import Bytes
import Glibc
import SQLiteClient
import TestSupport
import Testing

@Suite struct ConnectionTests {
  @Test func createdFileIsPrivateWhateverTheMask() throws {
    let place = try TemporaryDirectory()
    let path = place.file("new.db")
    let old = umask(0)
    defer { umask(old) }
    let connection = try Connection(path, .init(.create))
    try connection.execute("CREATE TABLE t(a)")
    #expect(try fileStatus(path)?.mode == 0o600)
  }

  @Test func modesDoWhatTheySay() throws {
    let place = try TemporaryDirectory()
    let path = place.file("a.db")
    #expect(throws: SQLiteError.self) { _ = try Connection(path, .init(.write)) }
    #expect(try fileStatus(path) == nil)
    do {
      let connection = try Connection(path, .init(.create))
      try connection.execute("CREATE TABLE t(a); INSERT INTO t VALUES(7)")
    }
    let reader = try Connection(path, .init(.read))
    #expect(try reader.integer("SELECT a FROM t") == 7)
    #expect(throws: SQLiteError.self) { try reader.execute("INSERT INTO t VALUES(8)") }
  }

  /// Debian's library treats every name as a URI and `:memory:` as no file unless it is told otherwise.
  @Test(arguments: ["file:x?mode=memory", ":memory:", "a b%20c#d?e", "ü\u{1}\n", "-x"])
  func pathsAreBytesOfAFile(_ name: String) throws {
    let place = try TemporaryDirectory()
    let path = place.file(name)
    do { try Connection(path, .init(.create)).execute("CREATE TABLE t(a); INSERT INTO t VALUES(1)") }
    #expect(try directoryNames(Array(place.path.utf8)) == [Array(name.utf8)])
    var options = ConnectionOptions(.read)
    options.isImmutable = true
    #expect(try Connection(path, options).integer("SELECT a FROM t") == 1)
  }

  @Test func linksAreRefusedWhenAsked() throws {
    let place = try TemporaryDirectory()
    do { try Connection(place.file("real.db"), .init(.create)).execute("CREATE TABLE t(a)") }
    #expect(symlink(place.path + "/real.db", place.path + "/link.db") == 0)
    var options = ConnectionOptions(.read)
    #expect(throws: Never.self) { _ = try Connection(place.file("link.db"), options) }
    options.followsLinks = false
    #expect(throws: SQLiteError.self) { _ = try Connection(place.file("link.db"), options) }
  }

  @Test func nulNeverReachesSQL() throws {
    let connection = try Connection()
    #expect(throws: SQLiteError.self) { try connection.execute("SELECT 1\0; DROP TABLE t") }
    #expect(throws: SQLiteError.self) { _ = try connection.prepare("SELECT 1\0") }
    #expect(throws: SQLiteError.self) { _ = try Connection(Array("/tmp/a\0b".utf8), .init(.create)) }
  }

  @Test(arguments: ["SELECT 1; SELECT 2", "SELECT 1; DROP TABLE t", "", "  ;", "-- nothing"])
  func prepareTakesExactlyOneStatement(_ sql: String) throws {
    let connection = try Connection()
    #expect(throws: SQLiteError.self) { _ = try connection.prepare(sql) }
  }
  @Test func trailingSemicolonIsNoStatement() throws {
    #expect(try Connection().integer("SELECT 1 ;\n ") == 1)
  }

  @Test func doubleQuotesAreNames() throws {
    let connection = try Connection()
    #expect(throws: SQLiteError.self) { try connection.execute("SELECT \"nothing\"") }
  }
  @Test func schemaCannotBeEdited() throws {
    let connection = try Connection()
    try connection.execute("CREATE TABLE t(a); PRAGMA writable_schema=ON")
    #expect(throws: SQLiteError.self) { try connection.execute("UPDATE sqlite_schema SET sql='x'") }
  }

  struct Stop: Error {}
  @Test func transactionIsAllOrNothing() throws {
    let connection = try Connection()
    try connection.execute("CREATE TABLE t(a UNIQUE)")
    try connection.transaction { () throws(SQLiteError) in try connection.execute("INSERT INTO t VALUES(1)") }
    #expect(throws: SQLiteError.self) {
      try connection.transaction { () throws(SQLiteError) in
        try connection.execute("INSERT INTO t VALUES(2)")
        try connection.execute("INSERT INTO t VALUES(1)")
      }
    }
    let isOpen = connection.isInTransaction
    #expect(!isOpen)
    #expect(throws: Stop.self) {
      try connection.transaction(failed: { _ in Stop() }) { () throws(Stop) in
        do { try connection.execute("INSERT INTO t VALUES(3)") } catch { throw Stop() }
        throw Stop()
      }
    }
    #expect(try connection.integer("SELECT group_concat(a) FROM t") == 1)
  }

  @Test func busyIsSaidAfterTheWait() throws {
    let place = try TemporaryDirectory()
    let path = place.file("a.db")
    let first = try Connection(path, .init(.create))
    try first.execute("CREATE TABLE t(a)")
    var options = ConnectionOptions(.write)
    options.busyTimeout = 1
    let second = try Connection(path, options)
    try first.transaction(.exclusive) { () throws(SQLiteError) in
      do throws(SQLiteError) {
        try second.execute("INSERT INTO t VALUES(1)")
        Issue.record("lock was not respected")
      } catch { #expect(error.isBusy) }
    }
    try second.execute("INSERT INTO t VALUES(1)")
  }

  static let endless = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i+1 FROM n) SELECT count(*) FROM n"
  @Test func deadlineEndsAnEndlessStatement() throws {
    let connection = try Connection()
    connection.setDeadline(milliseconds: 5)
    do {
      _ = try connection.integer(Self.endless)
      Issue.record("ran to an end")
    } catch { #expect(error.isInterrupted) }
    connection.setDeadline(milliseconds: nil)
    #expect(try connection.integer("SELECT 5") == 5)
  }
  @Test func interruptFromAnotherThread() throws {
    let connection = try Connection()
    let interrupter = connection.interrupter
    let end = Channel<Never>(limit: 1)
    // A thread of its own: a task would wait until the other tests give it one, and the statement run as long.
    let worker = Worker.start {
      while !end.isOver {
        interrupter.interrupt()
        sched_yield()
      }
    }
    #expect(throws: SQLiteError.self) { _ = try connection.integer(Self.endless) }
    end.close()
    worker.join()
  }

  @Test func copyIsPrivateCompleteAndNeverReplaces() throws {
    let place = try TemporaryDirectory()
    let connection = try Connection(place.file("a.db"), .init(.create))
    try connection.execute("CREATE TABLE t(a); INSERT INTO t VALUES(1),(2)")
    try connection.copy(to: place.file("b'c.db"))
    #expect(try fileStatus(place.file("b'c.db"))?.mode == 0o600)
    #expect(try Connection(place.file("b'c.db"), .init(.read)).integer("SELECT sum(a) FROM t") == 3)
    #expect(throws: SQLiteError.self) { try connection.copy(to: place.file("b'c.db")) }
    let memory = try Connection()
    try connection.backUp(into: memory)
    #expect(try memory.integer("SELECT sum(a) FROM t") == 3)
  }

  @Test func damagedFileIsAnError() throws {
    let place = try TemporaryDirectory()
    try writeFile(place.path + "/x.db", Array("this is no database, only some text that is long enough".utf8))
    do {
      _ = try Connection(place.file("x.db"), .init(.read)).integer("SELECT count(*) FROM sqlite_schema")
      Issue.record("accepted")
    } catch { #expect(error.isDamaged) }
  }
}

import Bytes
import Conversion
import Records
import TestSupport
import Testing

/// Dumps of SQLite and MySQL: what is data, and what says something of the database itself.
@Suite struct OtherDumpTests {
  private func run(_ text: String) throws -> DumpRun {
    let place = try TemporaryDirectory()
    try writeFile(place.path + "/dump.sql", Array(text.utf8))
    return try DumpRun(place.path + "/dump.sql")
  }

  @Test func whatSQLiteKeepsForItselfIsNoData() throws {
    let run = try run(
      """
      PRAGMA foreign_keys=OFF;
      BEGIN TRANSACTION;
      CREATE TABLE t(id INTEGER PRIMARY KEY AUTOINCREMENT, body TEXT);
      INSERT INTO t VALUES(1,'one');
      PRAGMA writable_schema=ON;
      INSERT INTO sqlite_schema(type,name,tbl_name,rootpage,sql)VALUES('table','f','f',0,'CREATE VIRTUAL TABLE f USING fts5(body)');
      CREATE TABLE IF NOT EXISTS 'f_data'(id INTEGER PRIMARY KEY, block BLOB);
      INSERT INTO f_data VALUES(1,X'0102');
      CREATE TABLE IF NOT EXISTS 'f_config'(k PRIMARY KEY, v) WITHOUT ROWID;
      INSERT INTO f_config VALUES('version',4);
      DELETE FROM sqlite_sequence;
      INSERT INTO sqlite_sequence VALUES('t',1);
      COMMIT;
      """)
    #expect(run.counts == ["t": 1])
    #expect(run.codes.contains("shadow-tables-left-out"))
    #expect(run.knowledge.objects.contains { String(decoding: $0.definition, as: UTF8.self).contains("USING fts5") })
  }

  @Test func bytesOfMySQLAreNoTexts() throws {
    let place = try TemporaryDirectory()
    var dump = Array(
      "-- MySQL dump 10.13\nCREATE TABLE `t` (`id` int, `b` blob, `s` varchar(9));\nINSERT INTO `t` VALUES (1,'".utf8)
    dump += [0xFF, 0x00, 0xE9] + Array("',_binary 'x');\n".utf8)
    try writeFile(place.path + "/dump.sql", dump)
    let run = try DumpRun(place.path + "/dump.sql")
    #expect(run.counts == ["t": 1] && !run.codes.contains("not-utf8"))
    let other = try self.run(
      "-- MySQL dump 10.13\nCREATE TABLE `t` (`id` int, `b` blob, `s` varchar(9));\nINSERT INTO `t` VALUES (1,0xFF00E9,'x');\n"
    )
    #expect(run.digests == other.digests)
  }

  /// A dump of the rows alone, and scripts with names in brackets, say of no program that wrote them.
  @Test(arguments: [
    ("INSERT INTO \"a b\" VALUES(1,'it''s',X'00ff');\nINSERT INTO w VALUES('k',1,NULL);\n", ["a b": 1, "w": 1]),
    ("INSERT INTO t VALUES(replace('a\\nb','\\n',char(10)));\n", ["t": 1]),
    (
      "/* c */\nDROP TABLE IF EXISTS [A];\nCREATE TABLE [A]\n(\n  [Id] INTEGER);\nINSERT INTO [A] ([Id]) VALUES (1);\n",
      ["A": 1]
    ),
  ]) func scriptsOfSQLiteAreSeen(_ text: String, _ counts: [String: Int]) throws {
    let run = try run(text)
    #expect(run.backup.system == "sqlite-dump" && run.counts == counts && run.error == nil)
  }
  @Test func scriptsOfOthersAreNotTakenForSQLite() throws {
    #expect(try run("INSERT INTO t VALUES(1,'x');\nINSERT INTO t VALUES (2,X'01');\n").backup.system == "postgres")
  }
}

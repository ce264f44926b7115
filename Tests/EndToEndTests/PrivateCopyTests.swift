import Bytes
import TestSupport
import Testing

/// The private copy of a database is gone when the program ends, whatever it ended with.
@Suite struct PrivateCopyTests {
  @Test(arguments: ["", "damaged"]) func nothingStaysBehind(_ how: String) throws {
    let place = try TemporaryDirectory(), database = place.path + "/data.db", scratch = place.path + "/private"
    try createDirectory(Array(scratch.utf8))
    let statements =
      "CREATE TABLE t(a); INSERT INTO t SELECT zeroblob(3000000); CREATE TABLE u(a); INSERT INTO u VALUES(1);"
    #expect(try run(["sqlite3", database, statements]).exitCode == 0)
    if !how.isEmpty {
      var bytes = try readFile(database)
      for i in 4096..<8192 { bytes[i] = 0x55 }
      try writeFile(database, bytes)
    }
    for command in [["convert", database, "-t", "sql", "-o", place.path + "/out.sql"], ["register", database]] {
      let result = try run(
        [binaryFolder + "/coffer"] + command, environment: ["HOME": place.path, "TMPDIR": scratch])
      #expect((result.exitCode == 0) == how.isEmpty, "\(result.errorText)")
      #expect(try directoryNames(Array(scratch.utf8)).isEmpty)
    }
  }
}

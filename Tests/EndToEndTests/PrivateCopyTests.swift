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

  /// A killed process leaves its copy behind; the next one removes it, but nothing that is in use or somebody else's.
  @Test func whatWasLeftBehindIsRemoved() throws {
    let place = try TemporaryDirectory(), database = place.path + "/data.db", scratch = place.path + "/scratch"
    try createDirectory(Array(scratch.utf8))
    #expect(try run(["sqlite3", database, "CREATE TABLE t(a)"]).exitCode == 0)
    let script = """
      import fcntl, os, subprocess, sys, time
      scratch, coffer, database = sys.argv[1:]
      def made(name, age=3600, mode=0o700):
          path = os.path.join(scratch, name)
          os.mkdir(path, mode)
          os.chmod(path, mode)
          with open(path + "/copy", "w") as file: file.write("x")
          os.utime(path, (time.time() - age,) * 2)
          return path
      made("coffer-private-leftAB")
      used = os.open(made("coffer-private-usedAB"), os.O_RDONLY)
      fcntl.flock(used, fcntl.LOCK_EX)
      made("coffer-private-new0AB", age=0)
      made("coffer-private-openAB", mode=0o755)
      made("coffer-private-longname")
      made("other")
      os.symlink("other", os.path.join(scratch, "coffer-private-linkAB"))
      subprocess.run([coffer, "convert", database, "-t", "sql", "-o", database + ".sql"], check=True)
      print(sorted(os.listdir(scratch)), sorted(os.listdir(scratch + "/other")))
      """
    let result = try run(
      ["python3", "-c", script, scratch, binaryFolder + "/coffer", database],
      environment: ["HOME": place.path, "TMPDIR": scratch])
    let kept = ["link", "longname", "new0", "open", "used"].map {
      "'coffer-private-\($0)\($0 == "longname" ? "" : "AB")'"
    }
    #expect(result.text == "[\(kept.joined(separator: ", ")), 'other'] ['copy']\n", "\(result.errorText)")
  }
}

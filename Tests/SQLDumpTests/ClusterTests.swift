import BuiltIn
import Bytes
import Conversion
import Records
import TestSupport
import Testing

/// What pg_dumpall of PostgreSQL 19 writes when it is asked for archives: a directory with `map.dat`, `toc.glo` and an archive for each
/// database. The archives here are of PostgreSQL 15, which lie in the same places.
@Suite(.enabled(if: ThrowAwayPostgres.isAvailable, "needs PostgreSQL")) struct ClusterTests {
  @Test(arguments: ["-Fd", "-Fc", "-Ft"]) func everyDatabaseIsABackup(_ form: String) throws {
    let server = try ThrowAwayPostgres(), place = try TemporaryDirectory()
    let folder = place.path + "/cluster", ending = ["-Fd": "", "-Fc": ".dmp", "-Ft": ".tar"][form] ?? ""
    _ = try run(["mkdir", "-p", folder + "/databases"])
    _ = try server.psql("CREATE DATABASE \"a shop\"")
    _ = try server.psql("CREATE DATABASE other")
    for (name, count) in [("a shop", 3), ("other", 5)] {
      _ = try server.psql(
        "CREATE TABLE t (id integer PRIMARY KEY); INSERT INTO t SELECT generate_series(1, \(count))", database: name)
    }
    for (oid, name) in [(16384, "a shop"), (16399, "other")] {
      let file = "\(folder)/databases/\(oid)\(ending)"
      #expect(try server.dump([form, "--file", file], database: name).exitCode == 0)
    }
    #expect(try server.dump(["-Fc", "--schema-only", "--file", folder + "/toc.glo"]).exitCode == 0)
    try writeFile(folder + "/map.dat", Array("16384 a shop\n16399 other\n".utf8))
    let container = try BuiltIn.recogniser.open(Array(folder.utf8))
    let backups = try BuiltIn.recogniser.recognise(container).backups
    let all: [String] = backups.flatMap { $0.evidence }, evidence = all.filter { $0.contains("map.dat") }
    if form == "-Ft" {
      // Archives within a directory are backups of their own when they are opened; none is taken for a script.
      #expect(backups.count == 1 && !backups.contains { $0.kind.contains("plain") })
    } else {
      #expect(backups.count == 3 && backups.allSatisfy { $0.system == "postgres" && !$0.kind.contains("plain") })
      #expect(
        evidence.sorted() == ["a shop", "other"].map { "it is the database '\($0)' of a cluster, by map.dat" })
      for (backup, count) in zip(backups.filter { $0.artifacts.count > 1 }, [3, 5]) {
        let system = try #require(BuiltIn.recogniser.system(backup.system))
        let input = BackupInput(
          backup: backup, container: container, toolbox: BuiltIn.toolbox, options: ReadOptions())
        let knowledge = try system.survey(input)
        #expect(knowledge.attributes.contains { $0.name == "rows" && $0.value == Array("\(count)".utf8) })
      }
    }
    for (oid, count) in [(16384, 3), (16399, 5)] {
      #expect(try DumpRun("\(folder)/databases/\(oid)\(ending)").counts == ["t": count])
    }
    // Which of them is meant has to be said.
    if form != "-Ft" { #expect(throws: ReadError.self) { try DumpRun(folder) } }
  }
}

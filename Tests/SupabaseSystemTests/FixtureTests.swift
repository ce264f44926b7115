import Bytes
import TestSupport
import Testing

/// The bundled backups are what their generator makes.
@Suite struct SupabaseFixtureTests {
  private let fixtures = packageRoot + "/Tests/Fixtures/supabase"

  /// Paths of all files below a folder.
  private func files(_ folder: String, below path: String = "") throws -> [String] {
    try directoryNames(Array((folder + path).utf8)).flatMap { name -> [String] in
      let inner = path + "/" + String(decoding: name, as: UTF8.self)
      let isFolder = try fileStatus(Array((folder + inner).utf8))?.kind == .directory
      return isFolder ? try files(folder, below: inner) : [inner]
    }.sorted()
  }

  /// Without the lines that name the server's version, and without archives, which hold it in binary.
  private func compared(_ path: String) throws -> [[UInt8]] {
    if path.hasSuffix(".dump") { return [] }
    return try readFile(path).split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).map(Array.init)
      .filter { !$0.starts(with: "-- Dumped ".utf8) }
  }

  @Test(.enabled(if: ThrowAwayPostgres.isAvailable)) func generatedAnewTheyAreTheSame() throws {
    let place = try TemporaryDirectory()
    let made = try run(
      [packageRoot + "/scripts/with-postgres", fixtures + "/generate", place.path], directory: packageRoot)
    #expect(made.exitCode == 0, "\(made.errorText)")
    for folder in ["/tidewatch", "/millwork"] {
      let paths = try files(fixtures + folder)
      #expect(try files(place.path + folder) == paths)
      for path in paths {
        // The summary gives sizes, which the version's length has a part in.
        if path.hasSuffix(".md"), folder == "/millwork" { continue }
        let (old, new) = (try compared(fixtures + folder + path), try compared(place.path + folder + path))
        #expect(old == new, "\(folder + path)")
      }
    }
  }

  @Test func theyHaveTheFiguresOfTheirLayout() throws {
    let folder = fixtures + "/tidewatch/supabase_backups/comprehensive_backup_20251012_101500"
    #expect(try directoryNames(Array((folder + "/migrations").utf8)).count == 24)
    #expect(try directoryNames(Array((folder + "/edge_functions").utf8)).count == 74)
    let script = String(decoding: try readFile(folder + "/complete_database_with_data.sql"), as: UTF8.self)
    #expect(script.split(separator: "\n").count { $0.hasPrefix("CREATE POLICY") } == 88)
    #expect(script.split(separator: "\n").count { $0.hasPrefix("CREATE TABLE public.") } == 23)
    #expect(script.split(separator: "\n").count { $0.hasPrefix("CREATE FUNCTION public.") } == 20)
    let sets = fixtures + "/millwork/backups/millwork_"
    #expect(
      try readFile(sets + "schema_backup_20250902_152354.sql") == readFile(sets + "complete_backup_20250902_152354.sql")
    )
  }
}

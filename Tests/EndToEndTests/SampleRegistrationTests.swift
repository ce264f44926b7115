import Bytes
import TestSupport
import Testing

/// Registers all shared samples of real and generated backups: every file becomes part of a backup, but for those named here.
@Suite(.enabled(if: sharedSamples != nil, "the shared samples are not beside the package"))
struct SampleRegistrationTests {
  /// Ends of the paths of files that are no backups: lists beside them, and formats that nobody reads as one.
  private static let others = [
    "SHA256SUMS", "LICENSE", ".stderr", ".list", ".largeobjects.md5", ".copy-binary", "mariadb10.11.mytypes.xml",
    "migration_lock.toml", "/models.py", "/0001_initial.py", "bad_fixture2.xml", "bad_fix.ture1.unkn",
  ]

  @Test(arguments: ["postgres", "supabase", "convex", "prisma", "django"]) func everyFileIsPartOfABackup(
    _ system: String
  ) throws {
    let folder = String(decoding: try realPath(Array("\(sharedSamples!)/\(system)/dev".utf8)), as: UTF8.self)
    let place = try TemporaryDirectory()
    let catalog = place.path + "/catalog.db"
    let result = try run([
      "\(binaryFolder)/coffer", "register", "-r", "-q", "--index", "none", "--project", system, "--catalog", catalog,
      folder,
    ])
    // Damaged ones among them are registered up to the damage.
    #expect(result.exitCode == 0 || result.exitCode == 3, "\(result.errorText)")
    let list = try run(["sqlite3", catalog, "SELECT DISTINCT path FROM locations"])
    let registered = Set(list.text.split(separator: "\n").map(String.init))
    let left = everyFile(folder).filter { file in
      !registered.contains(file) && !Self.others.contains { file.hasSuffix($0) }
    }
    #expect(left == [])
    #expect(registered.count > 25)
  }
}

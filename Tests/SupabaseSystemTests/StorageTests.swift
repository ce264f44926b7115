import BuiltIn
import Bytes
import Conversion
import Diagnostics
import Records
import TestSupport
import Testing

@testable import SupabaseSystem

/// Bodies of stored files beside a dump, and dumps that are directories.
@Suite struct SupabaseStorageTests {
  /// The only backup of Supabase at a path.
  private func survey(
    _ path: String, files: FileStage? = nil
  ) throws -> (backup: DetectedBackup, knowledge: Knowledge) {
    let container = try BuiltIn.recogniser.open(Array(path.utf8))
    let backups = try BuiltIn.recogniser.recognise(container).backups
    #expect(backups.map(\.system) == ["supabase"])
    let backup = try #require(backups.first)
    var input = BackupInput(backup: backup, container: container, toolbox: BuiltIn.toolbox, options: ReadOptions())
    input.files = files
    return (backup, try Supabase().survey(input))
  }
  private func python(_ script: String, _ arguments: String...) throws -> String {
    let result = try run(["python3", "-c", script] + arguments)
    #expect(result.exitCode == 0, "\(result.errorText)")
    return result.text
  }
  private func bodies(_ knowledge: Knowledge) -> [String: String] {
    Dictionary(
      uniqueKeysWithValues: knowledge.objects.filter { $0.kind == "storage-object" }.map { object in
        let artifact = object.attribute("artifact").map { String(decoding: $0, as: UTF8.self) }
        return (String(decoding: object.name.bytes, as: UTF8.self), artifact ?? "absent")
      })
  }

  /// Writes a dump that lists five files: with a right checksum, a wrong one, one of an upload in parts, none, and no body.
  private static let dump = """
    import hashlib, json, sys
    def tag(text): return '"' + hashlib.md5(text.encode()).hexdigest() + '"'
    rows = [('a.txt', tag('one'), 3), ('deep/b c.txt', tag('other'), 3), ('c.bin', '"' + '0' * 32 + '-2"', 5), ('d', None, 4),
            ('gone', tag(''), 0)]
    print("--\\n-- PostgreSQL database dump\\n--\\nCREATE TABLE storage.buckets (id text NOT NULL, name text, public boolean);")
    print("CREATE TABLE storage.objects (id integer NOT NULL, bucket_id text, name text, metadata jsonb);")
    print("COPY storage.buckets (id, name, public) FROM stdin;\\nfiles\\tfiles\\tf\\n\\\\.\\n")
    print("COPY storage.objects (id, bucket_id, name, metadata) FROM stdin;")
    for i, (name, tag, size) in enumerate(rows):
        metadata = json.dumps({'size': size, **({'eTag': tag} if tag else {})}).replace('\\\\', '\\\\\\\\')
        print(f"{i}\\tfiles\\t{name}\\t{metadata}")
    print("\\\\.\\n--\\n-- PostgreSQL database dump complete\\n--")
    """
  private static let bundle = """
    import sys, zipfile
    with zipfile.ZipFile(sys.argv[1], 'w') as z:
        for name, text in [('a.txt', 'one'), ('deep/b c.txt', 'two'), ('c.bin', 'parts'), ('d', 'four')]:
            z.writestr('abcdefghijklmnopqrst/files/' + name, text)
    """

  @Test(arguments: ["bundle", "folder"]) func bodiesAreComparedWithTheirChecksums(_ form: String) throws {
    let place = try TemporaryDirectory()
    try writeFile(place.path + "/db_cluster-12-10-2025@03-04-05.backup", Array(try python(Self.dump).utf8))
    let zip = place.path + (form == "bundle" ? "/abcdefghijklmnopqrst.storage.zip" : "/../coffer-bundle.zip")
    _ = try python(Self.bundle, zip)
    if form == "folder" {
      _ = try python(
        "import sys, zipfile; zipfile.ZipFile(sys.argv[1]).extractall(sys.argv[2])", zip, place.path + "/storage")
      _ = removeTree(zip)
    }
    let output = try TemporaryDirectory(), stage = try FileStage(output.file("out"), replaces: false)
    let (_, knowledge) = try survey(place.path, files: stage)
    #expect(try stage.commit(knowledge.tables) == (4, 15))
    for (name, text) in [("a.txt", "one"), ("deep%2fb c.txt", "two"), ("c.bin", "parts"), ("d", "four")] {
      #expect(try readFile(output.path + "/out/files/" + name) == Array(text.utf8))
    }
    let found = knowledge.findings.filter { $0.code.hasPrefix("storage") }
    #expect(found.map(\.code).sorted() == ["storage-body-changed", "storage-metadata-only"])
    #expect(found.map(\.count) == [1, 1])
    let bodies = bodies(knowledge)
    #expect(bodies.count == 5 && bodies["files/gone"] == "absent")
    let inside = "storage/abcdefghijklmnopqrst/files/"
    for name in ["a.txt", "deep/b c.txt", "c.bin", "d"] {
      #expect(bodies["files/" + name] == (form == "bundle" ? "abcdefghijklmnopqrst.storage.zip" : inside + name))
    }
  }

  @Test func bundleThatIsNoneIsNamed() throws {
    let place = try TemporaryDirectory()
    try writeFile(place.path + "/dump.sql", Array(try python(Self.dump).utf8))
    try writeFile(place.path + "/x.storage.zip", Array("PK no zip at all".utf8))
    let (_, knowledge) = try survey(place.path)
    #expect(!Set(knowledge.findings.map(\.code)).isDisjoint(with: ["storage-bundle-unread", "unreadable"]))
    #expect(bodies(knowledge).values.allSatisfy { $0 == "absent" })
  }

  @Test(.enabled(if: ThrowAwayPostgres.isAvailable, "needs PostgreSQL")) func directoryDumpIsADumpOfItsFolder() throws {
    let server = try ThrowAwayPostgres(), place = try TemporaryDirectory()
    let made = try server.psql(
      """
      CREATE ROLE anon; CREATE ROLE service_role; CREATE SCHEMA auth;
      CREATE TABLE auth.users (id integer PRIMARY KEY, email text, encrypted_password text, raw_app_meta_data jsonb);
      CREATE TABLE notes (id integer PRIMARY KEY, owner integer REFERENCES auth.users, text text);
      GRANT ALL ON notes TO anon, service_role;
      INSERT INTO auth.users SELECT i, 'u' || i || '@example.org' FROM generate_series(1, 3) i;
      INSERT INTO notes SELECT i, 1 + i % 3, 'note ' || i FROM generate_series(1, 50) i;
      """)
    try #require(made.exitCode == 0, "\(made.errorText)")
    let folder = place.path + "/backup_20251012_101500"
    _ = try run(["mkdir", "-p", folder + "/migrations", place.path + "/lone"])
    try writeFile(folder + "/BACKUP_MANIFEST.md", Array("# Backup\n\n- Total Tables: 1\n- Total Users: 3\n".utf8))
    try writeFile(folder + "/migrations/20250101000000_init.sql", Array("CREATE TABLE notes (id integer);".utf8))
    for target in [folder + "/complete_database", place.path + "/lone/complete_20251013_101500"] {
      #expect(try server.dump(["-Fd", "-f", target]).exitCode == 0)
    }
    for path in [folder, place.path + "/lone", place.path + "/lone/complete_20251013_101500"] {
      let (backup, knowledge) = try survey(path)
      #expect(Set(knowledge.tables.map(\.name)) == ["auth.users", "notes"], "\(path)")
      #expect(backup.artifacts.count { $0.role == .data } == 1)
      #expect(backup.artifacts.count { $0.format == "pg_dump" } == 3)
      #expect(knowledge.attributes.first { $0.name == "inventory data records" }?.value == Array("50".utf8))
      #expect(!knowledge.documents.contains { $0.text.starts(with: "1\t".utf8) })
      if path == folder {
        #expect(backup.kind == "script folder")
        #expect(knowledge.claims.filter { $0.verdict == .proved }.count >= 2)
      }
    }
  }
}

import Bytes
import Conversion
import Records
import Testing

@Suite struct CaptureManifestTests {
  private var manifest: CaptureManifest {
    var manifest = CaptureManifest(
      system: "postgres", kind: "dump set", project: "sh\"op\u{1}", source: Array("postgresql://a@b/c".utf8),
      server: Array("PostgreSQL 15.18".utf8), takenAt: 1_764_419_045_123_456)
    manifest.files = [
      .init(
        Array("a b.sql".utf8), .data, format: "sql", byteCount: 12,
        checksum: Array(String(repeating: "0f", count: 32).utf8)),
      .init(Array("t.csv".utf8), .twin, format: "csv", table: "t\n", byteCount: 0, checksum: []),
    ]
    manifest.tables = [.init("app.\"x", 3), .init("é", 1 << 40)]
    manifest.objects = [.init("policy", 2)]
    manifest.losses = [.init("roles", 4, "left out: \\ \"")]
    return manifest
  }

  @Test func comesBackAsItWas() throws {
    #expect(CaptureManifest(parsing: manifest.json) == manifest)
    var empty = manifest
    (empty.files, empty.tables, empty.objects, empty.losses) = ([], [], [], [])
    #expect(CaptureManifest(parsing: empty.json) == empty)
  }

  /// Cut anywhere, it is none; so is a document of somebody else's.
  @Test func othersAreNone() {
    let json = manifest.json
    for count in 0..<(json.count - 2) { #expect(CaptureManifest(parsing: Array(json.prefix(count))) == nil) }
    let deep = String(repeating: "[", count: 100) + String(repeating: "]", count: 100)
    for text in ["{}", "[]", "{\"format\":\"coffer capture\"}", deep, "{\"format\":\"coffer capture\",\"version\":2}"] {
      #expect(CaptureManifest(parsing: Array(text.utf8)) == nil)
    }
  }
}

import Bytes
import TestSupport
import Testing

/// A catalog on a PostgreSQL server beside the same in a file.
@Suite(.enabled(if: ThrowAwayPostgres.isAvailable)) struct SharedCatalogTests {
  private let server: ThrowAwayPostgres
  private let place: TemporaryDirectory
  private let url: String

  init() throws {
    server = try ThrowAwayPostgres()
    place = try TemporaryDirectory()
    url = "postgres:///postgres?user=tester&host=\(server.place)"
  }

  private func coffer(_ words: String..., catalog: String) throws -> ProcessResult {
    try run(
      [binaryFolder + "/coffer"] + words, environment: ["HOME": place.path, "COFFER_CATALOG": catalog],
      directory: place.path)
  }

  /// Registers some backups, and says something of them.
  private func fill(_ catalog: String) throws {
    let demo = packageRoot + "/Tests/Fixtures/demo/shop/shop_dumpdata.json"
    let fixtures = packageRoot + "/Tests/EndToEndTests/Fixtures"
    for words in [
      ["register", demo, "--project", "shop", "--env", "production", "--taken-at", "2026-02-05", "--alias", "golden"],
      ["register", fixtures + "/shop.json", "--project", "shop", "--taken-at", "2026-02-06"],
      ["register", fixtures + "/shop-later.json", "--project", "Läden", "--taken-at", "2026-02-07"],
      ["tag", "golden", "reason:before the move"], ["project", "note", "shop", "moves in May"],
    ] {
      let result = try run(
        [binaryFolder + "/coffer"] + words, environment: ["HOME": place.path, "COFFER_CATALOG": catalog])
      #expect(result.exitCode == 0, "\(words): \(result.errorText)")
    }
  }

  /// What the verbs say of a catalog, without the times at which something was registered.
  private func answers(_ catalog: String) throws -> [String] {
    try [
      ["list", "--format", "csv"], ["projects", "--format", "csv"], ["show", "golden", "--tables", "--format", "csv"],
      ["find", "table", "shop_*", "--format", "csv"], ["find", "column", "*mail*", "--format", "csv"],
      ["find", "file", "SHOP*.json", "--format", "csv"],
      [
        "sql",
        "SELECT project, environment, backup, system, kind, taken_at, aliases, tags, records FROM backup_overview",
      ],
      ["sql", "SELECT project, \"table\", records, columns FROM table_overview", "--json"],
    ].map { words in
      let result = try run(
        [binaryFolder + "/coffer"] + words, environment: ["HOME": place.path, "COFFER_CATALOG": catalog])
      #expect(result.exitCode == 0, "\(words): \(result.errorText)")
      return result.text.split { $0 == "," || $0.isNewline }.map { $0.count == 27 && $0.last == "Z" ? "TIME" : $0 }
        .joined(separator: "\n")
    }
  }

  @Test func aSharedCatalogAnswersAsAFileDoes() throws {
    let file = place.path + "/file/catalog.db"
    try fill(file)
    try fill(url)
    #expect(try answers(url) == answers(file))
    let again = try coffer(
      "register", packageRoot + "/Tests/EndToEndTests/Fixtures/shop.json", "--project", "shop", catalog: url)
    #expect(again.exitCode == 0, "\(again.errorText)")
    let forgotten = try coffer("forget", "golden", "--yes", catalog: url)
    #expect(forgotten.exitCode == 0, "\(forgotten.errorText)")
    let list = try coffer("list", "--format", "csv", catalog: url)
    #expect(list.text.split { $0.isNewline }.count == 3, "\(list.text)")
    let doctor = try coffer("doctor", catalog: url)
    #expect(doctor.text.contains("postgresql://tester@\(server.place)/postgres"), "\(doctor.text)")
    #expect(doctor.text.contains("2 backups of 2 projects"), "\(doctor.text)")
  }

  @Test func copiesAreEqualThereAndBack() throws {
    let file = place.path + "/file/catalog.db", back = place.path + "/back/catalog.db"
    try fill(file)
    let there = try coffer("catalog", "copy", file, url, catalog: "")
    #expect(there.exitCode == 0, "\(there.errorText)")
    let home = try coffer("catalog", "copy", url, back, catalog: "")
    #expect(home.exitCode == 0, "\(home.errorText)")
    #expect(home.text == there.text && there.text.contains("backups"), "\(there.text)")
    func checksum(_ result: ProcessResult) -> Substring? {
      result.errorText.split(separator: "checksum ").last?.prefix(64)
    }
    #expect(checksum(home) == checksum(there) && checksum(there)?.count == 64)
    let expected = try answers(file)
    #expect(try answers(url) == expected)
    #expect(try answers(back) == expected)
    let twice = try coffer("catalog", "copy", file, url, catalog: "")
    #expect(twice.exitCode == 1 && twice.errorText.contains("a catalog that holds something exists already"))
    #expect(try fileStatus(Array(back.utf8))?.mode == 0o600)
  }

  @Test func placesThatCannotBeOpenedAreToldWithoutPasswords() throws {
    let none = try coffer("list", catalog: url)
    #expect(none.exitCode == 10 && none.errorText.contains("no catalog at 'postgresql://tester@"), "\(none.errorText)")
    let down = try coffer("list", catalog: "postgres://ann:hunter2@localhost:1/shop")
    #expect(down.exitCode == 1 && down.errorText.contains("cannot connect to postgresql://ann@localhost:1/shop"))
    let odd = try coffer("list", catalog: "postgres://ann:hunter2@x@localhost/shop")
    #expect(odd.exitCode == 1 && odd.errorText.contains("the URL of the database cannot be read"), "\(odd.errorText)")
    let doctor = try coffer("doctor", catalog: "postgres://ann:hunter2@localhost:1/shop")
    #expect(doctor.exitCode == 1)
    for result in [down, odd, doctor] { #expect(!(result.text + result.errorText).contains("hunter2")) }
    let rows = try coffer("sql", "SELECT 1", "--backup", "x.json", catalog: url)
    #expect(rows.exitCode == 1 && rows.errorText.contains("coffer catalog copy"), "\(rows.errorText)")
  }
}

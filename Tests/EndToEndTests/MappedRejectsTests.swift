import Bytes
import TestSupport
import Testing

/// Rows that a mapping or the target's constraints refuse: they end the load, or are kept as the backup has them and loaded again
/// by a mapping that was mended.
@Suite struct MappedRejectsTests {
  private let place: TemporaryDirectory

  init() throws {
    place = try TemporaryDirectory()
    // Of the users, number 3 has no time, number 4 a role that the target does not know, number 6 an element that is no number.
    try writeFile(
      place.path + "/backup.json",
      Array(
        """
        {"teams": [{"_id": "t1", "title": "One"}, {"_id": "t2", "title": "Two"}], "users": [
         {"_id": "u1", "role": "Admin", "teamId": "t1", "at": 1, "address": {"city": "Ulm", "zip": "1"}, "marks": [{"n": 1}]},
         {"_id": "u2", "role": "Agent", "teamId": "t2", "at": 2, "address": {"city": "Bonn"}, "marks": []},
         {"_id": "u3", "role": "Agent", "teamId": "t2", "at": "never", "address": {"city": "Köln, \\"x\\""}, "marks": [{"n": 3}]},
         {"_id": "u4", "role": "Boss", "teamId": "t1", "at": 4, "address": null, "marks": [{"n": 4}]},
         {"_id": "u5", "role": "Agent", "teamId": null, "at": 5, "address": {"city": "Hof"}, "marks": []},
         {"_id": "u6", "role": "Agent", "teamId": "t1", "at": 6, "address": {"city": "Jena"}, "marks": [{"n": 5}, {"n": "x"}]}]}
        """.utf8))
    try writeFile(place.path + "/careless.toml", Array(mapping(roles: "", time: "", number: "").utf8))
    try writeFile(
      place.path + "/mended.toml",
      Array(
        mapping(
          roles: #", "Boss" = "admin""#, time: #", values = { never = "0" }"#, number: #", values = { x = 9 }"#
        ).utf8))
  }

  private func mapping(roles: String, time: String, number: String) -> String {
    """
    ids = "uuid"
    [tables.teams]
    name = "groups"
    key = ["_id"]
    [tables.users]
    name = "people"
    key = ["_id"]
    [tables.users.columns]
    role = { values = { Admin = "admin", Agent = "agent"\(roles) } }
    teamId = { name = "team", references = "teams._id" }
    at = { using = "s-to-timestamp"\(time) }
    address = { name = "home", nested = "flatten" }
    marks = { nested = "table" }
    [tables."users.marks".columns]
    n = { type = "integer"\(number) }
    """
  }

  private static let tables = """
    CREATE TABLE groups(_id UUID PRIMARY KEY, title TEXT);
    CREATE TABLE people(_id UUID PRIMARY KEY, role TEXT NOT NULL CONSTRAINT known CHECK (role IN ('admin', 'agent')),
      team UUID REFERENCES groups(_id), at TIMESTAMP, home_city TEXT, home_zip TEXT);
    CREATE TABLE people_marks("users_id" UUID NOT NULL, position INTEGER NOT NULL, n INTEGER);
    """
  private static let query = """
    SELECT p._id, p.role, g.title, p.home_city FROM people p LEFT JOIN groups g ON g._id = p.team ORDER BY p._id;
    SELECT users_id, position, n FROM people_marks ORDER BY 1, 2;
    """

  private func coffer(_ words: String...) throws -> ProcessResult {
    try run([binaryFolder + "/coffer"] + words, environment: ["HOME": place.path], directory: place.path)
  }
  private func migrate(_ url: String, _ map: String, _ words: String...) throws -> ProcessResult {
    try run(
      [binaryFolder + "/coffer", "migrate", "backup.json", "--into", url, "--mode", "append", "--map", map] + words,
      environment: ["HOME": place.path], directory: place.path)
  }

  @Test func sqliteKeepsThem() throws {
    let file = place.path + "/target.db"
    try #require(try run(["sqlite3", file, Self.tables]).exitCode == 0)
    try keepsThem("target.db") { sql in try run(["sqlite3", file, sql]).text }
  }

  @Test(.enabled(if: ThrowAwayPostgres.isAvailable)) func postgresKeepsThem() throws {
    let server = try ThrowAwayPostgres()
    try #require(try server.psql("CREATE DATABASE shop").exitCode == 0)
    try #require(try server.psql(Self.tables, database: "shop").exitCode == 0)
    try keepsThem("host=\(server.place) user=tester dbname=shop") { sql in
      try server.psql(sql, database: "shop").text
    }
  }

  private func keepsThem(_ url: String, _ ask: (String) throws -> String) throws {
    let count =
      "SELECT (SELECT count(*) FROM people) + (SELECT count(*) FROM groups) + (SELECT count(*) FROM people_marks)"
    // All are found by a preview, which changes nothing.
    let preview = try migrate(url, "careless.toml", "--preview")
    #expect(preview.exitCode == 3 && preview.errorText.contains("rows would be refused"), "\(preview.errorText)")
    #expect(preview.errorText.contains("known") && preview.errorText.contains("people_marks.n: value cannot be cast"))
    // The first one ends the load, and is named.
    let stopped = try migrate(url, "careless.toml")
    #expect(stopped.exitCode == 1 && stopped.errorText.contains("--rejects"), "\(stopped.errorText)")
    #expect(
      stopped.errorText.contains("cannot be cast") && stopped.errorText.contains("record 5"), "\(stopped.errorText)")
    let few = try migrate(url, "careless.toml", "--rejects", "few", "--max-rejects", "1")
    #expect(few.exitCode == 1 && few.errorText.contains("more than 1 row"), "\(few.errorText)")
    #expect(try ask(count) == "0\n")
    #expect(try fileStatus(place.file("few")) == nil)

    let loaded = try migrate(url, "careless.toml", "--rejects", "rejects")
    #expect(loaded.exitCode == 3 && loaded.errorText.contains("3 rows refused, kept in rejects"), "\(loaded.errorText)")
    #expect(try ask(count) == "10\n")
    let users = try readText("rejects/users.csv"), marks = try readText("rejects/users.marks.csv")
    #expect(users.contains("never") && users.contains("Boss") && !users.contains("Agent,t1"), "\(users)")
    #expect(
      users.contains(",5,cast-refused,") && users.contains("people") && users.contains("address.city"), "\(users)")
    #expect(marks.contains("u6") && marks.contains("cast-refused"), "\(marks)")

    let blind = try coffer("replay", "rejects", "--into", url)
    #expect(blind.exitCode == 1 && blind.errorText.contains("--map"), "\(blind.errorText)")
    // Nothing is mended: all stay, with their first places.
    let again = try coffer("replay", "rejects", "--into", url, "--map", "careless.toml")
    #expect(again.exitCode == 3 && again.errorText.contains("3 rows refused"), "\(again.errorText)")
    #expect(try readText("rejects/users.csv") == users)
    #expect(try readText("rejects/users.marks.csv") == marks)
    let mended = try coffer("replay", "rejects", "--into", url, "--map", "mended.toml")
    #expect(mended.exitCode == 0 && mended.errorText.contains("nothing is left of rejects"), "\(mended.errorText)")
    #expect(try fileStatus(place.file("rejects")) == nil)
    let oracle = try run(["python3", "-c", Self.oracle, place.path + "/backup.json"])
    #expect(oracle.exitCode == 0, "\(oracle.errorText)")
    #expect(try ask(Self.query) == oracle.text)
  }

  @Test func sqliteKeepsIDs() throws {
    let file = place.path + "/target.db"
    try #require(try run(["sqlite3", file, Self.tables]).exitCode == 0)
    try keepsIDs("target.db", "target.db", "coffer_lineage") { sql in try run(["sqlite3", file, sql]).text }
  }

  @Test(.enabled(if: ThrowAwayPostgres.isAvailable)) func postgresKeepsIDs() throws {
    let server = try ThrowAwayPostgres()
    try #require(try server.psql("CREATE DATABASE shop").exitCode == 0)
    try #require(try server.psql(Self.tables, database: "shop").exitCode == 0)
    try keepsIDs("host=\(server.place) user=tester dbname=shop", "shop", "coffer.lineage") { sql in
      try server.psql(sql, database: "shop").text
    }
  }

  /// Old and new ids are kept of rows that are there, whenever they come, and go with them.
  private func keepsIDs(_ url: String, _ name: String, _ table: String, _ ask: (String) throws -> String) throws {
    func kept() throws -> String {
      try ask("SELECT source_table, old_id, new_id, target_column FROM \(table) ORDER BY 1, 2")
    }
    func expected(_ ids: String...) throws -> String {
      let script =
        "import sys, uuid\nfor id in sys.argv[1:]: "
        + "print('|'.join(['teams' if id[0] == 't' else 'users', id, str(uuid.uuid5(uuid.NAMESPACE_URL, id)), '_id']))"
      return try run(["python3", "-c", script] + ids).text
    }
    let first = try migrate(url, "careless.toml", "--rejects", "rejects", "--lineage")
    #expect(first.exitCode == 3 && first.errorText.contains("6 ids are kept"), "\(first.errorText)")
    #expect(try kept() == expected("t1", "t2", "u1", "u2", "u5", "u6"))
    #expect(try readText("rejects/users.csv").contains(",people,generic"))
    let rest = try coffer("replay", "rejects", "--into", url, "--map", "mended.toml", "--lineage")
    #expect(rest.exitCode == 0, "\(rest.errorText)")
    #expect(try kept() == expected("t1", "t2", "u1", "u2", "u3", "u4", "u5", "u6"))
    // A load that replaces the rows is taken back: the row that was gone before it is gone again, and what was kept of it.
    _ = try ask("DELETE FROM people WHERE home_city = 'Bonn'")
    let replaced = try run(
      [
        binaryFolder + "/coffer", "migrate", "backup.json", "--into", url, "--mode", "replace", "--map", "mended.toml",
        "--lineage", "--yes", "--confirm", name,
      ], environment: ["HOME": place.path], directory: place.path)
    #expect(replaced.exitCode == 0, "\(replaced.errorText)")
    #expect(try kept() == expected("t1", "t2", "u1", "u2", "u3", "u4", "u5", "u6"))
    let line = try #require(replaced.errorText.split(separator: "\n").first { $0.contains("coffer undo ") })
    let copy = try #require(line.split(separator: "coffer undo ").last?.split(separator: " ").first)
    let undone = try coffer("undo", String(copy), "--into", url, "--yes", "--confirm", name)
    #expect(undone.exitCode == 0, "\(undone.errorText)")
    #expect(try ask("SELECT count(*) FROM people") == "5\n")
    #expect(try kept() == expected("t1", "t2", "u1", "u3", "u4", "u5", "u6"))
  }

  private func readText(_ path: String) throws -> String {
    String(decoding: try readFile(place.path + "/" + path), as: UTF8.self)
  }

  /// The rows as they should be in the end, made by Python alone.
  private static let oracle = """
    import json, sys, uuid
    def made(id): return str(uuid.uuid5(uuid.NAMESPACE_URL, id))
    backup = json.load(open(sys.argv[1]))
    teams = {t['_id']: t['title'] for t in backup['teams']}
    users = sorted(backup['users'], key=lambda u: made(u['_id']))
    roles = {'Admin': 'admin', 'Boss': 'admin', 'Agent': 'agent'}
    for u in users:
        print('|'.join([made(u['_id']), roles[u['role']], teams.get(u['teamId'], ''), (u['address'] or {}).get('city', '')]))
    for u in users:
        for i, mark in enumerate(u['marks']):
            print('|'.join([made(u['_id']), str(i), '9' if mark['n'] == 'x' else str(mark['n'])]))
    """
}

import Bytes
import Records
import Testing

@testable import CatalogIngest
@testable import coffer

/// Texts of definitions: what can stand in a script, and which secrets are in them.
@Suite struct DefinitionTests {
  @Test(arguments: [
    ("SELECT 1", ";"), ("SELECT 1;", ""), ("SELECT 1;  \n", ""), ("SELECT 1 -- all", "\n;"), ("SELECT 1; -- all", ""),
    ("SELECT 1 /* all; */", ";"), ("CREATE FUNCTION f() AS $$ SELECT 1; $$", ";"), ("SELECT ';'", ";"),
    ("SELECT $1;", ""), ("SELECT a$b$ FROM t;", ""), (#"SELECT E'\'';"#, ""), (#"SELECT '\';"#, ""),
    ("SELECT 'it''s';", ""), (#"SELECT "a;b""#, ";"), ("SELECT /* /* */ ; */ 1", ";"),
  ]) func statementsAreEnded(_ text: String, _ ending: String) {
    let fragment = SQLFragment(Array(text.utf8))
    #expect(fragment.problem == nil)
    #expect(String(decoding: fragment.ending, as: UTF8.self) == ending)
  }

  @Test(arguments: [
    ("", SQLFragment.Problem.empty), ("  -- nothing\n", .empty), (#"\! id"#, .metaCommand),
    ("SELECT 1;\n\\copy t from x", .metaCommand),
    (#"SELECT E'\'; \! id"#, .unterminated), ("SELECT 'a", .unterminated), ("SELECT $x$ a $y$", .unterminated),
    ("SELECT /* /* */", .unterminated), (#"SELECT "a"#, .unterminated), (#"SELECT '\' \! id"#, .metaCommand),
    (#"SELECT name'\' \! id"#, .metaCommand), (#"SELECT E'a\"#, .unterminated),
  ]) func whatCannotStandAmongOthersIsLeftOut(_ text: String, _ problem: SQLFragment.Problem) {
    #expect(SQLFragment(Array(text.utf8)).problem == problem)
  }

  @Test(arguments: ["'", "$a", "$$", "/*", "\\", "E'\\", "\"", "$a$b$c", "--"]) func longTextsTakeLinearTime(
    _ part: String
  ) {
    let text = Array(repeating: Array(part.utf8), count: 300_000).flatMap { $0 }
    let spent = ContinuousClock().measure {
      _ = SQLFragment(text)
      _ = DefinitionSecrets(text, kind: "function").maskedText
    }
    #expect(spent < .seconds(20), "\(spent)")
  }

  private static let token = "eyJhbGciOiJIUzI1NiJ9.eyJyb2xlIjoic2VydmljZV9yb2xlIn0.c2lnbmF0dXJlc2lnbmF0dXJl"

  @Test(arguments: [
    ("CREATE ROLE a PASSWORD 'tulip'", "role", "tulip"), ("ALTER ROLE a PASSWORD 'tulip';", "statement", "tulip"),
    ("SELECT send('\(token)')", "function", token), ("-- don't\nSELECT send('\(token)')", "function", token),
    ("-- KEY=\(token)", "function", token), ("OPTIONS (user 'me', password 'tulip')", "user-mapping", "tulip"),
    ("CONNECTION 'host=x password=tulip user=y'", "subscription", "tulip"),
    ("x := 'postgresql://me:tulip@db/x';", "function", "tulip"), ("api_secret => 'a tulip'", "function", "a tulip"),
    ("Authorization: \"Bearer \(token)\"", "edge-function", token),
  ]) func secretsAreMasked(_ text: String, _ kind: String, _ secret: String) {
    let masked = String(decoding: DefinitionSecrets(Array(text.utf8), kind: kind).maskedText, as: UTF8.self)
    #expect(!masked.contains(secret))
    #expect(masked.contains("••••"))
  }

  @Test(arguments: [
    "CREATE POLICY p ON t USING (auth.uid() = user_id)", "SELECT password FROM users WHERE id = 'x'",
    "INSERT INTO t (password) VALUES (crypt($1, gen_salt('bf')))", "IF NEW.password = OLD.password THEN",
    "SELECT 'password'",
    "RAISE EXCEPTION 'wrong password'", "WHERE key = 'a'", "",
  ]) func whatIsNoneStays(_ text: String) {
    #expect(DefinitionSecrets(Array(text.utf8), kind: "function").maskedText == Array(text.utf8))
  }

  @Test func objectsAreFoundByTheirAddresses() {
    var schemaed = SchemaObject(kind: "function", name: "f(integer)")
    schemaed.attributes = [SchemaAttribute("schema", Array("app".utf8))]
    let objects = [
      SchemaObject(kind: "policy", name: "p", table: "a"), SchemaObject(kind: "policy", name: "p", table: "b"),
      SchemaObject(kind: "view", name: "p"), schemaed, SchemaObject(kind: "function", name: "odd:name"),
    ]
    func find(_ word: String) -> [Int] {
      let found = ObjectAddress(Array(word.utf8)).find(in: objects)
      return objects.indices.filter { found.contains(objects[$0]) }
    }
    #expect(find("p") == [0, 1, 2])
    #expect(find("policy:p") == [0, 1])
    #expect(find("policies:b.p") == [1])
    #expect(find("view:p") == [2])
    #expect(find("a.p") == [0])
    #expect(find("f") == [3])
    #expect(find("function:app.f(integer)") == [3])
    #expect(find("odd:name") == [4])
    #expect(find("policy:c.p") == [])
    #expect(find("trigger:p") == [])
  }
}

import Bytes
import Diagnostics
import Records
import SQLText
import TestSupport
import Testing

/// Dumps that PostgreSQL, MariaDB and SQLite wrote.
@Suite(.enabled(if: sharedSamples != nil, "the shared samples are not beside this checkout"))
struct SampleDumpTests {
  private static func files(_ folder: String) -> [String] {
    guard let sharedSamples else { return [] }
    let names = (try? directoryNames(Array((sharedSamples + folder).utf8))) ?? []
    return names.map { String(decoding: $0, as: UTF8.self) }.filter { $0.hasSuffix(".sql") }.sorted()
  }

  /// The public regression scripts of PostgreSQL: nothing is expected but an end.
  @Test(arguments: files("/adversarial/dev/sql-pg-regress"))
  func regressionScripts(_ name: String) throws {
    let bytes = try readFile(try #require(sharedSamples) + "/adversarial/dev/sql-pg-regress/" + name)
    for syntax in [SQLSyntax.postgres, .mysql, .sqlite] {
      var lexer = SQLLexer(bytes, syntax), last = 0
      while let token = lexer.next() {
        #expect(token.range.lowerBound >= last && !token.range.isEmpty)
        last = token.range.upperBound
        _ = lexer.value(token)
      }
      _ = load(bytes, syntax).finish()
    }
  }

  /// Tables of a dump against the COPY statements and the list of the same database's archive.
  @Test func tablesOfAllTypes() throws {
    let folder = try #require(sharedSamples) + "/postgres/dev/generated/"
    let counts = String(decoding: try readFile(folder + "truth/alltypes.counts.tsv"), as: UTF8.self)
    let expected = counts.split(separator: "\n").map { $0.split(separator: "\t")[1].filter { $0 != "\"" } }
    let list = String(decoding: try readFile(folder + "pg15/alltypes.fc-z6.list"), as: UTF8.self)
    for version in ["pg15", "pg16", "pg17", "pg18"] {
      let schema = load(try readFile(folder + version + "/alltypes.plain.sql"))
      let (tables, objects, findings) = schema.finish()
      let names = Set(tables.map { text($0.name) })
      #expect(Set(expected.map { String($0) }).subtracting(names).isEmpty, "\(version)")
      #expect(findings.isEmpty, "\(version) \(findings.map(\.code))")
      let lines = list.split(separator: "\n").map { $0.split(separator: " ") }.filter {
        $0.count > 4 && $0[0].last == ";"
      }
      func entries(_ words: [Substring]) -> Int { lines.filter { Array($0[3...].prefix(words.count)) == words }.count }
      #expect(
        tables.count == lines.filter { $0[3] == "TABLE" && $0[4] != "DATA" && $0[4] != "ATTACH" }.count, "\(version)")
      for (kind, words) in [
        ("function", ["FUNCTION"]), ("procedure", ["PROCEDURE"]), ("policy", ["POLICY"]), ("trigger", ["TRIGGER"]),
        ("view", ["VIEW"]), ("index", ["INDEX"]), ("extension", ["EXTENSION"]), ("domain", ["DOMAIN"]),
        ("schema", ["SCHEMA"]),
        ("event-trigger", ["EVENT", "TRIGGER"]), ("aggregate", ["AGGREGATE"]), ("operator", ["OPERATOR"]),
        ("materialized-view", ["MATERIALIZED", "VIEW"]), ("publication", ["PUBLICATION"]), ("rule", ["RULE"]),
        ("collation", ["COLLATION"]), ("statistics", ["STATISTICS"]), ("text-search", ["TEXT", "SEARCH"]),
      ] as [(String, [Substring])] {
        let count =
          ["publication", "index", "materialized-view"].contains(kind)
          ? lines.filter { $0[3] == words[0] && $0[4] != "TABLE" && $0[4] != "ATTACH" && $0[5] != "DATA" }.count
          : entries(words)
        #expect(objects.filter { $0.kind == kind }.count == count, "\(version) \(kind)")
      }
      let keys = tables.filter { !$0.primaryKey.isEmpty }.count + tables.map(\.foreignKeys.count).reduce(0, +)
      let constraints = objects.filter { $0.kind == "constraint" }.filter {
        [Array("primary-key".utf8), Array("foreign-key".utf8)].contains($0.attribute("form") ?? [])
      }
      #expect(keys == constraints.count && keys == 13, "\(version) \(keys)")
    }
  }

  @Test(arguments: files("/postgres/dev/generated/pg15"))
  func nothingIsNotUnderstood(_ name: String) throws {
    let folder = try #require(sharedSamples) + "/postgres/dev/generated/pg15/"
    var schema = DumpSchema(.postgres), counts: [StatementClass: Int] = [:]
    forEachStatement(try readFile(folder + name), &schema) { statement, offset, schema in
      let kind = schema.add(statement, at: offset)
      counts[kind, default: 0] += 1
      if kind == .unknown || kind == .forbidden {
        Issue.record("\(name): \(kind.rawValue) \(text(Array(statement.prefix(80))))")
      }
    }
    let (tables, objects, _) = schema.finish()
    #expect(
      !objects.contains { $0.kind == "statement" },
      "\(objects.filter { $0.kind == "statement" }.map { text($0.definition) })")
    for table in tables {
      #expect(table.columns.allSatisfy { $0.sourceType != nil }, "\(text(table.name))")
      for key in table.foreignKeys {
        #expect(tables.contains { $0.name == key.table } && key.columns.count == key.referencedColumns.count)
      }
    }
  }

  @Test(arguments: files("/postgres/dev/other-engines"))
  func otherEngines(_ name: String) throws {
    let syntax = name.hasPrefix("mariadb") ? SQLSyntax.mysql : .sqlite
    let bytes = try readFile(try #require(sharedSamples) + "/postgres/dev/other-engines/" + name)
    var schema = DumpSchema(syntax)
    forEachStatement(bytes, &schema) { statement, offset, schema in
      let kind = schema.add(statement, at: offset)
      if kind == .unknown || kind == .forbidden {
        Issue.record("\(name): \(kind.rawValue) \(text(Array(statement.prefix(80))))")
      }
    }
    let (tables, _, _) = schema.finish()
    for table in tables { #expect(!table.columns.isEmpty, "\(text(table.name))") }
    if name.contains("django") { #expect(tables.count > 10 && tables.allSatisfy { !$0.primaryKey.isEmpty }) }
  }
}

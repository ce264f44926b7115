import BuiltIn
import Bytes
import Conversion
import PrismaSchema
import Records
import TestSupport
import Testing

/// Schemas beside dumps of the databases that were made of them.
@Suite(.enabled(if: sharedSamples != nil, "the shared samples are not beside this checkout"))
struct SampleSchemaTests {
  private func schema(_ path: String) throws -> PrismaSchema {
    PrismaSchema(try readFile(try #require(sharedSamples) + "/prisma/dev/" + path))
  }

  /// The tables of a dump, by name.
  private func dumped(_ path: String) throws -> [Name: TableSchema] {
    let file = Array((try #require(sharedSamples) + "/prisma/dev/" + path).utf8)
    let container = try BuiltIn.recogniser.open(file)
    let backup = try #require(try BuiltIn.recogniser.recognise(container).backups.first)
    let system = try #require(BuiltIn.recogniser.system(backup.system))
    let input = BackupInput(
      backup: backup, container: container, toolbox: BuiltIn.toolbox, options: ReadOptions())
    let knowledge = try system.survey(input)
    var tables = knowledge.tables
    // Foreign keys that lead to each other in a circle or outside are kept apart.
    for lost in knowledge.unverifiedForeignKeys {
      if let i = tables.firstIndex(where: { $0.name == lost.table }) { tables[i].foreignKeys.append(lost.key) }
    }
    return Dictionary(uniqueKeysWithValues: tables.map { ($0.name, $0) })
  }

  /// What the application's own migrations have otherwise than its schema.
  private static let drifted: Set<Name> = ["TimeEntry", "TimePause", "TimeEntryEdit", "UserTimeSettings"]

  @Test(arguments: [("residentone_94models", 94), ("framesbook_multischema_m2n", 15)])
  func equalsTheDatabase(_ folder: String, _ count: Int) throws {
    try compare(folder, "expected_pg_dump_schema.sql", count, describe, describe)
  }

  /// A script written by hand, whose spellings are not those of pg_dump.
  @Test func equalsTheScript() throws {
    try compare("synthetic_alltypes_multischema", "expected_derived_postgresql.sql", 6) { column in
      var column = column
      (column.sourceType, column.defaultValue) = (nil, nil)
      return describe(column)
    } _: { key in
      let words = String(decoding: key.actions, as: UTF8.self).replacing("ON UPDATE NO ACTION", with: "")
      return describe(key).prefix { $0 != ")" } + words.split(separator: " ").sorted().joined()
    }
  }

  private func compare(
    _ folder: String, _ dump: String, _ count: Int, _ describeColumn: (Column) -> String,
    _ describeKey: (ForeignKey) -> String
  ) throws {
    let schema = try schema(folder + "/schema.prisma")
    #expect(schema.findings.isEmpty)
    let tables = schema.tables().filter { $0.origin != .view }
    var expected = try dumped(folder + "/" + dump)
    expected["_prisma_migrations"] = nil
    #expect(tables.count == count)
    #expect(Set(tables.map(\.schema.name)) == Set(expected.keys))
    var columnCount = 0
    for table in tables {
      let other = try #require(expected[table.schema.name]), name = text(table.schema.name)
      #expect(table.schema.namespace == other.namespace)
      // Columns that a later migration added come last in the database.
      if !Self.drifted.contains(table.schema.name) {
        let columns = table.schema.columns.map(describeColumn).sorted()
        #expect(columns == other.columns.map(describeColumn).sorted(), "\(name)")
      }
      #expect(table.schema.primaryKey == other.primaryKey, "\(name)")
      #expect(sorted(table.schema.uniqueKeys) == sorted(other.uniqueKeys), "\(name)")
      #expect(sorted(table.schema.indexes) == sorted(other.indexes), "\(name)")
      let keys = table.schema.foreignKeys.map(describeKey).sorted()
      #expect(keys == other.foreignKeys.map(describeKey).sorted(), "\(name)")
      columnCount += table.schema.columns.count
    }
    #expect(columnCount > 5 * count / 2)
  }

  private func sorted(_ keys: [[Name]]) -> [String] { keys.map { $0.map(text).joined(separator: ",") }.sorted() }

  @Test func aFileOfAFolder() throws {
    let schema = try schema("multifile_schema_fragment/auth.prisma")
    let tables = schema.tables()
    #expect(tables.map(\.schema.name) == ["auth_sessions", "auth_accounts", "auth_verifications"])
    #expect(tables[0].schema.foreignKeys.first?.table == "User")
    #expect(tables[1].indexes.map { text($0.name) }.contains("auth_accounts_provider_account_key"))
  }

  @Test func indexNames() throws {
    let schema = try schema("framesbook_multischema_m2n/schema.prisma")
    let names = Set(schema.tables().flatMap(\.indexes).map { text($0.name) })
    let file = try #require(sharedSamples) + "/prisma/dev/framesbook_multischema_m2n/expected_pg_dump_schema.sql"
    let lines = String(decoding: try readFile(file), as: UTF8.self).split(separator: "\n")
    let indexes = lines.filter { $0.contains(" INDEX ") }.compactMap { line -> String? in
      let words = line.split(separator: " ")
      return words.firstIndex(of: "INDEX").map { String(words[$0 + 1].filter { $0 != "\"" }) }
    }
    #expect(indexes.count == 10)
    #expect(Set(indexes).subtracting(names).isEmpty)
  }
}

func text(_ name: Name) -> String { String(decoding: name.bytes, as: UTF8.self) }

/// A column as a line; the default's own casts count, and the number that a sequence gives does not.
func describe(_ column: Column) -> String {
  var line = "\(text(column.name)) \(column.type.word)"
  if case .enumeration(let labels) = column.type { line += "(\(labels.joined(separator: "|")))" }
  if let source = column.sourceType { line += " <\(String(decoding: source, as: UTF8.self))>" }
  if let length = column.maximumLength { line += " max \(length)" }
  if !column.isNullable { line += " required" }
  if column.isIdentity { line += " identity" }
  if let value = column.defaultValue, !column.isIdentity {
    line += " default \(String(decoding: value, as: UTF8.self))"
  }
  return line
}

func describe(_ key: ForeignKey) -> String {
  "\(key.name.map(text) ?? "") (\(key.columns.map(text))) \(text(key.table)) (\(key.referencedColumns.map(text))) "
    + String(decoding: key.actions, as: UTF8.self)
}

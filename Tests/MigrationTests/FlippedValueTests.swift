import Bytes
import Conversion
import Diagnostics
import Records
import TestSupport
import Testing

@testable import Comparison

/// K-4: one value of any type that is flipped in what was written fails the certificate, which names its table, row and column.
@Suite struct FlippedValueTests {
  /// Writes copies of a file with one value flipped in each and says which.
  private func flips(_ path: String, _ place: TemporaryDirectory) throws -> [(file: String, table: Name, column: Name)]
  {
    let result = try run(["python3", packageRoot + "/Tests/oracles/flipped.py", path, place.path])
    #expect(result.exitCode == 0, "\(result.errorText)")
    return result.text.split(separator: "\n").map { line in
      let words = line.split(separator: "\t", omittingEmptySubsequences: false)
      return (String(words[0]), Name(String(words[1])), Name(String(words[2])))
    }
  }

  private func expect(
    _ comparison: Comparison, flipped table: Name, _ column: Name, of migration: Migration, _ what: String
  ) {
    let names = migration.names
    let own = names.first { $0.value.table == table }?.key
    let ownColumn = own.flatMap { names[$0]?.columns.first { $0.value == column }?.key }
    let different = comparison.tables.filter { $0.isDifferent }
    #expect(
      different.map(\.name) == [own], "\(what) \(displayed(table)) \(displayed(column)): \(different.map(\.told))")
    guard let found = different.first, let ownColumn else { return }
    let isNamed =
      found.changedColumns.contains { $0.name == ownColumn }
      && found.examples.contains { $0.columns.contains(ownColumn) }
    // Where the value is part of what tells rows apart, one is gone and one has come.
    #expect(isNamed || found.removed == 1 && found.addedRows == 1, "\(what): \(displayed(ownColumn)) \(found.told)")
    #expect(found.examples.allSatisfy { $0.number > 0 })
  }

  /// Whether values of a column were lost: one more of them cannot be told from those as long as there are no more than were counted.
  private func loses(_ table: Name, _ column: Name, in migration: Migration) -> Bool {
    let names = migration.names
    return migration.report.losses.contains { loss in
      guard LossKind.countsChanges(loss.code), let own = loss.column, let found = names[loss.table] else {
        return false
      }
      return found.table == table && found.columns[own] == column
    }
  }

  @Test(arguments: ["convex", "django-jsonl", "sqlite"]) func everyFlippedValueIsNamed(_ id: String) throws {
    let place = try TemporaryDirectory(), copies = try TemporaryDirectory()
    let target = try #require(MigrationTarget.all.first { $0.id == id && !$0.isLive })
    let migration = try Migration(TableSystem.open(GeneratedDatabase().tables, in: place), to: target, in: place)
    var columns = 0
    for flip in try flips(migration.path, copies) where !loses(flip.table, flip.column, in: migration) {
      columns += 1
      let changed = try OpenBackup(flip.file)
      expect(try migration.compared(with: changed), flipped: flip.table, flip.column, of: migration, id)
    }
    #expect(columns >= 35, "\(columns) columns")
  }

  /// In a live server, by SQL: one value of every column of every table.
  @Test(.enabled(if: ThrowAwayPostgres.isAvailable)) func everyColumnOfAServer() throws {
    let place = try TemporaryDirectory(), server = try #require(MigrationTarget.server)
    let target = try #require(MigrationTarget.all.first { $0.id == "postgres" })
    let migration = try Migration(TableSystem.open(GeneratedDatabase().tables, in: place), to: target, in: place)
    let listed = try server.psql(Self.statements, database: migration.database)
    #expect(listed.exitCode == 0, "\(listed.errorText)")
    let updates = listed.text.split(separator: "\n").map(String.init)
    #expect(updates.count >= 40, "\(updates.count) columns")
    let changed = try server.psql(
      Self.preparation + updates.joined(separator: "\n"), database: migration.database)
    #expect(changed.exitCode == 0, "\(changed.errorText)")
    let names = migration.names
    for table in try migration.compared(with: OpenBackup(migration.path)).tables where table.first.count > 0 {
      let schema = try #require(migration.source.knowledge.tables.first { $0.name == table.name })
      // Columns of keys stay as they are.
      guard schema.columns.count > schema.primaryKey.count else { continue }
      #expect(table.verdict == .different, "\(table.told)")
      guard !schema.primaryKey.isEmpty else { continue }
      for column in schema.columns.map(\.name) where !schema.primaryKey.contains(column) {
        #expect(
          table.changedColumns.contains { $0.name == column && $0.rows == 1 }, "\(displayed(column)) \(table.told)")
        #expect(names[table.name]?.columns[column] != nil)
      }
    }
  }

  /// Neither checks nor foreign keys keep values from being flipped.
  private static let preparation = """
    SET session_replication_role = replica;
    DO $$ DECLARE c record; BEGIN
      FOR c IN SELECT conrelid::regclass AS relation, conname FROM pg_constraint
        WHERE contype = 'c' AND connamespace = 'public'::regnamespace
      LOOP EXECUTE format('ALTER TABLE %s DROP CONSTRAINT %I', c.relation, c.conname); END LOOP;
    END $$;

    """

  /// An UPDATE for every column but those of keys, each of another row as far as there are some.
  private static let statements = #"""
    SELECT format('UPDATE %1$s SET %2$I = %3$s WHERE ctid = (SELECT ctid FROM %1$s WHERE %2$I IS NOT NULL ORDER BY ctid LIMIT 1);',
      c.oid::regclass, a.attname,
      format(CASE
        WHEN t.typcategory = 'A' THEN '%1$I || %1$I || ARRAY[NULL]::text::%2$s'
        WHEN t.typname = 'bool' THEN 'NOT %1$I'
        WHEN t.typname IN ('int2', 'int4', 'int8') THEN 'CASE WHEN %1$I > 0 THEN %1$I - 1 ELSE %1$I + 1 END'
        WHEN t.typname = 'numeric' THEN '%1$I - 0.01'
        WHEN t.typname = 'float8' THEN '12.5'
        WHEN t.typname = 'uuid' THEN 'translate(%1$I::text, ''0123456789'', ''1234567890'')::uuid'
        WHEN t.typname = 'time' THEN '''01:02:03'''
        WHEN t.typname = 'interval' THEN '''3 days'''
        WHEN t.typname IN ('date', 'timestamp', 'timestamptz') THEN '''2001-02-03'''
        WHEN t.typname IN ('json', 'jsonb') THEN 'json_build_array(%1$I)'
        WHEN t.typname = 'bytea' THEN '%1$I || ''\x00'''
        WHEN t.typtype = 'e' THEN '(SELECT e.enumlabel::text FROM pg_enum e WHERE e.enumtypid = ''%2$s''::regtype AND e.enumlabel <> %1$I::text LIMIT 1)::%2$s'
        ELSE '%1$I || ''x''' END, a.attname, format_type(a.atttypid, NULL)))
    FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_type t ON t.oid = a.atttypid
    WHERE c.relkind = 'r' AND c.relnamespace = 'public'::regnamespace AND a.attnum > 0 AND NOT a.attisdropped
      AND NOT EXISTS (SELECT FROM pg_index i WHERE i.indrelid = c.oid AND i.indisprimary AND a.attnum = ANY (i.indkey))
    ORDER BY c.relname, a.attnum;
    """#
}

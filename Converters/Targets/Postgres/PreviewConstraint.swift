internal import Bytes
internal import Conversion
internal import Diagnostics
internal import PostgresClient
internal import Records

/// What a table demands of its rows, as a preview asks for it.
struct PreviewConstraint {
  enum Kind { case row, unique, reference }
  /// Position of the table in the schema.
  var table: Int
  var kind: Kind
  /// What is true of a row that breaks it.
  var violation: [UInt8] = []
  /// Columns or expressions of a key, or columns of a reference, quoted.
  var keys: [[UInt8]] = []
  var isPrimary = false
  /// Which rows a unique index holds; nil: all.
  var predicate: [UInt8]?
  /// Whether two keys without a value are the same.
  var nullsAreEqual = false
  var refusal: Refusal
  /// The table that is referred to: its position in the schema, and its quoted name where it is there.
  var parent: (position: Int?, name: [UInt8]?)?
  var parentKeys: [[UInt8]] = []

  init(
    table: Int, kind: Kind, keys: [[UInt8]] = [], refusal: Refusal, parent: (position: Int?, name: [UInt8]?)? = nil,
    parentKeys: [[UInt8]] = []
  ) {
    self.table = table
    self.kind = kind
    self.keys = keys
    self.refusal = refusal
    self.parent = parent
    self.parentKeys = parentKeys
  }
}

/// Reads the constraints of a table that is there.
struct ConstraintReader {
  private let session: PostgresSession
  private let existing: ExistingTable
  private let written: Set<Name>
  /// Columns whose values only the server knows.
  private let unknown: Set<Name>
  /// Names of those that a preview cannot look at.
  private(set) var unread: [Name] = []

  init(_ session: PostgresSession, _ existing: ExistingTable, _ written: Set<Name>, _ unknown: Set<Name>) {
    self.session = session
    self.existing = existing
    self.written = written
    self.unknown = unknown
  }

  /// `placeOf`: the position of a table of the load by its quoted name.
  mutating func read(
    table: Int, placeOf: ([UInt8]) -> Int?
  ) throws(PostgresError) -> [PreviewConstraint] {
    let needed = existing.requiredColumns.filter { written.contains($0) }.map { name in
      var constraint = PreviewConstraint(
        table: table, kind: .row,
        refusal: Refusal(
          "23502", "no value in a column that must have one, in column '\(displayed(name))'", column: name))
      constraint.violation = SQLDialect.postgres.quoted(name) + words(" IS NULL")
      return constraint
    }
    return needed + (try checks(table)) + (try keys(table)) + (try references(table, placeOf))
  }

  private mutating func checks(_ table: Int) throws(PostgresError) -> [PreviewConstraint] {
    let found = try rows(
      """
      SELECT k.conname, pg_catalog.pg_get_expr(k.conbin, k.conrelid), k.contype = 'c',
        (SELECT pg_catalog.string_agg(a.attname::pg_catalog.text, pg_catalog.chr(1)) FROM pg_catalog.pg_attribute a
          WHERE a.attrelid = k.conrelid AND a.attnum = ANY (k.conkey))
      FROM pg_catalog.pg_constraint k WHERE k.conrelid = $1::pg_catalog.oid AND k.contype IN ('c', 'x') ORDER BY k.conname
      """, 4)
    return found.compactMap { row in
      let name = Name(row[0] ?? [])
      guard row[2] == words("t"), let expression = row[1], isKnown(row[3]) else {
        unread.append(name)
        return nil
      }
      var constraint = PreviewConstraint(
        table: table, kind: .row,
        refusal: Refusal("23514", "row breaks the check constraint '\(displayed(name))'", constraint: name))
      constraint.violation = words("NOT (") + expression + words(")")
      return constraint
    }
  }

  private mutating func keys(_ table: Int) throws(PostgresError) -> [PreviewConstraint] {
    let found = try rows(
      """
      SELECT c.relname, pg_catalog.pg_get_expr(i.indpred, i.indrelid), pg_catalog.to_jsonb(i) ->> 'indnullsnotdistinct',
        (SELECT pg_catalog.string_agg(a.attname::pg_catalog.text, pg_catalog.chr(1)) FROM pg_catalog.pg_attribute a
          WHERE a.attrelid = i.indrelid AND (a.attnum = ANY (i.indkey::pg_catalog.int2[]) OR EXISTS (
            SELECT FROM pg_catalog.pg_depend d WHERE d.classid = 'pg_catalog.pg_class'::pg_catalog.regclass
              AND d.objid = i.indexrelid AND d.refobjid = i.indrelid AND d.refobjsubid = a.attnum))),
        (SELECT pg_catalog.string_agg(pg_catalog.pg_get_indexdef(i.indexrelid, n, true), pg_catalog.chr(1) ORDER BY n)
          FROM pg_catalog.generate_series(1, i.indnkeyatts::pg_catalog.int4) n), i.indisprimary
      FROM pg_catalog.pg_index i JOIN pg_catalog.pg_class c ON c.oid = i.indexrelid
      WHERE i.indrelid = $1::pg_catalog.oid AND i.indisunique ORDER BY i.indisprimary DESC, c.relname
      """, 6)
    return found.compactMap { row in
      let name = Name(row[0] ?? [])
      guard let keys = row[4], isKnown(row[3]) else {
        unread.append(name)
        return nil
      }
      var constraint = PreviewConstraint(
        table: table, kind: .unique, keys: keys.split(separator: 1).map { Array($0) },
        refusal: Refusal(
          "23505", "another row has the same key, by the constraint '\(displayed(name))'", constraint: name))
      constraint.isPrimary = row[5] == words("t")
      constraint.predicate = row[1]
      constraint.nullsAreEqual = row[2] == words("true")
      return constraint
    }
  }

  private mutating func references(
    _ table: Int, _ placeOf: ([UInt8]) -> Int?
  ) throws(PostgresError) -> [PreviewConstraint] {
    let found = try rows(
      """
      SELECT k.conname, pg_catalog.format('%I.%I', n.nspname, p.relname),
        (SELECT pg_catalog.string_agg(pg_catalog.quote_ident(a.attname), pg_catalog.chr(1) ORDER BY o.place)
          FROM pg_catalog.unnest(k.conkey) WITH ORDINALITY o (number, place), pg_catalog.pg_attribute a
          WHERE a.attrelid = k.conrelid AND a.attnum = o.number),
        (SELECT pg_catalog.string_agg(pg_catalog.quote_ident(a.attname), pg_catalog.chr(1) ORDER BY o.place)
          FROM pg_catalog.unnest(k.confkey) WITH ORDINALITY o (number, place), pg_catalog.pg_attribute a
          WHERE a.attrelid = k.confrelid AND a.attnum = o.number),
        (SELECT pg_catalog.string_agg(a.attname::pg_catalog.text, pg_catalog.chr(1)) FROM pg_catalog.pg_attribute a
          WHERE a.attrelid = k.conrelid AND a.attnum = ANY (k.conkey))
      FROM pg_catalog.pg_constraint k JOIN pg_catalog.pg_class p ON p.oid = k.confrelid
        JOIN pg_catalog.pg_namespace n ON n.oid = p.relnamespace
      WHERE k.conrelid = $1::pg_catalog.oid AND k.contype = 'f' ORDER BY k.conname
      """, 5)
    return found.compactMap { row in
      let name = Name(row[0] ?? [])
      guard let parent = row[1], let keys = row[2], let parentKeys = row[3], isKnown(row[4]) else {
        unread.append(name)
        return nil
      }
      return PreviewConstraint(
        table: table, kind: .reference, keys: keys.split(separator: 1).map { Array($0) },
        refusal: Refusal(
          "23503", "the row that it refers to is not in \(displayed(parent)), by the constraint '\(displayed(name))'",
          constraint: name), parent: (placeOf(parent), parent),
        parentKeys: parentKeys.split(separator: 1).map { Array($0) })
    }
  }

  /// Whether a preview knows the values of columns.
  private func isKnown(_ names: [UInt8]?) -> Bool {
    !(names ?? []).split(separator: 1).contains { unknown.contains(Name(Array($0))) }
  }

  private func rows(_ sql: String, _ width: Int) throws(PostgresError) -> [[[UInt8]?]] {
    try session.query(sql, [words("\(existing.identifier)")]) { rows in
      (0..<rows.count).map { row in (0..<width).map { rows[row, $0] } }
    }
  }
}

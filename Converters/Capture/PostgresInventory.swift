package import Bytes
package import Conversion
internal import PostgresClient

/// What a database holds, counted in its own catalog and by its own count(*).
package struct PostgresInventory: Sendable {
  /// A table that holds rows of its own.
  package struct Table: Sendable {
    /// As a dump's reader calls it.
    package var label: Name
    package var schema: Name
    package var name: Name
    /// Quoted, with its schema.
    package var quoted: [UInt8]
    package var count: Int
  }
  package private(set) var tables: [Table] = []
  private(set) var objects: [CaptureManifest.Count] = []
  /// Those that lie in no schema of a platform such as Supabase.
  package private(set) var application: [CaptureManifest.Count] = []

  /// Counts in the snapshot of a connection; `progress` is told each table. `mergesPartitions`: rows count for the table that is
  /// divided, as they do where it is read as one. `schemas` are left out.
  init(
    _ connection: borrowing PostgresConnection, mergesPartitions: Bool, without schemas: [Name] = [],
    _ progress: Progress
  ) throws(PostgresError) {
    let names = Array("{".utf8) + schemas.map(\.bytes).joined(separator: [UInt8(ascii: ",")]) + Array("}".utf8)
    let counted = try connection.query(Self.objects, [names])
    for row in 0..<counted.count {
      guard let kind = counted[row, 0].map({ Name($0) }), let count = counted.integer(row, 2), count > 0 else {
        continue
      }
      objects.add(count, kind)
      let schema = counted[row, 1] ?? []
      if PlatformSchemas.isApplication(schema.isEmpty ? nil : Name(schema)) { application.add(count, kind) }
    }
    let found = try connection.query(mergesPartitions ? Self.wholeTables : Self.tables, [names])
    for row in 0..<found.count {
      guard let label = found[row, 0], let name = found[row, 1] else { continue }
      progress.begin(label)
      let only = Array((found.isTrue(row, 4) ? "" : "ONLY ").utf8)
      let count = try connection.query(Array("SELECT pg_catalog.count(*) FROM ".utf8) + only + name).integer(0, 0) ?? 0
      tables.append(
        Table(
          label: Name(label), schema: Name(found[row, 2] ?? []), name: Name(found[row, 3] ?? []), quoted: name,
          count: count))
    }
  }

  /// Whether rows of a schema are the application's or a platform's, and no system's.
  private static let isOfPeople = """
    nspname NOT IN ('pg_catalog', 'information_schema') AND n.nspname !~ '^pg_(toast|temp)'
      AND n.nspname <> ALL ($1::pg_catalog.name[])
    """

  /// That nothing of an extension is meant, which comes with it, and no function that a type brings along: by the number of an
  /// object and the catalog it is in.
  private static func isFree(_ identifier: String, in catalog: String) -> String {
    """
    NOT EXISTS (SELECT FROM pg_catalog.pg_depend e WHERE e.classid = 'pg_catalog.\(catalog)'::pg_catalog.regclass
      AND e.objid = \(identifier) AND e.deptype IN ('e'\(catalog == "pg_proc" ? ", 'i'" : "")))
    """
  }

  /// Tables that hold rows of their own: their names as a dump's reader calls them, and quoted.
  private static let tables = tables("c.relkind = 'r'")
  /// Tables with the rows of their partitions.
  private static let wholeTables = tables("c.relkind IN ('r', 'p') AND NOT c.relispartition")

  private static func tables(_ condition: String) -> String {
    """
    SELECT CASE n.nspname WHEN 'public' THEN '' ELSE n.nspname || '.' END || c.relname,
      pg_catalog.format('%I.%I', n.nspname, c.relname), n.nspname, c.relname, c.relkind = 'p'
    FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
    WHERE \(condition) AND c.relpersistence <> 't' AND n.\(isOfPeople) AND \(isFree("c.oid", in: "pg_class"))
    ORDER BY 1
    """
  }

  /// Objects by kinds, in the words that a dump's reader has for them.
  private static let objects: String = {
    let relations = [("view", "v"), ("materialized-view", "m"), ("foreign-table", "f"), ("sequence", "S")].map {
      """
      SELECT '\($0.0)', n.nspname::pg_catalog.text, pg_catalog.count(*) FROM pg_catalog.pg_class c
        JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
      WHERE c.relkind = '\($0.1)' AND c.relpersistence <> 't' AND n.\(isOfPeople) AND \(isFree("c.oid", in: "pg_class"))
      GROUP BY 2
      """
    }
    let routines = [("function", "'f', 'w'"), ("procedure", "'p'"), ("aggregate", "'a'")].map {
      """
      SELECT '\($0.0)', n.nspname, pg_catalog.count(*) FROM pg_catalog.pg_proc p
        JOIN pg_catalog.pg_namespace n ON n.oid = p.pronamespace
      WHERE p.prokind IN (\($0.1)) AND n.\(isOfPeople) AND \(isFree("p.oid", in: "pg_proc"))
      GROUP BY 2
      """
    }
    let others = [
      """
      SELECT CASE t.typtype WHEN 'd' THEN 'domain' ELSE 'type' END, n.nspname, pg_catalog.count(*) FROM pg_catalog.pg_type t
        JOIN pg_catalog.pg_namespace n ON n.oid = t.typnamespace
        LEFT JOIN pg_catalog.pg_class c ON c.oid = t.typrelid
      WHERE (t.typtype IN ('e', 'd', 'r') OR t.typtype = 'c' AND c.relkind = 'c') AND n.\(isOfPeople)
        AND \(isFree("t.oid", in: "pg_type"))
      GROUP BY 1, 2
      """,
      """
      SELECT 'policy', n.nspname, pg_catalog.count(*) FROM pg_catalog.pg_policy p
        JOIN pg_catalog.pg_class c ON c.oid = p.polrelid JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
      WHERE n.\(isOfPeople) AND \(isFree("c.oid", in: "pg_class"))
      GROUP BY 2
      """,
      """
      SELECT 'row-security', n.nspname, pg_catalog.count(*) FROM pg_catalog.pg_class c
        JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
      WHERE c.relrowsecurity AND n.\(isOfPeople) AND \(isFree("c.oid", in: "pg_class"))
      GROUP BY 2
      """,
      """
      SELECT 'trigger', n.nspname, pg_catalog.count(*) FROM pg_catalog.pg_trigger t
        JOIN pg_catalog.pg_class c ON c.oid = t.tgrelid JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
      WHERE NOT t.tgisinternal AND t.tgparentid = 0 AND n.\(isOfPeople) AND \(isFree("c.oid", in: "pg_class"))
      GROUP BY 2
      """,
      "SELECT 'extension', NULL, pg_catalog.count(*) FROM pg_catalog.pg_extension WHERE extname <> 'plpgsql'",
      "SELECT 'large-object', NULL, pg_catalog.count(*) FROM pg_catalog.pg_largeobject_metadata",
    ]
    return (relations + routines + others).joined(separator: "\nUNION ALL\n")
  }()
}

extension [CaptureManifest.Count] {
  fileprivate mutating func add(_ count: Int, _ name: Name) {
    if let place = firstIndex(where: { $0.name == name }) {
      self[place].count += count
    } else {
      append(CaptureManifest.Count(name, count))
    }
  }
}

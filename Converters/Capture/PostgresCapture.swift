package import Bytes
package import Conversion
internal import Diagnostics
internal import PostgresClient
internal import PostgresContainer

/// A live PostgreSQL database that is captured: whatever is read of it is read in one snapshot, and nothing is changed.
package final class PostgresCapture: Sendable {
  private let container: PostgresContainer
  private let place: PostgresPlace
  /// pg_dump; nil where none is installed that suits the server, so that the tables are read without it.
  private let program: DumpProgram?
  package let database: Name
  /// The place, without what is secret.
  package var shown: [UInt8] { container.path }
  /// Such as `PostgreSQL 15.18`.
  package let server: [UInt8]
  /// Microseconds since 1970 UTC: when the snapshot was taken.
  package let takenAt: Int64
  /// Whether it has the tables of Supabase's own.
  package let isSupabase: Bool

  /// Number of the cluster's roles, and of those that log in.
  package let roles: Int, logins: Int
  /// Schemas of the platform that the role may not read, and how many tables they have.
  package let unreadable: [(schema: Name, tables: Int)]

  /// Connects and takes the snapshot. `program`: the pg_dump to use; empty for none, nil for the one that suits the server.
  /// `isPlatform`: schemas of Supabase's own that the role may not read are left out instead of ending it.
  package init(
    _ text: [UInt8], password: [UInt8]? = nil, program: [UInt8]? = nil, isPlatform: Bool = false
  ) throws(CaptureError) {
    do {
      var place = try PostgresPlace(text)
      place.password = password
      let container = try PostgresContainer(place)
      unreadable = isPlatform ? try Self.unreadableSchemas(container.connection()) : []
      let facts = try container.connection().query(
        """
        SELECT pg_catalog.current_setting('server_version'),
          (extract(epoch FROM pg_catalog.transaction_timestamp()) * 1000000)::pg_catalog.int8,
          EXISTS (SELECT FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
            WHERE n.nspname = 'auth' AND c.relname = 'users'),
          (SELECT pg_catalog.count(*) FROM pg_catalog.pg_roles WHERE rolname !~ '^pg_'),
          (SELECT pg_catalog.count(*) FROM pg_catalog.pg_roles WHERE rolname !~ '^pg_' AND rolcanlogin)
        """)
      server = Array("PostgreSQL ".utf8) + (facts[0, 0] ?? []).prefix { $0 != UInt8(ascii: " ") }
      takenAt = Int64(facts.integer(0, 1) ?? 0)
      isSupabase = facts.isTrue(0, 2)
      roles = facts.integer(0, 3) ?? 0
      logins = facts.integer(0, 4) ?? 0
      let version = container.serverVersion / 10_000
      if let program {
        self.program = program.isEmpty ? nil : try Self.given(program, server: version)
      } else {
        self.program = try DumpProgram.find("pg_dump", server: version)
      }
      database = container.database
      self.place = place
      self.container = container
    } catch let error as PostgresError {
      throw CaptureError(error)
    } catch let error as CaptureError {
      throw error
    } catch let error as IOError {
      throw CaptureError(error)
    } catch { throw CaptureError("\(error)") }
  }

  /// Inner schemas of Supabase with tables that the role may not read.
  private static func unreadableSchemas(
    _ connection: borrowing PostgresConnection
  ) throws(PostgresError) -> [(schema: Name, tables: Int)] {
    let rows = try connection.query(
      """
      SELECT n.nspname, pg_catalog.count(*) FROM pg_catalog.pg_class c
        JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
      WHERE c.relkind IN ('r', 'p', 'S', 'm') AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend e
          WHERE e.classid = 'pg_catalog.pg_class'::pg_catalog.regclass AND e.objid = c.oid AND e.deptype = 'e')
      GROUP BY n.oid, n.nspname
      HAVING NOT pg_catalog.has_schema_privilege(n.oid, 'USAGE')
        OR pg_catalog.bool_or(NOT pg_catalog.has_table_privilege(c.oid, 'SELECT'))
      ORDER BY 1
      """)
    return (0..<rows.count).compactMap { row in
      guard let schema = rows[row, 0], PlatformSchemas.inner.contains(schema) else { return nil }
      return (Name(schema), rows.integer(row, 1) ?? 0)
    }
  }

  private static func given(_ path: [UInt8], server version: Int) throws -> DumpProgram {
    guard ChildProcess.isProgram(path), let program = try DumpProgram(path) else {
      throw CaptureError("'\(displayed(path))' is no pg_dump")
    }
    guard program.version >= version else {
      throw CaptureError(
        "'\(displayed(path))' is of PostgreSQL \(program.version), the server of \(version): it would refuse",
        advice: "name a pg_dump of PostgreSQL \(version) or newer")
    }
    return program
  }

  /// Whether everything in the database is written, because pg_dump writes it.
  package var isComplete: Bool { program != nil }

  /// Counts rows and objects in the snapshot; what was found.
  package func count(
    into manifest: inout CaptureManifest, _ progress: Progress
  ) throws(CaptureError) -> PostgresInventory {
    let inventory: PostgresInventory
    do throws(PostgresError) {
      inventory = try PostgresInventory(
        container.connection(), mergesPartitions: !isComplete, without: unreadable.map(\.schema), progress)
      manifest.tables = inventory.tables.map { CaptureManifest.Count($0.label, $0.count) }
      manifest.objects = inventory.objects
    } catch { throw CaptureError(error) }
    for (schema, count) in unreadable {
      manifest.losses.append(
        CaptureManifest.Loss(
          "unreadable-schema", count,
          "tables of the platform's schema \(displayed(schema)), which the role may not read"))
    }
    guard !isComplete else { return inventory }
    // The tables' own script has neither.
    manifest.tables.removeAll { $0.name.hasPrefix("coffer.") }
    let kept: Set<Name> = ["type", "domain"]
    for object in manifest.objects where !kept.contains(object.name) {
      let kind = displayed(object.name)
      manifest.losses.append(
        CaptureManifest.Loss(
          "no-pg-dump", object.count, "objects of the kind \(kind): only pg_dump writes them, and none is used"))
    }
    manifest.losses.append(
      CaptureManifest.Loss(
        "no-pg-dump", 1, "owners, grants, comments, settings and types beside enumerations and domains"))
    manifest.objects = []
    return inventory
  }

  /// What a file of the capture holds.
  package enum Part: Sendable {
    case schema, data, complete
    /// pg_dump's custom format.
    case archive
    /// INSERT statements of some tables' rows, by quoted names.
    case inserts([[UInt8]])
  }

  /// The bytes of a part, and what pg_dump remarks while they are read.
  package func open(_ part: Part) throws(CaptureError) -> CapturedPart {
    do throws(PostgresError) {
      do throws(IOError) {
        guard let program else {
          let content: ScriptContent =
            switch part {
            case .schema: .schema
            case .data: .data
            default: .complete
            }
          return CapturedPart(try container.open(content), nil)
        }
        let process = try dump(program, part.options)
        let remarks = process.remarks
        return CapturedPart(process, remarks)
      } catch { throw PostgresError(message: CaptureError(error).message, advice: error.advice) }
    } catch { throw CaptureError(error) }
  }

  private func dump(_ program: DumpProgram, _ options: [[UInt8]]) throws(IOError) -> ChildProcess {
    let snapshot = Array("--snapshot=".utf8) + container.snapshot
    let schemas = unreadable.map { Array("--exclude-schema=".utf8) + $0.schema.bytes }
    return try run(program.path, [snapshot, Array("--encoding=UTF8".utf8)] + options + schemas)
  }

  private func run(_ program: [UInt8], _ options: [[UInt8]]) throws(IOError) -> ChildProcess {
    let words: (place: [UInt8], password: [UInt8]?)
    do throws(PostgresError) { words = try place.words() } catch {
      throw IOError("run", path: program, detail: error.message, advice: error.advice)
    }
    let fixed = ["--no-password", "--lock-wait-timeout=30000", "--dbname"].map { Array($0.utf8) }
    var environment: [(name: String, value: [UInt8])] = [("LC_ALL", Array("C".utf8))]
    if let password = words.password { environment.append(("PGPASSWORD", password)) }
    return try ChildProcess([program] + options + fixed + [words.place], environment: environment)
  }

  /// The cluster's roles without their passwords, as pg_dumpall writes them; nil where that is not installed. They are those of now:
  /// no snapshot holds them.
  package func openRoles() throws(CaptureError) -> CapturedPart? {
    guard let program else { return nil }
    let beside = program.path.directoryPath.appending(path: Array("pg_dumpall".utf8))
    guard ChildProcess.isProgram(beside) else { return nil }
    do throws(IOError) {
      let options = ["--roles-only", "--no-role-passwords", "--database"].map { Array($0.utf8) } + [database.bytes]
      let process = try run(beside, options)
      let remarks = process.remarks
      return CapturedPart(process, remarks)
    } catch { throw CaptureError(error) }
  }

  /// The rows of a table as CSV with a line of names; `quoted`: its name with its schema.
  package func openCSV(_ quoted: [UInt8]) throws(CaptureError) -> CapturedPart {
    try openCopy(Array("COPY ".utf8) + quoted + Array(" TO STDOUT (FORMAT csv, HEADER)".utf8))
  }

  /// What a COPY sends, a row a line.
  private func openCopy(_ sql: [UInt8]) throws(CaptureError) -> CapturedPart {
    do throws(PostgresError) { return CapturedPart(try PostgresCopySource(container.connection(), sql), nil) } catch {
      throw CaptureError(error)
    }
  }

  /// A migration that was applied.
  package struct Migration: Sendable {
    package var version: [UInt8]
    package var name: [UInt8]
    package var text: [UInt8]
  }

  /// The migrations that Supabase's table of them holds with their statements, in order.
  package func migrations() throws(CaptureError) -> [Migration] {
    do throws(PostgresError) {
      let rows = try container.connection().query(
        """
        SELECT version, coalesce(name, ''), coalesce(pg_catalog.array_to_string(statements, E';\n\n'), '')
        FROM supabase_migrations.schema_migrations ORDER BY version
        """)
      return (0..<rows.count).map {
        Migration(version: rows[$0, 0] ?? [], name: rows[$0, 1] ?? [], text: rows[$0, 2] ?? [])
      }
    } catch { throw CaptureError(error) }
  }
}

extension PostgresCapture.Part {
  fileprivate var options: [[UInt8]] {
    switch self {
    case .schema: [Array("--schema-only".utf8)]
    case .data: [Array("--data-only".utf8)]
    case .complete: []
    case .archive: [Array("--format=custom".utf8)]
    case .inserts(let tables):
      ["--data-only", "--column-inserts"].map { Array($0.utf8) } + tables.map { Array("--table=".utf8) + $0 }
    }
  }
}

/// The bytes of a part of a capture.
package struct CapturedPart: ~Copyable {
  package var source: any ByteSource & ~Copyable
  private let remarks: ChildProcess.Remarks?

  init(_ source: consuming any ByteSource & ~Copyable, _ remarks: ChildProcess.Remarks?) {
    self.source = source
    self.remarks = remarks
  }

  /// What the program remarked, each in one line; of the same words the first.
  package func takeRemarks() -> [String] {
    var lines: [String] = []
    for line in (try? remarks?.lines()) ?? [] {
      let text = displayed(line)
      if !lines.contains(text) { lines.append(text) }
    }
    return lines
  }
}

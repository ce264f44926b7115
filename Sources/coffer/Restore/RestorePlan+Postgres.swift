internal import Bytes
internal import Diagnostics

extension RestorePlan {
  /// psql as plans run it: no start-up file, and the first error ends it.
  static func psql(transaction: Bool) -> String {
    "psql \"$TARGET\" -X -q -v ON_ERROR_STOP=1" + (transaction ? " --single-transaction" : "")
  }

  /// Whether the target is there, is the right one, is empty, and has been backed up.
  ///
  /// Rows alone need tables that are there, so `expectsEmpty` is not for them.
  static func postgresChecks(_ methods: [RestoreMethod], expectsEmpty: Bool) -> [Step] {
    let program = methods.contains { if case .pgRestore = $0 { true } else { false } } ? "pg_restore" : "psql"
    var steps = [
      Step(
        .before, "name the target, which has to be on this machine (ALLOW_REMOTE=yes lets another one through)",
        [
          #": "${TARGET:?set TARGET to the database, such as postgresql://localhost/restored}""#,
          #"case "$TARGET" in"#,
          #"  *host=*) [ "${ALLOW_REMOTE:-no}" = yes ] || { echo "TARGET names a host of its own" >&2; exit 8; } ;;"#,
          #"  *//localhost[:/]*|*@localhost[:/]*|*//127.0.0.1[:/]*|*@127.0.0.1[:/]*|*'[::1]'*|*:///*) ;;"#,
          #"  *) [ "${ALLOW_REMOTE:-no}" = yes ] || { echo "TARGET is not on this machine" >&2; exit 8; } ;;"#,
          "esac",
        ]),
      Step(
        .before, "the programs and the server answer; the server is not older than the backup's",
        ["\(program) --version", #"psql "$TARGET" -X -Atc 'SELECT version()'"#]),
      Step(
        .before, "keep what is in the target now", [#"pg_dump -Fc -f before-restore.dump "$TARGET""#]),
    ]
    guard expectsEmpty else { return steps }
    steps.append(
      Step(
        .before, "the target is empty (ALLOW_NONEMPTY=yes goes on all the same)",
        [
          #"found=$(psql "$TARGET" -X -Atc "SELECT count(*) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"#
            + #" WHERE c.relkind IN ('r', 'p') AND n.nspname = 'public'")"#,
          #"[ "$found" = 0 ] || [ "${ALLOW_NONEMPTY:-no}" = yes ] || { echo "TARGET has $found tables" >&2; exit 8; }"#,
        ]))
    return steps
  }

  /// A script for psql; rows alone go in with triggers and foreign keys at rest.
  static func psqlStep(_ file: RestoreFacts.File, _ facts: RestoreFacts) -> Step {
    let path = file.path, name = displayed(path.lastPathComponent)
    guard RestoreContent(file, facts) != .data else {
      let rows = decompressor(path).map { "\($0) \(shellPath(path))" } ?? "cat -- \(shellPath(path))"
      return Step(
        .restore, "load the rows of \(name), with triggers and foreign keys at rest",
        [
          "{ echo 'SET session_replication_role = replica;'; \(rows); "
            + "echo; echo 'SET session_replication_role = origin;'; } | \(psql(transaction: true))"
        ])
    }
    // A script that makes its database connects by itself, which ends a transaction.
    let isWhole = facts.states("dump_creates_database") || facts.kind.contains("dumpall")
    return Step(
      .restore, "run \(name)" + (isWhole ? ", which makes its databases itself" : ", all of it or nothing"),
      [reading(path) { psql(transaction: !isWhole) + ($0.map { " -f \($0)" } ?? "") }])
  }

  /// An archive for pg_restore.
  static func pgRestoreStep(_ file: RestoreFacts.File, _ format: String, _ facts: RestoreFacts) -> Step {
    // The directory is named, not the table of contents in it.
    let isContents = file.path.lastPathComponent.elementsEqual("toc.dat".utf8)
    let path = format == "directory" && isContents ? file.path.directoryPath : file.path
    let name = displayed(path.lastPathComponent)
    let options =
      RestoreContent(file, facts) == .data
      ? "--data-only --disable-triggers --single-transaction" : "--no-owner --single-transaction"
    return Step(
      .restore, "restore \(name), all of it or nothing",
      [
        reading(path) { "pg_restore --list" + ($0.map { " \($0)" } ?? "") + " > restore-contents.txt" },
        reading(path) { "pg_restore --exit-on-error \(options) -d \"$TARGET\"" + ($0.map { " \($0)" } ?? "") },
      ])
  }

  /// Counts of rows and objects against what the backup holds.
  static func verification(_ facts: RestoreFacts, _ methods: [RestoreMethod]) -> [Step] {
    if methods.contains(.convex) {
      let counts = facts.tables.map { "# \(displayed($0.name)): \($0.records) documents" }
      return [
        Step(
          .after, "export what was restored and compare",
          counts + ["npx convex export --path after-restore.zip", "coffer show after-restore.zip --tables"])
      ]
    }
    guard !facts.tables.isEmpty else { return [] }
    let isSQLite = methods.contains { $0 == .sqliteFile || $0 == .sqliteScript }
    if methods.contains(.mysql) || methods.contains(.loaddata) || isSQLite {
      let quote = UInt8(ascii: methods.contains(.mysql) ? "`" : "\"")
      let program =
        methods.contains(.mysql)
        ? "mysql --defaults-group-suffix=_restore \"$TARGET\" -e "
        : isSQLite ? "sqlite3 -bail \"$TARGET\" " : "python manage.py dbshell <<< "
      return [Step(.after, "every table has its records", queries(facts, quote: quote).map { program + shellWord($0) })]
    }
    var steps = [
      Step(
        .after, "every table has its records",
        queries(facts, quote: UInt8(ascii: "\"")).map { #"psql "$TARGET" -X -v ON_ERROR_STOP=1 -c "# + shellWord($0) })
    ]
    let objects = objectCounts.compactMap { kind, query in
      facts.objects[kind].map {
        #"psql "$TARGET" -X -Atc "# + shellWord(Array("SELECT '\(kind)', 'expected', \($0), 'found', \(query)".utf8))
      }
    }
    if !objects.isEmpty {
      steps.append(Step(.after, "objects are there; the target may have more of its own", objects))
    }
    return steps
  }

  /// How PostgreSQL counts objects of a kind.
  private static let objectCounts: [(kind: String, query: String)] = [
    ("policy", "(SELECT count(*) FROM pg_policies)"),
    ("trigger", "(SELECT count(*) FROM pg_trigger WHERE NOT tgisinternal)"),
    ("view", "(SELECT count(*) FROM pg_views WHERE schemaname NOT IN ('pg_catalog', 'information_schema'))"),
    (
      "function",
      "(SELECT count(*) FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace "
        + "WHERE n.nspname NOT IN ('pg_catalog', 'information_schema'))"
    ),
    ("extension", "(SELECT count(*) FROM pg_extension)"),
  ]

  /// Tables that one query asks for: a command line has its limits.
  private static let tablesPerQuery = 50

  /// Queries for the number of rows expected and found.
  private static func queries(_ facts: RestoreFacts, quote: UInt8) -> [[UInt8]] {
    let tables = facts.tables.filter { !$0.name.bytes.contains(0) }
    return stride(from: 0, to: tables.count, by: tablesPerQuery).map { start in
      let rows = tables[start..<min(start + tablesPerQuery, tables.count)].map { table in
        Array("SELECT ".utf8) + quoted(table.name.bytes, UInt8(ascii: "'"))
          + Array(" AS name, \(table.records) AS expected, (SELECT count(*) FROM ".utf8)
          + facts.sqlName(table.name, quote: quote) + Array(") AS found".utf8)
      }
      return Array(rows.joined(separator: Array(" UNION ALL ".utf8)))
    }
  }

  static func quoted(_ bytes: [UInt8], _ quote: UInt8) -> [UInt8] {
    [quote] + bytes.flatMap { $0 == quote ? [quote, quote] : [$0] } + [quote]
  }
}

extension RestoreFacts {
  /// Whether the system states something.
  func states(_ attribute: String) -> Bool { attributes[attribute] == Array("yes".utf8) }

  /// A table's name in SQL: where there are schemas, what stands in front of the first point is one.
  func sqlName(_ name: Name, quote: UInt8) -> [UInt8] {
    let bytes = name.bytes
    guard ["postgres", "supabase"].contains(system), bytes.first != UInt8(ascii: "\""),
      let point = bytes.firstIndex(of: UInt8(ascii: ".")), point > 0, point + 1 < bytes.count
    else {
      // A name that is quoted already stands for itself.
      return bytes.first == UInt8(ascii: "\"") && bytes.last == bytes.first ? bytes : RestorePlan.quoted(bytes, quote)
    }
    return RestorePlan.quoted(Array(bytes[..<point]), quote) + [UInt8(ascii: ".")]
      + RestorePlan.quoted(Array(bytes[(point + 1)...]), quote)
  }
}

internal import Bytes
internal import Conversion
internal import Diagnostics

/// Holds what documents state against what was measured.
struct ClaimCheck {
  let facts: BackupFacts
  var claims: [Claim] = []
  var findings: [Finding] = []
  /// What documents say that nothing measures: environment, type, connection.
  var attributes: [(name: String, value: [UInt8])] = []
  /// The document that is being read.
  var path: [UInt8] = []
  private var referenced: Set<[UInt8]> = []

  init(_ facts: BackupFacts) { self.facts = facts }

  /// Takes in a document; credentials in it have to be masked already.
  mutating func read(_ text: [UInt8], path: [UInt8]) {
    self.path = path
    referenced = []
    let statements = StatementReader(text).statements
    for statement in statements { take(statement) }
    checkNamedFunctions(statements)
    checkCircle(statements)
    checkFuture(statements, text)
  }

  private mutating func take(_ statement: Statement) {
    switch statement.content {
    case .figure(let figure, let label, let noun): checkFigure(figure, label, noun, statement)
    case .labelled(let label, let value): checkLabelled(label, value, statement)
    case .check(let isDone): checkItem(isDone, statement)
    case .command(let command): checkCommand(command, statement)
    case .reference(let file): checkReference(file, statement)
    case .function, .table: break
    }
  }

  // MARK: Words

  /// Records a claim once; `measured` nil leaves it open, and so does `holds`.
  mutating func claim(_ subject: String, _ stated: [UInt8], _ measured: String?, _ holds: Bool?, tells: Bool = true) {
    let verdict: Claim.Verdict = holds.map { $0 ? .proved : .refuted } ?? .open
    let stated = Array(trimmed(stated.filter { $0 != UInt8(ascii: "*") }[...]))
    let claim = Claim(subject: subject, stated: stated, measured: measured, verdict: verdict, artifact: path)
    guard !claims.contains(claim) else { return }
    claims.append(claim)
    guard verdict == .refuted, tells else { return }
    findings.append(
      Finding(
        "claim-refuted", .warning,
        "\(subject): stated as '\(displayed(stated))', the backup shows \(measured ?? "something else")",
        advice: "trust the backup, not its documentation", artifact: path))
  }

  mutating func find(
    _ code: String, _ severity: Severity, _ message: String, advice: String? = nil, offset: Int? = nil, count: Int = 1
  ) {
    let finding = Finding(code, severity, message, advice: advice, artifact: path, offset: offset, count: count)
    if !findings.contains(finding) { findings.append(finding) }
  }

  // MARK: Figures

  private mutating func checkFigure(
    _ figure: Figure, _ label: [[UInt8]], _ noun: [[UInt8]], _ statement: Statement
  ) {
    if figure.unit == .bytes { return checkSize(figure, label, statement) }
    let tables = facts.rows.map { $0.keys.sorted() } ?? []
    guard let subject = FigureSubject(label: label, noun: noun, in: statement, tables: tables) else { return }
    let (name, measured) = measure(subject, noun)
    guard figure.isFilled else {
      claim(name, statement.line, measured.first.map { "\($0)" }, nil)
      return find(
        "claim-unfilled", .warning, "\(name): the figure was never filled in",
        advice: measured.first.map { "the backup holds \($0)" }, offset: statement.offset)
    }
    guard let first = measured.first else { return claim(name, statement.line, nil, nil) }
    claim(
      name, statement.line, "\(measured.first(where: figure.admits) ?? first)", measured.contains(where: figure.admits))
  }

  /// What a subject is called, and the values that may be meant by it; none when it cannot be measured.
  private func measure(_ subject: FigureSubject, _ noun: [[UInt8]]) -> (String, [Int]) {
    func values(_ value: Int?) -> [Int] { value.map { [$0] } ?? [] }
    switch subject {
    case .tables: return ("tables", values(facts.tables?.count))
    case .policies: return ("policies", values(facts.policies?.count))
    case .tablesWithPolicies: return ("tables with policies", values(facts.policies.map { Set($0).count }))
    case .functions: return ("functions", values(facts.functions?.count))
    case .encryptionFunctions: return ("encryption functions", values(facts.functions.map(Self.encryption)?.count))
    case .migrations: return ("migrations", values(facts.migrations?.count))
    case .edgeFunctions: return ("edge functions", values(facts.edgeFunctions?.count))
    case .users: return ("users", values(facts.rows?["auth.users"]) + values(facts.rows?["users"]))
    case .roleAssignments: return ("role assignments", values(facts.rows?["user_roles"]))
    case .records: return ("records", values(facts.rowTotal))
    case .backupFiles: return ("backup files", [facts.dumps.count])
    case .summaryDocuments:
      return (
        "summary documents", [facts.files.count { $0.path.lastPathComponent.suffix(3).elementsEqual(".md".utf8) }]
      )
    case .rows(let table): return ("rows of \(displayed(table))", values(facts.rows?[table]))
    case .unknown: return (displayed(phrase(noun)), [])
    }
  }

  /// Functions that have to do with encryption, by their names.
  static func encryption(_ functions: [Name]) -> [Name] {
    functions.filter { contains($0.lowercased.bytes, "crypt") }
  }

  private mutating func checkSize(_ figure: Figure, _ label: [[UInt8]], _ statement: Statement) {
    let sizes = facts.files.filter { facts.dumps.contains($0.path) }
    if label.contains(Array("total".utf8)) {
      let total = sizes.reduce(0) { $0 &+ ($1.byteCount ?? 0) }
      return claim("total size", statement.line, "\(total) bytes", figure.admits(total))
    }
    guard let file = statement.file.map({ facts.file(named: $0) }) ?? dump(named: statement.line) else { return }
    guard let size = file.byteCount else { return }
    let name = displayed(file.path.lastPathComponent)
    claim("size of \(name)", statement.line, "\(size) bytes", figure.admits(size))
  }

  /// The dump that a line is about by its kind: schema, data or complete.
  func dump(named line: [UInt8]) -> BackupFacts.File? {
    let said = Set(words(line[...].prefix(64)))
    for kind in ["schema", "data", "complete"] where said.contains(Array(kind.utf8)) {
      return facts.files.first { facts.dumps.contains($0.path) && contains($0.path.lastPathComponent, kind) }
    }
    return nil
  }

  // MARK: Commands and files

  private mutating func checkCommand(_ command: DocumentCommand, _ statement: Statement) {
    let unknown = command.unknownOptions, program = displayed(command.program)
    if !unknown.isEmpty {
      let names = unknown.map { displayed($0) }.joined(separator: ", ")
      claim("command \(program)", statement.line, "\(program) has no option \(names)", false, tells: false)
      find(
        "restore-command-invalid", .error, "a restore command cannot work: \(program) has no option \(names)",
        advice: names == "--disable-triggers"
          ? "it is an option of pg_restore; with psql, begin with SET session_replication_role = replica" : nil,
        offset: command.offset, count: unknown.count)
    }
    if program.hasPrefix("./") { checkReference(command.program, statement) }
    guard let input = command.inputFile else { return }
    checkReference(input, statement)
    guard let file = facts.file(named: input), file.printed != nil else { return }
    find(
      "restore-file-no-script", .error,
      "a restore command runs '\(displayed(file.path.lastPathComponent))', which is no script but what psql printed",
      advice: "take the objects from the dump: export --only", offset: command.offset)
  }

  private mutating func checkReference(_ file: [UInt8], _ statement: Statement) {
    guard file.first != UInt8(ascii: "/"), !contains(file, "://"),
      file.contains(where: { isDigit($0) || asciiLower($0) >= UInt8(ascii: "a") })
    else { return }
    if let found = facts.file(named: file), found.printed != nil, contains(statement.line, "xecutable SQL") {
      refuteScript(found, statement)
    }
    guard referenced.insert(file.lastPathComponent).inserted else { return }
    let isThere = facts.holds(file)
    claim("file \(displayed(file))", file, isThere ? "present" : "absent", isThere, tells: false)
    if !isThere {
      find(
        "referenced-file-absent", .info, "the documentation names '\(displayed(file))', which is not in the backup",
        offset: statement.offset)
    }
  }

  mutating func refuteScript(_ file: BackupFacts.File, _ statement: Statement) {
    guard let printed = file.printed else { return }
    let what =
      "what psql printed: \(printed.policies) policies, \(printed.functions.count) functions, \(printed.tuples) rows, \(printed.blanks) blank rows"
    claim("script \(displayed(file.path.lastPathComponent))", statement.line, what, false)
  }

  // MARK: Lists

  /// A section that states more functions than it names.
  private mutating func checkNamedFunctions(_ statements: [Statement]) {
    var i = 0
    while i < statements.count {
      let section = statements[i].sections
      var stated: (count: Int, offset: Int)?, named: Set<Name> = []
      while i < statements.count, statements[i].sections == section {
        switch statements[i].content {
        case .figure(let figure, let label, let noun):
          guard (label + noun).contains(Array("functions".utf8)), let count = figure.exact else { break }
          stated = stated ?? (count, statements[i].offset)
        case .function(let name): named.insert(name)
        default: break
        }
        i += 1
      }
      guard let stated, !named.isEmpty, named.count < stated.count else { continue }
      find(
        "fewer-named-than-stated", .warning,
        "\(stated.count) functions are stated where \(named.count) are named", advice: "see which one has no name here",
        offset: stated.offset, count: stated.count - named.count)
    }
  }

  /// The tables that are said to refer to each other in circles.
  private mutating func checkCircle(_ statements: [Statement]) {
    var named: [Name] = [], line: [UInt8] = []
    for statement in statements {
      guard case .table(let name) = statement.content, statement.sectionWords.contains(Array("circular".utf8)) else {
        continue
      }
      if !named.contains(name) { named.append(name) }
    }
    guard !named.isEmpty else { return }
    line = Array(named.map(\.bytes).joined(separator: Array(", ".utf8)))
    let measured = facts.circularTables.map { $0.sorted() }
    claim(
      "circular foreign keys", line,
      measured.map { $0.isEmpty ? "none" : $0.map { displayed($0) }.joined(separator: ", ") },
      measured.map { $0 == named.sorted() })
  }
}

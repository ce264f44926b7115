internal import Bytes
internal import Conversion
internal import Diagnostics

extension ClaimCheck {
  /// Labels whose values are kept on the backup's page.
  private static let attributes: [(label: String, name: String)] = [
    ("backup type", "backup-type"), ("environment", "environment"), ("connection", "connection"),
    ("backup location", "backup-location"), ("backup script", "producer"), ("automated script", "producer"),
    ("retention", "retention"),
  ]

  mutating func checkLabelled(_ label: [[UInt8]], _ value: [UInt8], _ statement: Statement) {
    let name = phrase(label)
    switch name {
    case "backup timestamp", "backup created", "timestamp", "created", "generated", "backup date":
      checkDate(value, statement)
    case "content", "purpose", "contents": checkContent(value, statement)
    case "format": checkFormat(value, statement)
    case "count": checkCount(value, statement)
    case "database", "postgresql", "database version", "server version": checkVersion(value, statement)
    case "rls", "row level security": checkRowSecurity(value, statement)
    case "functions": checkDefiner(value, statement)
    case "storage buckets", "storage policies", "file management", "storage integration", "document workflows",
      "access control", "file operations", "storage security", "document storage":
      checkStorage(name, statement)
    case "status", "coverage", "integrity", "restoration", "last updated": claim(displayed(name), value, nil, nil)
    default:
      guard let attribute = Self.attributes.first(where: { name == Name($0.label) })?.name,
        !attributes.contains(where: { $0.name == attribute })
      else { return }
      // A masked password is stars too: only marks around the value go.
      attributes.append((attribute, Array(trimmed(value[...].filter { $0 != UInt8(ascii: "`") }[...]))))
    }
  }

  private mutating func checkDate(_ value: [UInt8], _ statement: Statement) {
    guard let stated = StatedDate(value) else { return }
    guard let taken = facts.takenAt else { return claim("date", value, nil, nil) }
    // Scripts take their time between naming the folder and writing the document.
    let holds =
      stated.seconds == nil
      ? Int64(stated.days) == taken.flooredDays : (stated.microseconds - taken).magnitude <= 15 * 60 * 1_000_000
    claim("date", value, rfc3339(microseconds: taken), holds)
  }

  /// `Schema + Data` of a file that holds no rows.
  private mutating func checkContent(_ value: [UInt8], _ statement: Statement) {
    guard let file = statement.file.flatMap({ facts.file(named: $0) }), let content = file.content else { return }
    let said = Set(words(value[...]))
    let saysSchema = !said.isDisjoint(with: wordSet("schema structure"))
    let saysRows =
      !said.isDisjoint(with: wordSet("data rows content")) || said.isSuperset(of: wordSet("complete database"))
    let isOnly = said.contains(Array("only".utf8))
    guard saysSchema || saysRows, !(isOnly && saysSchema && saysRows) else { return }
    let holds = (!saysSchema || content.hasSchema) && (!saysRows || content.hasRows)
    claim("content of \(displayed(file.path.lastPathComponent))", value, content.words, holds)
  }

  private mutating func checkFormat(_ value: [UInt8], _ statement: Statement) {
    let lower = value.map(asciiLower)
    guard contains(lower, "sql") || contains(lower, "functiondef"),
      let file = statement.file.flatMap({ facts.file(named: $0) }),
      file.printed != nil
    else { return }
    refuteScript(file, statement)
  }

  /// `All records`, which no count can bear out.
  private mutating func checkCount(_ value: [UInt8], _ statement: Statement) {
    guard words(value[...]).first.map({ $0.elementsEqual("all".utf8) }) == true else { return }
    claim("count", value, nil, nil)
    find(
      "claim-without-count", .info, "'\(displayed(value))' states no count that could be verified",
      offset: statement.offset)
  }

  private mutating func checkVersion(_ value: [UInt8], _ statement: Statement) {
    guard let start = firstOffset(of: Array("PostgreSQL ".utf8).span, in: value.span) else { return }
    let stated = value[(start + 11)...].prefix { isDigit($0) || $0 == UInt8(ascii: ".") }
    guard let first = stated.first, isDigit(first) else { return }
    let measured = facts.serverVersion.map { Array($0.prefix { isDigit($0) || $0 == UInt8(ascii: ".") }) }
    // `15` is true of all 15.x.
    let holds = measured.map {
      $0.elementsEqual(stated)
        || $0.starts(with: Array(stated) + [UInt8(ascii: ".")]) && !stated.contains(UInt8(ascii: "."))
    }
    claim("PostgreSQL version", value, measured.map { displayed($0) }, holds)
  }

  private mutating func checkRowSecurity(_ value: [UInt8], _ statement: Statement) {
    guard contains(value.map(asciiLower), "all tables"), let open = facts.tablesWithoutRowSecurity else { return }
    let names = open.prefix(5).map { displayed($0) }.joined(separator: ", ") + (open.count > 5 ? ", …" : "")
    claim("row level security", value, open.isEmpty ? "on for all tables" : "off for \(names)", open.isEmpty)
  }

  private mutating func checkDefiner(_ value: [UInt8], _ statement: Statement) {
    guard contains(value, "SECURITY DEFINER"), let definers = facts.definerFunctions, let functions = facts.functions
    else {
      return
    }
    claim(
      "SECURITY DEFINER", value, "\(definers.count) of \(functions.count) functions", definers.count == functions.count)
  }

  private mutating func checkStorage(_ name: Name, _ statement: Statement) {
    guard let buckets = facts.buckets, let objects = facts.storageObjects else {
      return claim(displayed(name), statement.line, nil, nil)
    }
    let bodies = facts.storageBodies ?? 0
    let measured = "\(buckets) buckets, \(objects) objects, \(bodies) of their bodies"
    claim(displayed(name), statement.line, measured, name == "storage buckets" ? buckets > 0 : nil)
  }

  // MARK: Checklists

  mutating func checkItem(_ isDone: Bool, _ statement: Statement) {
    let said = Set(words(statement.line[...]))
    func says(_ words: String) -> Bool { said.isSuperset(of: wordSet(words)) }
    guard isDone else { return claim("unchecked item", statement.line, nil, nil) }
    if says("backup created successfully"), let file = dump(named: statement.line), let content = file.content {
      let holds =
        says("schema") ? content.hasSchema : says("data") ? content.hasRows : content.hasSchema && content.hasRows
      return claim("checked item", statement.line, content.words, holds)
    }
    if says("files accessible") {
      return claim("checked item", statement.line, "\(facts.dumps.count) dumps", !facts.dumps.isEmpty)
    }
    if says("storage included") || says("storage files"), let objects = facts.storageObjects {
      let bodies = facts.storageBodies ?? 0
      return claim(
        "checked item", statement.line, "\(objects) objects, \(bodies) of their bodies", bodies < objects ? false : nil)
    }
    claim("checked item", statement.line, nil, nil)
  }

  // MARK: Time

  /// Migrations that are dated behind the document or the backup they are in.
  mutating func checkFuture(_ statements: [Statement], _ text: [UInt8]) {
    var day: Int?
    for statement in statements {
      guard case .labelled(let label, let value) = statement.content,
        (["last updated", "backup created", "backup timestamp"] as [Name]).contains(phrase(label))
      else { continue }
      if let stated = StatedDate(value) { day = stated.days }
    }
    guard let day else { return }
    var later = Set((facts.migrations ?? []).filter { StatedDate.days(ofVersion: $0.bytes).map { $0 > day } ?? false })
    var offset: Int?
    for i in text.indices where isDigit(text[i]) && (i == 0 || !isDigit(text[i - 1])) {
      let digits = text[i...].prefix(15).prefix { isDigit($0) }
      guard digits.count == 14, let days = StatedDate.days(ofVersion: Array(digits)), days > day else { continue }
      later.insert(Name(Array(digits)))
      offset = offset ?? i
    }
    guard let greatest = later.max() else { return }
    find(
      "future-dated", .warning,
      "migrations up to \(displayed(greatest)) are dated later than the document of \(rfc3339(microseconds: Int64(day) * 86_400_000_000).prefix(10))",
      advice: "they were written before their date, or the document was not kept up to date", offset: offset,
      count: later.count)
  }
}

extension Int64 {
  /// Days since 1970 of microseconds.
  var flooredDays: Int64 { self >= 0 ? self / 86_400_000_000 : (self - 86_399_999_999) / 86_400_000_000 }
}

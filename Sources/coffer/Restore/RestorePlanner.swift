internal import Bytes
internal import CatalogModel
internal import Diagnostics

extension RestorePlan {
  /// The plan for a backup; `parts` are words of `export --only`, empty for the whole of it.
  init(_ facts: RestoreFacts, parts: [[UInt8]] = []) {
    title = "How to restore backup \(displayed(facts.name)) (\(facts.system) \(facts.kind))"
    let files = facts.files.isEmpty ? [] : facts.inOrder
    warnings = Self.warnings(facts, files)
    let methods = parts.isEmpty ? files.map { RestoreMethod($0, facts) } : [.psql]
    let usesPostgres = methods.isEmpty || methods.contains { $0.isPostgres }
    let expectsEmpty = parts.isEmpty && !(!files.isEmpty && files.allSatisfy { RestoreContent($0, facts) == .data })
    if usesPostgres { steps += Self.postgresChecks(methods, expectsEmpty: expectsEmpty) }
    if methods.contains(.loaddata) { steps += Self.djangoChecks }
    if methods.contains(.convex) { steps += Self.convexChecks }
    if methods.contains(where: { $0 == .sqliteFile || $0 == .sqliteScript }) { steps += Self.sqliteChecks }
    if methods.contains(.mysql) { steps += Self.mysqlChecks }
    if parts.isEmpty, facts.system == "convex", facts.kind == "snapshot" {
      steps += Self.snapshotSteps(files)
    } else if parts.isEmpty {
      steps += Self.unpacking(files)
      if methods.contains(.convert) {
        steps.append(Self.converting(facts))
      }
      for (file, method) in zip(files, methods) where method != .convert {
        steps.append(Self.step(file, method, facts))
      }
    } else {
      steps += parts.map { part in
        Step(
          .restore, "only \(displayed(part))",
          ["coffer export \(shellPath(facts.address)) --only \(shellWord(part)) | \(Self.psql(transaction: true))"])
      }
    }
    if parts.isEmpty { steps += Self.verification(facts, methods) }
  }

  /// One file by its method.
  private static func step(_ file: RestoreFacts.File, _ method: RestoreMethod, _ facts: RestoreFacts) -> Step {
    let path = file.path
    let name = displayed(path.lastPathComponent)
    switch method {
    case .psql: return psqlStep(file, facts)
    case .pgRestore(let format): return pgRestoreStep(file, format, facts)
    case .loaddata:
      return Step(.restore, "load \(name)", ["python manage.py loaddata \(shellPath(path))"])
    case .convex:
      guard let table = file.table else {
        return Step(.restore, "import \(name)", ["npx convex import \(shellPath(path))"])
      }
      return convexStep(file, table, facts)
    case .sqliteScript:
      return Step(
        .restore, "run \(name)", [reading(path) { "sqlite3 -bail \"$TARGET\"" + ($0.map { " < \($0)" } ?? "") }])
    case .sqliteFile:
      return Step(.restore, "copy \(name)", ["cp --no-clobber \(shellPath(path)) \"$TARGET\""])
    case .mysql:
      return Step(
        .restore, "run \(name)",
        [reading(path) { "mysql --defaults-group-suffix=_restore \"$TARGET\"" + ($0.map { " < \($0)" } ?? "") }])
    case .convert: return converting(facts)
    }
  }

  /// Rows that no program of the system takes back.
  private static func converting(_ facts: RestoreFacts) -> Step {
    Step(
      .restore, "write the rows as SQL and run it",
      ["coffer convert \(shellPath(facts.address)) -t sql --dialect postgres | \(psql(transaction: false))"])
  }

  /// A command that reads a file, which may be compressed: the file itself is handed over by name, the rest through a pipe.
  static func reading(_ path: [UInt8], _ command: (String?) -> String) -> String {
    guard let decoder = decompressor(path) else { return command(shellPath(path)) }
    return "\(decoder) \(shellPath(path)) | \(command(nil))"
  }

  /// The program that decompresses a file of that name to its output; nil when it is not compressed.
  static func decompressor(_ path: [UInt8]) -> String? {
    let ending = path.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false).last.map {
      Array($0.map(asciiLower))
    }
    return decompressors.first { ending == Array($0.ending.utf8) }?.command
  }
  private static let decompressors = [
    ("gz", "gzip -dc"), ("zst", "zstd -dc"), ("xz", "xz -dc"), ("bz2", "bzip2 -dc"), ("lz4", "lz4 -dc"),
    ("lzma", "xz --format=lzma -dc"),
  ].map { (ending: $0.0, command: $0.1) }

  /// Where files of archives are unpacked.
  static let unpackedFolder = "restore-files"

  private static func unpacking(_ files: [RestoreFacts.File]) -> [Step] {
    var archives: [[UInt8]] = []
    for file in files where file.member != nil && !archives.contains(file.place) { archives.append(file.place) }
    return archives.map { archive in
      let name = archive.map(asciiLower)
      let command =
        name.suffix(4).elementsEqual(".zip".utf8)
        ? "unzip -n \(shellPath(archive)) -d \(unpackedFolder)"
        : name.suffix(3).elementsEqual(".7z".utf8)
          ? "7z x -aos -o\(unpackedFolder) \(shellPath(archive))"
          : "tar --keep-old-files --no-same-owner -C \(unpackedFolder) -xf \(shellPath(archive))"
      return Step(
        .restore, "unpack \(displayed(archive.lastPathComponent)) into a directory of its own",
        ["mkdir -m 700 \(unpackedFolder)", command])
    }
  }
}

extension RestoreFacts.File {
  /// Where it lies when archives have been unpacked.
  var path: [UInt8] {
    member.map { Array(RestorePlan.unpackedFolder.utf8).appending(path: $0) } ?? place
  }
}

extension RestoreFacts {
  /// The files in the order in which they are restored: roles, then schemas, then whole dumps, then rows.
  var inOrder: [File] {
    func rank(_ file: File) -> Int {
      let name = String(decoding: file.path.lastPathComponent.map(asciiLower), as: UTF8.self)
      if name.contains("role") || name.contains("globals") { return 0 }
      switch RestoreContent(file, self) {
      case .schema: return 1
      case .complete: return 2
      case .data: return 3
      }
    }
    return files.enumerated().sorted { (rank($0.element), $0.offset) < (rank($1.element), $1.offset) }.map(\.element)
  }
}

extension RestoreMethod {
  /// Whether it writes into PostgreSQL.
  var isPostgres: Bool {
    switch self {
    case .psql, .pgRestore, .convert: true
    case .loaddata, .convex, .sqliteScript, .sqliteFile, .mysql: false
    }
  }
}

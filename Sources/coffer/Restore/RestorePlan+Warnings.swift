internal import Bytes
internal import Diagnostics

extension RestorePlan {
  /// What to know first, what can do most harm in front.
  static func warnings(_ facts: RestoreFacts, _ files: [RestoreFacts.File]) -> [Warning] {
    var warnings: [Warning] = []
    let contents = files.map { RestoreContent($0, facts) }
    let methods = files.map { RestoreMethod($0, facts) }
    if facts.states("dump_clean") {
      warnings.append(
        Warning("destructive", "it drops what is in the target before it writes: what is there now is lost"))
    } else {
      warnings.append(
        Warning("destructive", "it writes into the target: restore into an empty one, and keep what is there now"))
    }
    if facts.isDamaged {
      warnings.append(
        Warning("damaged", "part of the backup cannot be read: what follows restores the rest ('coffer verify')"))
    }
    if facts.erasedRows > 0 {
      warnings.append(
        Warning(
          "erased-rows",
          "rows of its tables were erased at somebody's wish (\(facts.erasedRows) in the project), and its files may still hold "
            + "them: restore from what 'coffer export' writes, which leaves them out"))
    }
    if facts.recordCount == 0 {
      warnings.append(
        Warning(
          "no-rows",
          "it holds no rows" + (facts.tables.isEmpty ? "" : ": \(counted(facts.tables.count, "table")) will be empty")))
    }
    if !contents.isEmpty, contents.allSatisfy({ $0 == .data }) {
      warnings.append(Warning("data-only", "it holds rows alone: the tables have to be in the target already"))
    }
    if facts.refutedClaims > 0 {
      warnings.append(
        Warning(
          "claims-refuted",
          "\(counted(facts.refutedClaims, "statement")) of its documentation \(facts.refutedClaims == 1 ? "does" : "do") not hold ('coffer claims'); "
            + "commands in it may not work either"))
    }
    warnings += superuser(facts, methods, contents)
    for cycle in facts.cycles {
      warnings.append(
        Warning(
          "circular-foreign-keys",
          "foreign keys of \(names(cycle)) form a circle: rows load only with the keys at rest or added afterwards"))
    }
    if !facts.neededRoles.isEmpty {
      let shown = facts.neededRoles.prefix(8).map { displayed($0) }.joined(separator: ", ")
      warnings.append(Warning("roles-needed", "roles that have to exist, for owners or policies: \(shown)"))
    }
    if facts.attributes["backup_contents"] == Array("safe".utf8) {
      warnings.append(
        Warning(
          "safe-backup",
          "it holds no passwords, tokens and files: never load it over rows that have them; columns that it lacks have to "
            + "stay as they are in the target, or everybody sets a new password"))
    }
    let secrets = facts.tables.filter { !$0.secrets.isEmpty && $0.records > 0 }
    if !secrets.isEmpty {
      let shown = secrets.prefix(8).flatMap { table in table.secrets.map { "\(displayed(table.name)).\(displayed($0))" }
      }
      warnings.append(Warning("secrets", "the rows hold secrets: \(shown.prefix(8).joined(separator: ", "))"))
    }
    warnings += convexWarnings(facts)
    if methods.contains(.convex), facts.kind != "snapshot", files.contains(where: { $0.byteCount > 8 << 20 }) {
      warnings.append(
        Warning(
          "too-large-for-import",
          "Convex takes JSON arrays up to 8 MiB: write larger files as JSON Lines ('coffer convert -t jsonl')"))
    }
    if methods.contains(.convert) {
      warnings.append(
        Warning("converted", "no program of its own takes it back: the rows are converted to SQL for PostgreSQL"))
    }
    return warnings
  }

  /// What only a superuser may do.
  private static func superuser(
    _ facts: RestoreFacts, _ methods: [RestoreMethod], _ contents: [RestoreContent]
  ) -> [Warning] {
    guard methods.contains(where: { $0 == .psql || $0 != .convert && $0.isPostgres }) else { return [] }
    var reasons: [String] = []
    if contents.contains(.data) { reasons.append("rest triggers and foreign keys") }
    for (kind, what) in [
      ("event-trigger", "make event triggers"), ("extension", "install extensions"),
      ("subscription", "make subscriptions"),
      ("role", "make roles"), ("tablespace", "make tablespaces"),
    ] where facts.objects[kind, default: 0] > 0 { reasons.append(what) }
    return reasons.isEmpty ? [] : [Warning("superuser", "it takes a superuser to \(reasons.joined(separator: ", "))")]
  }

  private static func names(_ names: [Name]) -> String {
    names.prefix(8).map { displayed($0) }.joined(separator: ", ") + (names.count > 8 ? ", …" : "")
  }
}

internal import Bytes

// Which entries a plain restore writes, and in what order.
extension ArchiveScript {
  private enum Pass: Int, CaseIterable { case main, grants, last }

  /// Kinds that are not written after all others but the last.
  private static let passes: [Name: Pass] = [
    "ACL": .grants, "ACL LANGUAGE": .grants, "DEFAULT ACL": .grants, "EVENT TRIGGER": .last,
    "MATERIALIZED VIEW DATA": .last,
  ]
  /// Kinds that belong to the head, or to creating the database itself.
  private static let unwritten: Set<Name> = ["ENCODING", "STDSTRINGS", "SEARCHPATH", "DATABASE", "DATABASE PROPERTIES"]
  private static let remarks: Set<Name> = ["ACL", "COMMENT", "SECURITY LABEL"]

  /// Indices of the entries to write: all but grants, then those, then what refreshes and fires.
  static func restoreOrder(_ entries: [TOCEntry]) -> [Int] {
    var lists = [[Int]](repeating: [], count: Pass.allCases.count)
    for (i, entry) in entries.enumerated() where isWritten(entry) { lists[pass(of: entry).rawValue].append(i) }
    return lists.flatMap { $0 }
  }

  private static func pass(of entry: TOCEntry) -> Pass {
    if let pass = passes[entry.desc] { return pass }
    let isOnTrigger = remarks.contains(entry.desc) && entry.tag.hasPrefix("EVENT TRIGGER ")
    let isLateStatistics = entry.section == .postData && entry.desc == "STATISTICS DATA"
    return isOnTrigger || isLateStatistics ? .last : .main
  }

  /// Whether a restore into an existing database writes the entry.
  private static func isWritten(_ entry: TOCEntry) -> Bool {
    if unwritten.contains(entry.desc) { return false }
    if remarks.contains(entry.desc) && entry.tag.hasPrefix("DATABASE ") { return false }
    if entry.tag == "Max OID" && entry.desc == "<Init>" { return false }
    return entry.hadDumper || !entry.defn.isEmpty
  }
}

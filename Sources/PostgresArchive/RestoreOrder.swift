internal import Bytes

// Which entries a plain restore writes, and in what order.
extension ArchiveScript {
  private enum Pass: Int { case main, grants, last }

  /// Indices of the entries to write: all but grants, then those, then what refreshes and fires.
  static func restoreOrder(_ entries: [TOCEntry]) -> [Int] {
    let written = entries.indices.filter { isWritten(entries[$0]) }
    return [Pass.main, .grants, .last].flatMap { pass in written.filter { Self.pass(of: entries[$0]) == pass } }
  }

  private static func pass(of entry: TOCEntry) -> Pass {
    switch entry.desc {
    case "ACL", "ACL LANGUAGE", "DEFAULT ACL": .grants
    case "EVENT TRIGGER", "MATERIALIZED VIEW DATA": .last
    case "COMMENT" where entry.tag.hasPrefix("EVENT TRIGGER "): .last
    case "SECURITY LABEL" where entry.tag.hasPrefix("EVENT TRIGGER "): .last
    case "STATISTICS DATA" where entry.section == .postData: .last
    default: .main
    }
  }

  /// Whether a restore into an existing database writes the entry.
  private static func isWritten(_ entry: TOCEntry) -> Bool {
    switch entry.desc {
    case "ENCODING", "STDSTRINGS", "SEARCHPATH", "DATABASE", "DATABASE PROPERTIES": false
    case "<Init>" where entry.tag == "Max OID": false
    case "ACL" where entry.tag.hasPrefix("DATABASE "): false
    case "COMMENT" where entry.tag.hasPrefix("DATABASE "): false
    case "SECURITY LABEL" where entry.tag.hasPrefix("DATABASE "): false
    default: entry.hadDumper || !entry.defn.isEmpty
    }
  }
}

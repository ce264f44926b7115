internal import Bytes
package import Conversion
package import Records
internal import SQLiteFile

/// SQLite database files of any program, plain, compressed or in archives.
package struct SQLiteDatabase: SourceSystem {
  package init() {}
  package var id: String { "sqlite" }
  package var title: String { "SQLite" }
  package var summary: String { "SQLite database files, with their -wal or -journal" }

  /// Endings of names that databases have, in lower case.
  private static let endings = [".db", ".db3", ".sqlite", ".sqlite3"]

  package func detect(_ container: any BackupContainer, _ toolbox: Toolbox) throws(ReadError) -> [DetectedBackup] {
    var backups: [DetectedBackup] = []
    for entry in container.entries {
      guard let head = head(of: entry, container, toolbox) else { continue }
      let isDatabase = SQLiteFile.isDatabase(head)
      guard isDatabase || isUnreadable(entry, head) else { continue }
      backups.append(
        SQLiteFile.backup(
          entry, in: container, system: id, kind: isDatabase ? "database file" : "unreadable database file",
          confidence: isDatabase ? 0.7 : 0.3,
          evidence: [
            isDatabase ? "begins as a SQLite database does" : "is named as a database is, but does not begin as one"
          ]))
    }
    return backups
  }

  /// The first bytes of an entry; nil when it cannot be opened.
  private func head(of entry: ContainerEntry, _ container: any BackupContainer, _ toolbox: Toolbox) -> [UInt8]? {
    let content = try? toolbox.open(entry, in: container, options: ReadOptions(), headCount: SQLiteFile.headerSize)
    return content?.head
  }

  /// Whether the entry is named as a database and is as long as one, but hides what it holds: encrypted ones look so.
  private func isUnreadable(_ entry: ContainerEntry, _ head: [UInt8]) -> Bool {
    let name = Name(entry.path.lastPathComponent).lowercased
    guard Self.endings.contains(where: { name.hasSuffix($0) }), let count = entry.byteCount, count >= 512 else {
      return false
    }
    return count % 512 == 0 && (!Name(head).isUTF8 || head.contains(0))
  }

  package func survey(_ input: BackupInput) throws(ReadError) -> Knowledge {
    var knowledge = try SQLiteFile.survey(input)
    if knowledge.mayHideReferences {
      try knowledge.inferReferences(from: SQLiteFile.openRecords(input, knowledge))
    }
    return knowledge
  }

  package func openRecords(
    _ input: BackupInput, _ knowledge: Knowledge
  ) throws(ReadError) -> any RecordReader & ~Copyable {
    try SQLiteFile.openRecords(input, knowledge)
  }
}

extension SQLiteDatabase: ApartReading {
  package func readsApart(_ input: BackupInput) -> Bool { true }
}

extension SourceSystem where Self == SQLiteDatabase {
  /// SQLite database files.
  package static var sqliteDatabase: Self { SQLiteDatabase() }
}

internal import Bytes
package import Conversion
internal import Diagnostics
package import Records
internal import SQLiteClient

/// SQLite database files of any program, plain, compressed or in archives.
package struct SQLiteDatabase: SourceSystem {
  package init() {}
  package var id: String { "sqlite" }
  package var title: String { "SQLite" }
  package var summary: String { "SQLite database files, with their -wal or -journal" }

  /// Format of the database itself, and of the files that SQLite keeps beside one that is in use.
  static let format = "sqlite", companionFormat = "sqlite-journal"
  /// Endings of names that databases have, in lower case.
  private static let endings = [".db", ".db3", ".sqlite", ".sqlite3"]

  package func detect(_ container: any BackupContainer, _ toolbox: Toolbox) throws(ReadError) -> [DetectedBackup] {
    var backups: [DetectedBackup] = []
    for entry in container.entries {
      guard let head = head(of: entry, container, toolbox) else { continue }
      let isDatabase = head.starts(with: DatabaseHeader.magic)
      guard isDatabase || isUnreadable(entry, head) else { continue }
      var backup = DetectedBackup(
        system: id, kind: isDatabase ? "database file" : "unreadable database file",
        confidence: isDatabase ? 0.7 : 0.3,
        evidence: [
          isDatabase ? "begins as a SQLite database does" : "is named as a database is, but does not begin as one"
        ],
        artifacts: [DetectedArtifact(entry, .data, format: Self.format)], takenAt: takenAt(entry))
      for suffix in [DatabaseCopy.journalSuffix, DatabaseCopy.walSuffix] {
        let name = entry.path + suffix
        guard let found = container.entry(at: name) ?? container.sibling(named: name), found.byteCount != 0 else {
          continue
        }
        backup.artifacts.append(DetectedArtifact(found, .data, format: Self.companionFormat))
        backup.evidence.append("a journal lies beside it")
      }
      backups.append(backup)
    }
    return backups
  }

  /// The first bytes of an entry; nil when it cannot be opened.
  private func head(of entry: ContainerEntry, _ container: any BackupContainer, _ toolbox: Toolbox) -> [UInt8]? {
    let content = try? toolbox.open(entry, in: container, options: ReadOptions(), headCount: DatabaseHeader.byteCount)
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

  private func takenAt(_ entry: ContainerEntry) -> TakenAt? {
    if let stamp = FileStamp(in: entry.path.lastPathComponent.span) {
      return TakenAt(microseconds: stamp.microseconds, hasZone: stamp.hasZone, origin: "name")
    }
    return entry.modified.map { TakenAt(microseconds: $0 / 1000, hasZone: true, origin: "modified") }
  }

  package func survey(_ input: BackupInput) throws(ReadError) -> Knowledge {
    var survey = try DatabaseSurvey(input)
    return try survey.run()
  }

  package func openRecords(
    _ input: BackupInput, _ knowledge: Knowledge
  ) throws(ReadError) -> any RecordReader & ~Copyable {
    guard let plan = knowledge.details as? DatabasePlan else {
      throw ReadError(.refused("the survey of another system cannot be used to read a SQLite database"))
    }
    let artifact = input.backup.artifacts.first?.entry.path ?? input.container.path
    return try DatabaseReader(
      plan, knowledge.tables, artifact: artifact, keepsRowsBeforeError: input.options.keepsRowsBeforeError)
  }
}

extension SourceSystem where Self == SQLiteDatabase {
  /// SQLite database files.
  package static var sqliteDatabase: Self { SQLiteDatabase() }
}

extension ReadError {
  /// What SQLite says of a database that cannot be read, and where.
  init(_ error: SQLiteError, table: Name? = nil, artifact: [UInt8]) {
    do throws(IOError) { try Interruption.check("read") } catch {
      self.init(.io(error), artifact: artifact)
      return
    }
    let place = table.map { "table '\(displayed($0))': " } ?? ""
    self.init(.syntax("\(place)\(error.message)"), artifact: artifact)
  }
}

internal import Bytes
internal import Records

// What a backup holds beside its tables and rows, and no conversion writes: named and counted like any other loss.
extension ConversionJob {
  /// Kinds of objects that are content or code of the backup's maker, and what is to be said of them. Keys, indexes, sequences
  /// and types are part of the tables; owners and settings belong to the server.
  private static let kinds: [(kind: String, what: String)] = [
    (
      "large-object",
      "content of large objects is left out: --files writes it, 'coffer cat BACKUP large-object:NUMBER' prints it"
    ),
    ("view", definitions), ("materialized-view", definitions), ("function", definitions), ("procedure", definitions),
    ("aggregate", definitions), ("trigger", definitions), ("event-trigger", definitions), ("rule", definitions),
    ("policy", definitions), ("grant", definitions), ("publication", definitions), ("subscription", definitions),
    ("event", definitions),
  ]
  private static let definitions = "definitions are left out: 'coffer ls' lists them, 'coffer cat' prints them"

  /// Whether an object has no content in the backup, or its content is among the files that are written.
  private func isElsewhere(_ object: SchemaObject) -> Bool {
    object.kind == "large-object" && (input.files != nil || object.attribute("bytes") == nil)
  }

  /// The objects that are not in the output; none when only some tables were asked for.
  func objectsLeftOut(of knowledge: Knowledge, writing tables: [TableSchema]) -> [Loss] {
    guard tables.count >= knowledge.tables.count else { return [] }
    let objects = Self.kinds.compactMap { kind, what -> Loss? in
      let count = knowledge.objects.count { $0.kind == kind && !isElsewhere($0) }
      return count > 0 ? Loss("objects-left-out", what, table: Name(kind), count: count) : nil
    }
    return objects + filesLeftOut(of: knowledge)
  }

  /// Files within the backup that stand in no row, when no directory is named for them.
  private func filesLeftOut(of knowledge: Knowledge) -> [Loss] {
    guard input.files == nil else { return [] }
    return Self.fileKinds.compactMap { kind in
      var count = 0, bytes: Int64 = 0
      for object in knowledge.objects where object.kind == kind && object.attribute("column") == nil {
        if object.attribute("body") == Array("absent".utf8) { continue }
        guard let size = object.attribute("bytes").flatMap({ Int64(digits: $0.span) }), size > 0 else { continue }
        count += 1
        bytes = bytes.addingReportingOverflow(size).overflow ? .max : bytes + size
      }
      let what = "files within the backup, \(bytes) bytes, are left out: --files DIR writes them"
      return count > 0 ? Loss("objects-left-out", what, table: Name(kind), count: count) : nil
    }
  }
  /// Kinds of objects that are files with content in the backup.
  private static let fileKinds = ["embedded-file", "storage-object"]
}

package import Bytes
package import Records

/// The table as which the row index keeps the documents of backups.
package enum DocumentTable {
  /// No table of a backup has this name.
  package static let name = Name([0] + Array("documents".utf8))
  /// Its columns: the path and the text.
  package static let schema = TableSchema(
    name, [Column("path", .text), Column("text", .text)], primaryKey: ["path"])

  /// The documents as rows.
  package static func batch(_ documents: [Document]) -> RecordBatch {
    var batch = RecordBatch(capacity: documents.reduce(4096) { $0 + $1.text.count })
    batch.removeAll(columnCount: 2)
    for document in documents {
      batch.append(row: [batch.cell(.text, document.path.span), batch.cell(.text, document.text.span)])
    }
    return batch
  }
}

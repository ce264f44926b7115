package import Bytes
package import Conversion
internal import Diagnostics
package import Records

/// Backups of Convex deployments made by a script: JSON of each table with a CSV twin, a combined file and documents.
package struct Convex: SourceSystem {
  package init() {}
  package var id: String { "convex" }
  package var title: String { "Convex" }
  package var summary: String {
    "folders written by a backup script (JSON, CSV, combined file), and JSON of single tables"
  }

  package func detect(_ container: any BackupContainer, _ toolbox: Toolbox) throws(ReadError) -> [DetectedBackup] {
    ConvexDetection(container, toolbox).backups()
  }

  package func survey(_ input: BackupInput) throws(ReadError) -> Knowledge {
    var survey = ConvexSurvey(input)
    return try survey.run()
  }

  package func openRecords(_ input: BackupInput, _ knowledge: Knowledge) throws(ReadError)
    -> any RecordReader & ~Copyable
  {
    guard let plan = knowledge.details as? ConvexPlan else {
      throw ReadError(.refused("the survey of another system cannot be used to read a Convex backup"))
    }
    return ConvexReader(input, plan)
  }
}

extension Convex {
  /// Reads a CSV twin as its JSON is: in the JSON's types, an empty field as an absent key. The columns are those that a
  /// script writes into CSV: all but Convex's own.
  package func openTwin(
    of table: Name, _ input: BackupInput, _ knowledge: Knowledge
  ) throws(ReadError) -> any RecordReader & ~Copyable {
    guard let twin = input.backup.artifacts.first(where: { $0.role == .twin && $0.table == table }),
      let schema = twinSchema(of: table, knowledge)
    else { throw ReadError(.unrecognised("table '\(displayed(table))' has no CSV twin")) }
    var notes: [Finding] = []
    return RetypedReader(
      try ConvexContent(input).openReader(of: twin, [schema], findings: &notes), nullsAreMissing: true)
  }

  /// The columns of a table that its CSV has.
  package func twinSchema(of table: Name, _ knowledge: Knowledge) -> TableSchema? {
    guard var schema = knowledge.tables.first(where: { $0.name == table }) else { return nil }
    schema.columns.removeAll { $0.name == "_id" || $0.name == "_creationTime" }
    schema.primaryKey = []
    return schema
  }
}

extension SourceSystem where Self == Convex {
  /// Convex deployments.
  package static var convex: Self { Convex() }
}

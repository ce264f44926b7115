package import Bytes
package import Conversion
package import Records

/// Backups of Convex deployments: snapshot exports of both generations, zipped or not, and what scripts make: JSON of each table
/// with a CSV twin, a combined file and documents. A CSV file that is named alone is read in the types of the JSON beside it.
package struct Convex: SourceSystem {
  package init() {}
  package var id: String { "convex" }
  package var title: String { "Convex" }
  package var summary: String {
    "snapshot exports (zip or directory), folders written by a backup script, JSON of single tables, and what `npx convex data` prints"
  }

  package var internalFields: [Name] { ["_id", "_creationTime"] }

  package func detect(_ container: any BackupContainer, _ toolbox: Toolbox) throws(ReadError) -> [DetectedBackup] {
    ConvexDetection(container, toolbox).backups()
  }

  package func survey(_ input: BackupInput) throws(ReadError) -> Knowledge {
    if input.backup.kind == ConvexLoneCSV.kind { return try ConvexTwinSurvey(input).run() }
    if input.backup.kind == SnapshotDetection.kind || input.backup.kind == ConvexHead.printedKind {
      var survey = SnapshotSurvey(input)
      return try survey.run()
    }
    var survey = ConvexSurvey(input)
    return try survey.run()
  }

  package func openRecords(_ input: BackupInput, _ knowledge: Knowledge) throws(ReadError)
    -> any RecordReader & ~Copyable
  {
    if let plan = knowledge.details as? ConvexTwinPlan { return try plan.openRecords(input) }
    if let plan = knowledge.details as? SnapshotPlan { return plan.openRecords(input) }
    guard let plan = knowledge.details as? ConvexPlan else {
      throw ReadError(.refused("the survey of another system cannot be used to read a Convex backup"))
    }
    return convexReader(input, plan)
  }
}

extension SourceSystem where Self == Convex {
  /// Convex deployments.
  package static var convex: Self { Convex() }
}

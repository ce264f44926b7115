package import Bytes
package import Conversion
package import Records

/// Backups that applications with Prisma write of themselves: results of `findMany` as JSON, in whatever envelope.
package struct Prisma: SourceSystem {
  package init() {}
  package var id: String { "prisma" }
  package var title: String { "Prisma" }
  package var summary: String {
    "JSON backups of applications with Prisma (flat, wrapped, per model, with embedded files), schemas and migrations"
  }

  package func detect(_ container: any BackupContainer, _ toolbox: Toolbox) throws(ReadError) -> [DetectedBackup] {
    PrismaDetection(container, toolbox).backups()
  }

  package func survey(_ input: BackupInput) throws(ReadError) -> Knowledge {
    var survey = try PrismaSurvey(input)
    return try survey.run()
  }

  package func openRecords(
    _ input: BackupInput, _ knowledge: Knowledge
  ) throws(ReadError) -> any RecordReader & ~Copyable {
    guard let plan = knowledge.details as? PrismaPlan else {
      throw ReadError(.refused("the survey of another system cannot be used to read a Prisma backup"))
    }
    return PrismaReader(PrismaContent(input), plan)
  }

  package func openFile(_ object: SchemaObject, _ input: BackupInput) throws(ReadError) -> SharedFile? {
    try FileExtraction(object, input).file()
  }
}

extension SourceSystem where Self == Prisma {
  /// Applications with Prisma.
  package static var prisma: Self { Prisma() }
}

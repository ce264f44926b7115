internal import ArchiveContainer
internal import CSVFormat
package import Conversion
internal import ConvexImportFormat
internal import ConvexSystem
internal import DirectoryContainer
internal import DjangoSystem
internal import FixtureFormat
internal import GenericSystem
internal import JSONFormat
internal import JSONLinesFormat
internal import MarkdownFormat
internal import MySQLSystem
internal import PostgresSystem
internal import PostgresTarget
internal import PrismaSystem
internal import SQLScriptFormat
internal import SQLiteDatabaseSystem
internal import SQLiteDumpSystem
internal import SQLiteFormat
internal import SQLiteTarget
internal import SupabaseFormat
internal import SupabaseSystem
internal import UserDataFormat

/// Everything this build knows, in the order in which ties are decided. The only list to extend.
package enum BuiltIn {
  package static let systems: [any SourceSystem] = [
    .convex, .django, .prisma, .supabase, .postgres, .mysql, .sqliteDump, .sqliteDatabase,
  ]

  /// Takes what no system claims.
  package static let fallback: any SourceSystem = .generic

  /// The directory comes last: it takes every regular file as a container of one entry.
  package static let containers: [any ContainerFormat] = [ArchiveFormat(), DirectoryFormat()]

  package static let decoders: [any ContentDecoder] = StreamDecoding.all

  package static let importFormats: [any ImportFormat] = [JSON(), JSONLines(), .csv, .tsv]

  package static let exportFormats: [any ExportFormat] = [
    .json, .jsonLines, .csv, .tsv, .sqlScript, .sqlite, .markdown, .userData, .djangoJSON, .djangoJSONLines, .djangoXML,
    .djangoYAML, .convexImport, .supabase,
  ]

  package static let loadTargets: [any LoadTarget] = [.postgres, .sqlite]

  /// Opens paths and says what they hold.
  package static let recogniser = Recogniser(systems: systems, fallback: fallback, toolbox: toolbox)

  /// The lists that a system may use while it looks and reads.
  package static let toolbox = Toolbox(containers: containers, decoders: decoders, importFormats: importFormats)
}

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
internal import PostgresContainer
internal import PostgresSystem
internal import PostgresTarget
internal import PrismaSeedFormat
internal import PrismaSystem
package import Records
internal import SQLScriptFormat
internal import SQLiteDatabaseSystem
internal import SQLiteDumpSystem
internal import SQLiteFormat
internal import SQLiteTarget
internal import SupabaseFormat
internal import SupabaseSystem
internal import UserDataFormat
internal import XLSXFormat

/// Everything this build knows, in the order in which ties are decided. The only list to extend.
package enum BuiltIn {
  package static let systems: [any SourceSystem] = [
    .convex, .django, .prisma, .supabase, .postgres, .mysql, .sqliteDump, .sqliteDatabase,
  ]

  /// Takes what no system claims.
  package static let fallback: any SourceSystem = .generic

  /// The directory comes last: it takes every regular file as a container of one entry.
  package static let containers: [any ContainerFormat] = [PostgresDatabase(), ArchiveFormat(), DirectoryFormat()]

  package static let decoders: [any ContentDecoder] = StreamDecoding.all

  package static let importFormats: [any ImportFormat] = [JSON(), JSONLines(), .csv, .tsv]

  package static let exportFormats: [any ExportFormat] = [
    .json, .jsonLines, .csv, .tsv, .sqlScript, .sqlite, .markdown, .userData, .djangoJSON, .djangoJSONLines, .djangoXML,
    .djangoYAML, .djangoSet, .convexImport, .convexSet, .prismaSeed, .supabase, .xlsx,
  ]

  /// The format that gives back exactly what it was given.
  package static let exactFormat: any ExportFormat = .csv

  package static let loadTargets: [any LoadTarget] = [.postgres, .sqlite]

  /// Whether a word is the place of a live database, in the words of a migration's target, and no name of a file.
  package static func isLive(_ word: [UInt8]) -> Bool {
    PostgresTarget().recognises(word) || word.starts(with: "sqlite:".utf8)
  }

  /// Some tables of a live server, by their quoted names, as a backup of this moment.
  package static func openLive(_ place: [UInt8], tables: [[UInt8]]) throws(ReadError) -> any BackupContainer {
    try PostgresContainer(place, tables: tables)
  }

  /// Opens paths and says what they hold.
  package static let recogniser = Recogniser(systems: systems, fallback: fallback, toolbox: toolbox)

  /// The lists that a system may use while it looks and reads.
  package static let toolbox = Toolbox(containers: containers, decoders: decoders, importFormats: importFormats)
}

internal import Bytes
internal import Conversion
internal import PrismaSchema
internal import Records

/// The files of a schema and its migrations among the entries of a container.
struct SchemaFiles: Sendable {
  /// Files that are read as one schema: one file, or those of a folder.
  private(set) var schemas: [(folder: [UInt8], entries: [ContainerEntry])] = []
  /// `migration.sql` files and the lock file beside their folders, in the order in which they are applied.
  private(set) var migrations: [ContainerEntry] = []
  private(set) var lock: ContainerEntry?

  /// Migrations that are taken.
  private static let migrationLimit = 10_000

  init(_ container: any BackupContainer, _ toolbox: Toolbox) {
    for entry in container.entries {
      let name = entry.path.lastPathComponent
      if name.suffix(7).elementsEqual(".prisma".utf8) {
        guard let content = try? toolbox.open(entry, in: container, options: ReadOptions(), headCount: 1 << 16),
          PrismaSchema.matches(content.head)
        else { continue }
        let folder = Array(entry.path.dropLast(name.count))
        if let place = schemas.firstIndex(where: { $0.folder == folder }) {
          schemas[place].entries.append(entry)
        } else {
          schemas.append((folder, [entry]))
        }
      } else if name.elementsEqual("migration.sql".utf8), migrations.count < Self.migrationLimit {
        migrations.append(entry)
      } else if name.elementsEqual("migration_lock.toml".utf8) {
        lock = entry
      }
    }
    // A schema file that a lone backup lies beside.
    if schemas.isEmpty, !container.isDirectory {
      let beside = Array("schema.prisma".utf8)
      if let found = container.sibling(named: beside) { schemas.append(([], [found])) }
    }
    migrations.sort { $0.path.lexicographicallyPrecedes($1.path) }
  }

  var artifacts: [DetectedArtifact] {
    schemas.flatMap(\.entries).map { DetectedArtifact($0, .document, format: "prisma") }
      + migrations.map { DetectedArtifact($0, .document, format: "sql") }
      + (lock.map { [DetectedArtifact($0, .document, format: "toml")] } ?? [])
  }

  /// The schema that some entries make up.
  static func read(
    _ entries: [ContainerEntry], _ container: any BackupContainer, _ toolbox: Toolbox
  ) throws(ReadError) -> PrismaSchema {
    var files: [(path: [UInt8], text: [UInt8])] = []
    for entry in entries {
      let content = try toolbox.open(entry, in: container, options: ReadOptions())
      var source = content.text()
      do throws(IOError) { files.append((entry.path, try readAll(&source, limit: PrismaSchema.fileLimit))) } catch {
        throw ReadError(.io(error), artifact: entry.path)
      }
    }
    return PrismaSchema(files: files)
  }

  /// The schema in a file, or in the files of a folder whose names end as theirs do; nil when there is none.
  static func read(at path: [UInt8], _ toolbox: Toolbox) throws(ReadError) -> PrismaSchema? {
    guard let container = try toolbox.open(path: path) else {
      throw ReadError(.unrecognised("neither a file nor a directory"), artifact: path)
    }
    let entries = container.entries.filter { !container.isDirectory || $0.path.suffix(7).elementsEqual(".prisma".utf8) }
    guard !entries.isEmpty else { return nil }
    let schema = try read(entries, container, toolbox)
    return schema.isEmpty ? nil : schema
  }
}

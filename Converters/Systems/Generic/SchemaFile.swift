internal import Bytes
internal import CSVFormat
internal import Conversion
internal import Diagnostics
internal import Records

/// The schema file beside a lossless CSV file, and whether it is that file's.
struct SchemaFile {
  /// Schema files longer than this are not read.
  private static let limit = 16 << 20
  /// The member that every schema file begins with.
  private static let mark = Array("\"coffer_csv_schema\"".utf8)

  /// What it says, when it names the columns that the CSV has.
  let fitting: CSVSidecar?
  /// That it was used, or why not.
  let note: Finding

  /// The file beside an entry that is named as its schema file and written by Coffer. One that cannot be read counts too:
  /// reading it later says why.
  static func entry(of entry: ContainerEntry, in container: any BackupContainer, _ toolbox: Toolbox) -> ContainerEntry?
  {
    guard let found = container.schemaFile(of: entry) else { return nil }
    guard let content = try? toolbox.open(found, in: container, options: ReadOptions()) else { return found }
    return firstOffset(of: mark.span, in: content.head.span) == nil ? nil : found
  }

  /// Reads the schema file of a CSV artifact and compares its columns with the header; nil when there is none.
  init?(of artifact: DetectedArtifact, _ input: BackupInput) throws(ReadError) {
    let path = artifact.entry.path + schemaFileSuffix
    guard artifact.isText, let found = input.backup.artifacts.first(where: { $0.entry.path == path }) else {
      return nil
    }
    let text: [UInt8]
    do throws(IOError) {
      var source = try input.container.open(found.entry)
      text = try readAll(&source, limit: Self.limit)
    } catch { throw ReadError(.io(error), artifact: path) }
    let sidecar: CSVSidecar
    do throws(ReadError) { sidecar = try CSVSidecar(parsing: text) } catch { throw error.located(in: path) }
    let data = try input.toolbox.open(artifact.entry, in: input.container, options: input.options)
    let fits: Bool
    do throws(ReadError) { fits = try sidecar.fits(data.text()) } catch { throw error.located(in: artifact.entry.path) }
    fitting = fits ? sidecar : nil
    note =
      fits
      ? Finding(
        "schema-file-used", .info, "read in the types of the schema file beside it, '\(displayed(path))'",
        artifact: artifact.entry.path)
      : Finding(
        "schema-file-unfit", .warning,
        "the schema file beside it, '\(displayed(path))', names other columns than the header and is not used",
        advice: "put the schema file that was written with the CSV beside it, or take this one away",
        artifact: artifact.entry.path)
  }
}

extension DetectedArtifact {
  /// Whether its format has no kinds of values but text.
  var isText: Bool { format == "csv" || format == "tsv" }
}

internal import Bytes
internal import Conversion
internal import PrismaSchema
internal import Records

/// What the rows of one array of a JSON text tell.
struct RawFacts {
  let document: Int
  /// Keys around the array; the name by which its reader knows it.
  let name: Name
  /// Position among the tables of the backup; nil for what is no table.
  var table: Int?
  /// Whether its rows stood within others.
  let isNested: Bool
  var schema: TableSchema
  var profile = TableProfile()
  var secrets: SecretScan
  /// Sets of values of columns, by their positions.
  var keys: [(columns: [Int], set: KeyIndex.ID)] = []
  /// Columns that hold rows of other tables, and whether all their values do.
  var relations: [(column: Int, relation: PrismaRelation, holdsRows: Bool)] = []
  var assets: AssetScan?
  /// Columns of files when its rows are files and no table's.
  var fileColumns: FileColumns?
  /// Whether its only row says that there are none.
  var isPlaceholder = false

  init(_ schema: TableSchema, document: Int, table: Int?, tableName: Name, isNested: Bool) {
    self.document = document
    name = schema.name
    self.table = table
    self.isNested = isNested
    self.schema = TableSchema(schema.name, [])
    secrets = SecretScan(table: tableName)
  }

  var rowCount: Int { profile.recordCount }
  /// The key that is written last.
  var section: Name {
    guard let point = name.bytes.lastIndex(of: UInt8(ascii: ".")) else { return name }
    return Name(Array(name.bytes[(point + 1)...]))
  }
  func index(of column: Name) -> Int? { schema.columns.firstIndex { $0.name == column } }
}

/// The columns of an array of files: their content, and what is said of them.
struct FileColumns {
  let body: Int
  private let type: Int?
  private let size: Int?
  private let fileName: Int?
  private let id: Int?

  /// Nil when the array is not called `files`, or its columns are not those of files.
  init?(_ section: Name, _ columns: [Column]) {
    guard section == "files" || section == "embeddedFiles" || section == "attachments" else { return nil }
    func first(_ names: [Name]) -> Int? {
      names.lazy.compactMap { name in columns.firstIndex { $0.name == name } }.first
    }
    type = first(["mimeType", "mimetype", "contentType", "type"])
    size = first(["size", "fileSize"])
    fileName = first(["filename", "fileName", "name"])
    id = first(["assetId", "id", "fileId"])
    guard let body = first(["content", "data", "base64"]), type ?? fileName != nil else { return nil }
    self.body = body
  }

  /// What a row says of its file; `number` names those that have no id.
  func file(_ batch: borrowing RecordBatch, _ row: Int, number: Int) -> EmbeddedFile {
    func text(_ column: Int?) -> [UInt8] {
      guard let column, column < batch.columnCount else { return [] }
      let cell = batch[row, column]
      return cell.kind == .text || cell.kind == .number
        ? Array(batch.heap.span(at: cell.offset, count: min(cell.count, 4096))) : []
    }
    let name = text(id)
    var file = EmbeddedFile(name: name.isEmpty ? Name("\(number)") : Name(name))
    file.statedType = text(type)
    file.fileName = text(fileName)
    file.statedSize = Int64(digits: text(size).span)
    return file
  }
}

/// A table of the backup while its rows come in.
struct TableFacts {
  /// Position among the tables of the schema; nil: no schema knows it.
  var known: Int?
  var name: Name
  /// Sets of values by names of columns: of rows that stand alone, and of those within others.
  var sets: [[Name]: KeyIndex.ID] = [:]
  var nestedSets: [[Name]: KeyIndex.ID] = [:]
  var rowCount = 0
  var nestedCount = 0
  /// Whether an array of its own is there.
  var hasSection = false
}

/// Where files lie that rows refer to.
struct AssetCounts: Hashable, Sendable {
  var cloud = 0
  var local = 0
  var embedded = 0
  /// Rows without any address.
  var nowhere = 0

  /// Takes an address; tells where it is.
  mutating func add(_ address: Span<UInt8>) -> Place {
    let place = Self.place(address)
    switch place {
    case .cloud: cloud += 1
    case .local: local += 1
    case .embedded: embedded += 1
    }
    return place
  }

  enum Place { case cloud, local, embedded }

  /// Addresses of clouds, and of the own machine.
  private static let clouds = ["https://", "http://", "s3://", "gs://", "dropbox:", "/dropbox/", "//"]
    .map { Array($0.utf8) }
  private static let own = ["localhost", "127.", "0.0.0.0", "[::1]", "10.", "192.168.", "host.docker.internal"]
    .map { Array($0.utf8) }

  static func place(_ address: Span<UInt8>) -> Place {
    var start: [UInt8] = []
    for i in address.indices.prefix(64) { start.append(asciiLower(address[i])) }
    if start.starts(with: "data:".utf8) { return .embedded }
    guard let cloud = clouds.first(where: { start.starts(with: $0) }) else { return .local }
    let host = start.dropFirst(cloud.count)
    return own.contains { host.starts(with: $0) } ? .local : .cloud
  }
}

/// Rows that describe files: their ids and where the files lie.
struct AssetScan {
  /// Ids that are kept.
  static let limit = 2_000_000

  private let idColumn: Int
  private let addressColumn: Int
  /// Whether all addresses are paths within a cloud.
  private let isCloudPath: Bool
  private(set) var counts = AssetCounts()
  private(set) var ids = Set<UInt64>()
  /// Those of files on the own server.
  private(set) var localIDs = Set<UInt64>()
  private(set) var rowCount = 0

  /// Names of columns that say where a file lies, the best first, and of such that only rows of files have.
  private static let addresses: [Name] = [
    "url", "fileUrl", "file_url", "blobUrl", "path", "filePath", "dropboxPath", "src",
  ]
  private static let companions: Set<Name> = [
    "filename", "fileName", "file_name", "mimeType", "mimetype", "mime_type", "contentType", "size", "fileSize",
  ]

  /// Nil when the columns are not those of files.
  init?(_ columns: [Column]) {
    let names = columns.map(\.name)
    guard let id = names.firstIndex(of: "id"), names.contains(where: { Self.companions.contains($0) }),
      let address = Self.addresses.lazy.compactMap({ names.firstIndex(of: $0) }).first
    else { return nil }
    (idColumn, addressColumn) = (id, address)
    isCloudPath = names[address].lowercased.hasPrefix("dropbox")
  }

  mutating func add(_ batch: borrowing RecordBatch) {
    guard batch.columnCount > max(idColumn, addressColumn) else { return }
    for row in 0..<batch.rowCount {
      rowCount += 1
      let id = batch[row, idColumn], address = batch[row, addressColumn]
      let hash = id.kind == .text || id.kind == .number ? Self.hash(batch.bytes(of: id)) : 0
      if ids.count < Self.limit { ids.insert(hash) }
      switch address.kind {
      case .text where address.count > 0 && isCloudPath: counts.cloud += 1
      case .text where address.count > 0:
        if counts.add(batch.bytes(of: address)) == .local, localIDs.count < Self.limit { localIDs.insert(hash) }
      case .external: counts.embedded += 1
      default: counts.nowhere += 1
      }
    }
  }

  static func hash(_ id: Span<UInt8>) -> UInt64 { Hash128.of(id, seed: 0).low }
  func holds(_ name: Name) -> Bool { ids.contains(Self.hash(name.bytes.span)) }
}

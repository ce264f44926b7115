internal import Bytes
internal import Conversion
internal import ConvexValues
internal import JSONStream
internal import Records

/// What the first bytes of a file say about Convex.
struct ConvexHead {
  /// How the file's JSON lies.
  enum Shape: Equatable { case array, lines, combined }

  var shape: Shape
  /// Whether it is what `npx convex data` prints: nearly JSON.
  private(set) var isPrinted = false
  /// Records looked at, and how many of them have an id that decodes and a numeric creation time.
  var records = 0
  var convexRecords = 0
  /// Of the combined file's metadata.
  var deployment: Name?
  var createdAt: [UInt8]?
  var tableNames: [Name] = []

  /// Share of records that must look like Convex documents.
  private static let leastShare = 0.9

  /// The kind of backups that `npx convex data` printed.
  static let printedKind = "printed documents"

  /// Reads a head; nil when it is no JSON of records.
  init?(_ head: [UInt8]) {
    if let json = PrintedText.json(head), let printed = ConvexHead(json: json), printed.holdsConvexRecords {
      self = printed
      isPrinted = true
      return
    }
    self.init(json: head)
  }

  private init?(json head: [UInt8]) {
    guard let first = head.first(where: { $0 > 0x20 }) else { return nil }
    if first == UInt8(ascii: "[") {
      self.init(head, .document, as: .array)
    } else if first == UInt8(ascii: "{") {
      self.init(head, .lines, as: .lines)
      if !isConvex && records < 2 { self.init(head, .document, as: .combined) }
    } else {
      return nil
    }
  }

  private init(_ head: [UInt8], _ layout: JSONShape, as shape: Shape) {
    self.shape = shape
    var reader = JSONRecordReader(MemorySource(head), name: "", shape: layout, capacity: head.count + 64)
    if shape == .combined { takeMetadata(head) }
    // The head may end inside a record: the error after the whole ones says nothing.
    try? look(&reader)
  }

  private mutating func look(_ reader: inout JSONRecordReader) throws(ReadError) {
    var batch = RecordBatch(capacity: 1 << 16)
    while let schema = try reader.nextTable() {
      let id = schema.index(of: "_id"), time = schema.index(of: "_creationTime")
      while try reader.read(into: &batch) {
        // A record of an envelope's own members is no document of a table.
        if shape == .combined, schema.name.isEmpty || id == nil && batch.rowCount == 1 { continue }
        for row in 0..<batch.rowCount {
          records += 1
          guard let id, let time else { continue }
          let idCell = batch[row, id]
          let isNumber = [.number, .integer, .double].contains(batch[row, time].kind)
          if isNumber, idCell.kind == .text, ConvexID.tableNumber(of: batch.bytes(of: idCell)) != nil {
            convexRecords += 1
          }
        }
      }
    }
  }

  /// Reads the first members of the document: what describes the backup stands before its rows.
  private mutating func takeMetadata(_ head: [UInt8]) {
    guard let metadata = jsonMembers(head).first(where: { $0.name == "backup_metadata" }) else { return }
    for (name, value) in jsonMembers(metadata.value) {
      switch name {
      case "convex_deployment": deployment = Name(value)
      case "created_at": createdAt = value
      case "tables": tableNames = jsonTexts(value).map { Name($0) }
      default: break
      }
    }
  }

  /// Whether enough of the records are Convex documents.
  var holdsConvexRecords: Bool { records > 0 && Double(convexRecords) >= Self.leastShare * Double(records) }
  /// Whether first bytes are those of a file of Convex.
  static func isConvex(_ head: [UInt8]) -> Bool { ConvexHead(head)?.isConvex ?? false }

  /// Whether the file is Convex's.
  var isConvex: Bool { holdsConvexRecords || shape == .combined && deployment != nil }
}

extension ConvexHead {
  /// The name of a table as the metadata writes it; file names are in small letters. The same name when it does not occur.
  func exactName(of stem: Name) -> Name {
    tableNames.first { $0 == stem } ?? tableNames.first { $0.lowercased == stem.lowercased } ?? stem
  }

  /// When the backup was made, if that is said with a zone.
  var takenAt: TakenAt? {
    guard let createdAt, let date = DateText(createdAt.span), date.kind == .timestamptz else { return nil }
    return TakenAt(microseconds: date.microseconds, hasZone: true, origin: "content")
  }

  /// The deployment without the domain that all have.
  var projectName: Name? {
    guard let deployment else { return nil }
    for suffix in [".convex.cloud", ".convex.site"] where deployment.hasSuffix(suffix) {
      let short = Name(Array(deployment.bytes.dropLast(suffix.utf8.count)))
      if !short.isEmpty { return short }
    }
    return deployment
  }
}

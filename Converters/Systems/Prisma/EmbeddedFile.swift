internal import Bytes
internal import Conversion
internal import Diagnostics
internal import Records

/// A file whose bytes stand in the JSON of a backup.
struct EmbeddedFile: Sendable {
  /// Its key among the envelope's files, or table, column and record.
  var name: Name
  /// What the file is called where it came from.
  var fileName: [UInt8] = []
  var address: [UInt8] = []
  var statedType: [UInt8] = []
  var statedSize: Int64?
  var byteCount: Int64 = 0
  var checksum: [UInt8] = []
  var head: [UInt8] = []
  var isLenient = false
  var isBroken = false
  /// Whether a member held its bytes.
  var hasBody = false
  /// The row it belongs to.
  var table: Name?
  /// Where it stands: the column and number of its record; nil for the envelope's files.
  var place: (column: Name, record: Int)?
  /// The same as the survey knows it: an array of rows, its column and row.
  var cell: (raw: Int, column: Int, row: Int)?
  /// Its number in the stage in which its bytes are.
  var staged: Int?

  var type: FileType? { FileType(head) }
  /// Whether all of its bytes are there.
  var isComplete: Bool { hasBody && !isBroken }

  /// The ending of its name where it came from; else that of its type.
  var ending: [UInt8] {
    if let point = fileName.lastIndex(of: UInt8(ascii: ".")), fileName.count - point > 1, fileName.count - point < 6 {
      return Array(fileName[(point + 1)...])
    }
    return Array((type?.ending ?? "").utf8)
  }

  /// It as an object of the backup.
  func object(in artifact: [UInt8]) -> SchemaObject {
    var object = SchemaObject(kind: "embedded-file", name: name, table: table)
    var attributes: [SchemaAttribute] = []
    func add(_ name: String, _ value: [UInt8]) { if !value.isEmpty { attributes.append(SchemaAttribute(name, value)) } }
    add("bytes", Array("\(byteCount)".utf8))
    add("sha256", Array(hexadecimal(checksum).utf8))
    add("type", Array((type?.mediaType ?? "").utf8))
    add("stated-type", statedType)
    if let statedSize { add("stated-bytes", Array("\(statedSize)".utf8)) }
    add("file-name", fileName)
    add("url", address)
    if let place {
      add("column", place.column.bytes)
      add("record", Array("\(place.record)".utf8))
    }
    add("artifact", artifact)
    object.attributes = attributes
    return object
  }
}

/// What is wrong with the files of a backup, counted.
struct EmbeddedFileNotes: Sendable {
  private struct Note: Sendable {
    var count = 0
    var names: [Name] = []
  }
  private var notes: [String: Note] = [:]

  mutating func look(at file: EmbeddedFile) {
    if !file.hasBody { return note("file-without-content", file) }
    if file.isBroken { return note("file-undecodable", file) }
    if file.isLenient { note("file-base64-lenient", file) }
    if let stated = file.statedSize, stated != file.byteCount { note("file-size-differs", file) }
    if let type = file.type, !type.agrees(with: file.statedType) { note("file-type-differs", file) }
  }
  mutating func note(_ code: String, _ file: EmbeddedFile) {
    notes[code, default: Note()].count += 1
    if notes[code, default: Note()].names.count < 3 { notes[code]?.names.append(file.name) }
  }

  private static let words: [(code: String, severity: Severity, message: String, advice: String?)] = [
    ("file-without-content", .error, "embedded files have no content", "fetch them again from where they were stored"),
    ("file-undecodable", .error, "embedded files are no base64", "fetch them again from where they were stored"),
    (
      "file-size-differs", .warning, "embedded files have another size than is stated",
      "compare them with the originals: they may be cut off"
    ),
    ("file-type-differs", .warning, "embedded files are of another type than is stated", nil),
    (
      "file-base64-lenient", .info, "embedded files are base64 with line breaks, another alphabet or without padding",
      nil
    ),
    (
      "file-orphaned", .warning, "embedded files belong to no row of the backup",
      "their rows were left out of the backup, or deleted while it was made"
    ),
  ]

  func findings(artifact: [UInt8]) -> [Finding] {
    Self.words.compactMap { word in
      guard let note = notes[word.code] else { return nil }
      let names = note.names.map { "'\(displayed($0))'" }.joined(separator: ", ") + (note.count > 3 ? ", …" : "")
      return Finding(
        word.code, word.severity, "\(word.message): \(names)", advice: word.advice, artifact: artifact,
        count: note.count)
    }
  }
}

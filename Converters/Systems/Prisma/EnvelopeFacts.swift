internal import Bytes
internal import Conversion
internal import Diagnostics
internal import JSONStream
internal import Records

/// What the envelope around the rows says of the backup.
struct EnvelopeFacts {
  /// Members by the keys around them, texts without escapes and other values as they stand.
  private(set) var members: [Name: [UInt8]] = [:]
  /// Rows that the envelope states for each table.
  private(set) var stated: [(table: Name, count: [UInt8])] = []
  /// Files that could not be fetched or were passed over, as the envelope lists them.
  private(set) var failedFiles = 0
  private(set) var skippedFiles = 0

  private static let memberLimit = 4096, valueLimit = 1 << 16

  /// Whether an array of objects says something of the backup instead of holding its rows.
  static func isService(_ name: Name) -> Bool {
    let first = Name(Array(name.bytes.prefix { $0 != UInt8(ascii: ".") }))
    return first.bytes.count < name.bytes.count && PrismaEnvelope.services.contains(first.lowercased)
  }

  /// Whether the first row of a table only says that there are no others.
  static func isPlaceholder(_ batch: borrowing RecordBatch, _ schema: TableSchema) -> Bool {
    guard batch.rowCount == 1, let id = schema.index(of: "id"), id < batch.columnCount else { return false }
    let cell = batch[0, id], mark = Array("METADATA_ONLY".utf8)
    return cell.kind == .text && batch.heap.equals(mark, at: cell.offset, count: cell.count)
  }

  /// Takes the members around tables; `frame` is the name of their record.
  mutating func add(_ batch: borrowing RecordBatch, _ frame: TableSchema) {
    let path = frame.name == "." ? "" : frame.name
    for (i, column) in frame.columns.enumerated() where batch.rowCount > 0 && i < batch.columnCount {
      let cell = batch[0, i]
      switch cell.kind {
      case .text, .number: put(path + column.name, Self.beginning(cell, of: batch))
      case .boolean: put(path + column.name, Array((cell.boolean ? "true" : "false").utf8))
      case .json:
        let text = Self.beginning(cell, of: batch)
        put(path + column.name, text)
        addObject(text, path + column.name)
      default: continue
      }
    }
  }

  private static func beginning(_ cell: Cell, of batch: borrowing RecordBatch) -> [UInt8] {
    Array(batch.heap.span(at: cell.offset, count: min(cell.count, valueLimit)))
  }

  /// The members of an object that is kept as a value.
  private mutating func addObject(_ text: [UInt8], _ path: Name) {
    guard text.first == UInt8(ascii: "{"), let outline = JSONOutline(text) else { return }
    for member in outline.members where member.value == .text || member.value == .scalar {
      var value = member.text
      while let last = value.last, last <= 0x20 { value.removeLast() }
      put(path + "." + member.key, value)
    }
  }

  private mutating func put(_ name: Name, _ value: [UInt8]) {
    if members.count < Self.memberLimit { members[name] = value }
  }

  /// Takes rows that say something of the backup.
  mutating func addService(_ batch: borrowing RecordBatch, _ schema: TableSchema) {
    if schema.name.hasSuffix(".failedFiles") { failedFiles += batch.rowCount }
    if schema.name.hasSuffix(".skippedFiles") { skippedFiles += batch.rowCount }
    guard let table = schema.index(of: "table") ?? schema.index(of: "name"), let count = schema.index(of: "count")
    else {
      return
    }
    for row in 0..<batch.rowCount where stated.count < Self.memberLimit && max(table, count) < batch.columnCount {
      let name = batch[row, table], number = batch[row, count]
      guard name.kind == .text, number.kind == .number else { continue }
      stated.append((Name(batch.bytes(of: name)), Array(batch.bytes(of: number))))
    }
  }

  /// The value of a member of the root or of one of the places where envelopes say such things.
  func value(_ key: Name) -> [UInt8]? {
    for place in ["", "metadata.", "meta.", "info.", "summary.", "statistics.", "stats."] as [Name] {
      if let found = members[place + key] { return found }
    }
    return nil
  }
  func isTrue(_ key: Name) -> Bool? { value(key).map { $0.elementsEqual("true".utf8) } }
  func number(_ key: Name) -> Int64? { value(key).flatMap { Int64(digits: $0.span) } }

  /// Members that the backup's page in a catalog shows.
  var attributes: [(name: String, value: [UInt8])] {
    let shown = [
      "version", "type", "environment", "backupId", "mode", "description", "includes_files", "includes_passwords",
      "auto_discovered", "status",
    ]
    return shown.compactMap { name in
      value(Name(name)).flatMap { $0.count <= 1024 && $0.first != UInt8(ascii: "{") ? (name, $0) : nil }
    }
  }
}

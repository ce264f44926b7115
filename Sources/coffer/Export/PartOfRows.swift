internal import Bytes
internal import CommandLine
internal import Conversion
internal import Diagnostics
internal import Records

/// The rows that `--only` asks for, and what is said of them above.
struct PartOfRows: Sendable {
  private let selections: [ExportSelection]
  private let origin: [String]

  init(_ selections: [ExportSelection], origin: [String]) {
    self.selections = selections
    self.origin = origin
  }

  /// Whether tables are there already where the rows go: a system makes those of its users itself.
  var isDataOnly: Bool { selections.allSatisfy { if case .users = $0 { true } else { false } } }

  /// Names of the tables.
  func tables(among tables: [TableSchema]) throws(Failure) -> [Name] {
    var names: [Name] = []
    for selection in selections {
      switch selection {
      case .table(let name):
        guard tables.contains(where: { $0.name == name }) else {
          throw noSuchTable(name.bytes, among: tables.map(\.name))
        }
        names.append(name)
      case .users:
        let found = UserTables.find(in: tables)
        guard !found.isEmpty else {
          throw Failure(
            .failure, "no table of the backup looks like one of users", advice: "name it: --only table:NAME")
        }
        names += found
      case .kinds, .encryption: break
      }
    }
    return names
  }

  /// Sets a conversion up to write them.
  func adjust(_ job: inout ConversionJob, _ names: [Name], _ invocation: Invocation) {
    if isDataOnly, !invocation.isSet(ConvertFlags.schemaOnly) {
      job.options.writesSchema = false
      job.options.usesInserts = true
    }
    if job.format.id == "sql" { job.encoder = Headed(header: header(names), encoder: job.encoder) }
  }

  /// Comments for the head of an SQL script.
  func header(_ names: [Name]) -> [UInt8] {
    let shown = names.map { displayed($0) }.joined(separator: ", ")
    let lines =
      ["\(selections.map(\.word).joined(separator: ", ")) of backup " + origin[0]] + origin.dropFirst() + [
        "rows of \(shown)" + (isDataOnly ? "; the tables have to be there" : ""),
        "Not included: other tables, objects and grants.",
      ]
    return Array(lines.map { "-- \($0)\n" }.joined().utf8)
  }
}

/// Writes some bytes in front of everything else, whatever compresses it.
struct Headed: ContentDecoder {
  let header: [UInt8]
  let encoder: (any ContentDecoder)?

  var id: String { encoder?.id ?? "" }
  var endings: [String] { encoder?.endings ?? [] }
  func matches(_ head: [UInt8]) -> Bool { false }
  func decode(_ source: consuming any ByteSource & ~Copyable) throws(IOError) -> any ByteSource & ~Copyable {
    if let encoder { try encoder.decode(source) } else { source }
  }
  func encode(_ sink: consuming any ByteSink & ~Copyable) throws(IOError) -> any ByteSink & ~Copyable {
    var inner: any ByteSink & ~Copyable
    if let encoder { inner = try encoder.encode(sink) } else { inner = sink }
    try inner.write(header.span)
    return inner
  }
}

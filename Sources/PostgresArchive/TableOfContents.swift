internal import Bytes
internal import Records

/// The head and the entries of an archive.
struct TableOfContents {
  var header: ArchiveHeader
  var entries: [TOCEntry] = []
  /// Where the data area of a custom archive begins.
  var end: Int64

  /// Reads both and leaves the input behind them; of a version that is not known, the head alone.
  init(_ input: inout ArchiveBytes) throws(ReadError) {
    header = try ArchiveHeader.read(&input)
    end = input.offset
    if header.refusal != nil { return }
    let start = input.offset
    let count = try input.count(of: "entries")
    guard Int64(count) <= input.left / Self.leastEntry else {
      throw input.corrupt("it cannot hold the \(count) entries it announces", at: start)
    }
    var seen = Set<Int>()
    for _ in 0..<count {
      let start = input.offset
      let entry = try Self.entry(&input, header)
      guard entry.dumpId > 0, seen.insert(entry.dumpId).inserted else {
        throw input.corrupt("the entry number \(entry.dumpId) is not above 0 or occurs twice", at: start)
      }
      entries.append(entry)
    }
    end = input.offset
  }

  /// No entry has fewer bytes.
  private static let leastEntry: Int64 = 40

  private static func entry(_ input: inout ArchiveBytes, _ header: ArchiveHeader) throws(ReadError) -> TOCEntry {
    let dumpId = try input.int()
    let hadDumper = try input.int() != 0
    let tableOID = try input.decimal()
    let oid = try input.decimal()
    let tag = Name(try input.string() ?? [])
    let desc = Name(try input.string() ?? [])
    let section = header.isAtLeast(11) ? try section(&input) : TOCEntry.section(of: desc)
    let defn = try input.string() ?? []
    let dropStmt = try input.string() ?? []
    let copyStmt = try input.string() ?? []
    let namespace = try input.string().map { Name($0) }
    let tablespace = try input.string().map { Name($0) }
    let accessMethod = header.isAtLeast(14) ? try input.string().map { Name($0) } : nil
    let relkind = header.isAtLeast(16) ? UInt8(truncatingIfNeeded: try input.int()) : 0
    let owner = try input.string().map { Name($0) }
    let withOIDs = try input.string() == Array("true".utf8)
    let dependencies = try dependencies(&input)
    let isCustom = header.format == .custom
    let position = isCustom ? try input.position() : .none
    let fileName = isCustom ? [] : try input.string() ?? []
    return TOCEntry(
      dumpId: dumpId, hadDumper: hadDumper, tableOID: tableOID, oid: oid, tag: tag, desc: desc, section: section,
      defn: defn, dropStmt: dropStmt, copyStmt: copyStmt, namespace: namespace, tablespace: tablespace,
      accessMethod: accessMethod, relkind: relkind, owner: owner, withOIDs: withOIDs, dependencies: dependencies,
      fileName: fileName, position: position)
  }

  private static func section(_ input: inout ArchiveBytes) throws(ReadError) -> TOCEntry.Section {
    let start = input.offset
    let number = try input.int()
    guard let section = TOCEntry.Section(rawValue: number) else {
      throw input.corrupt("an entry is in the section \(number)", at: start)
    }
    return section
  }

  private static func dependencies(_ input: inout ArchiveBytes) throws(ReadError) -> [Int] {
    var numbers: [Int] = []
    while true {
      let start = input.offset
      guard let text = try input.string() else { return numbers }
      guard let number = decimalNumber(text) else { throw input.corrupt("a dependency is no number", at: start) }
      numbers.append(Int(number))
    }
  }
}

/// The number that decimal digits spell; nil when they are none or have more than 32 bits.
func decimalNumber(_ text: [UInt8]) -> UInt32? {
  guard !text.isEmpty, text.count <= 10 else { return nil }
  var value: UInt64 = 0
  for byte in text {
    guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) else { return nil }
    value = value * 10 + UInt64(byte - UInt8(ascii: "0"))
  }
  return UInt32(exactly: value)
}

extension ArchiveBytes {
  /// A text that spells an object identifier; none is 0.
  fileprivate mutating func decimal() throws(ReadError) -> UInt32 {
    let start = offset
    guard let text = try string(), !text.isEmpty else { return 0 }
    guard let number = decimalNumber(text) else { throw corrupt("an object identifier is no number", at: start) }
    return number
  }
}

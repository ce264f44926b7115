internal import Bytes

/// Reads a zip by its central directory, each entry checked against its local header.
///
/// Our own instead of libarchive's, which converts names to the locale's encoding, lets local and central headers differ
/// and has to walk the list to reach an entry.
struct ZipArchive: ArchiveReader {
  private(set) var entries: [ArchiveEntry] = []
  var remarks: [String] { [] }
  private let file: SharedFile
  private let limits: ExpansionLimits
  private var places: [Place] = []

  /// Where an entry's bytes lie and what they must come to.
  private struct Place {
    var method: Int
    var start: Int64
    var storedCount: Int64
    var byteCount: Int64
    var checksum: UInt32
  }

  static func matches(_ head: [UInt8]) -> Bool {
    head.starts(with: [0x50, 0x4B, 3, 4]) || head.starts(with: [0x50, 0x4B, 5, 6])
  }
  static func endsLikeOne(_ file: SharedFile) throws(IOError) -> Bool { try ZipDirectory.endsFile(file) }

  init(_ file: SharedFile, limits: ExpansionLimits) throws(IOError) {
    self.file = file
    self.limits = limits
    let directory = try ZipDirectory(file)
    guard directory.entryCount <= limits.entries else {
      throw damaged("zip has \(directory.entryCount) entries; the limit is \(limits.entries)")
    }
    guard directory.byteCount <= 1 << 26 else { throw damaged("zip's directory is larger than 64 MiB") }
    let bytes = LittleEndian(bytes: try file.bytes(at: directory.offset, count: Int(directory.byteCount)))
    var at = 0
    var spans: [(start: Int64, end: Int64)] = []
    var total: Int64 = 0
    for _ in 0..<directory.entryCount {
      guard let header = ZipHeader(bytes, at: at) else { throw ZipDirectory.refused("zip's directory is damaged") }
      at = header.end
      let (dataStart, dataEnd) = try Self.checkLocal(header, file, before: directory.offset)
      spans.append((header.localOffset, dataEnd))
      total = total.addingReportingOverflow(header.byteCount).partialValue
      guard total >= 0, total <= limits.total else { throw damaged("zip holds more than \(limits.total) bytes") }
      entries.append(entry(of: header))
      places.append(
        Place(
          method: header.method, start: dataStart, storedCount: header.storedCount, byteCount: header.byteCount,
          checksum: header.checksum))
    }
    guard at == bytes.bytes.count else {
      throw ZipDirectory.refused("zip's directory holds more than the end record counts")
    }
    try Self.checkLayout(spans)
  }

  /// Entries must begin at the start of the file and not share bytes: a few stored bytes can otherwise pose as thousands
  /// of entries.
  private static func checkLayout(_ spans: [(start: Int64, end: Int64)]) throws(IOError) {
    var end: Int64 = 0
    for (i, span) in spans.sorted(by: { $0.start < $1.start }).enumerated() {
      guard i > 0 || span.start == 0 else {
        throw ZipDirectory.refused("zip has \(span.start) bytes before its first entry")
      }
      guard span.start >= end else { throw ZipDirectory.refused("zip's entries overlap") }
      end = span.end
    }
  }

  /// Range of the entry's stored bytes; its local header must say what the directory says.
  private static func checkLocal(
    _ header: ZipHeader, _ file: SharedFile, before limit: Int64
  ) throws(IOError) -> (Int64, Int64) {
    let wanted = 30 + header.name.count
    let local = LittleEndian(bytes: try file.bytes(at: header.localOffset, count: wanted))
    guard local.bytes.count == wanted, local.u32(0) == 0x0403_4B50 else {
      throw ZipDirectory.refused("zip's directory points to where no entry begins")
    }
    let isStreamed = header.flags & 8 != 0
    guard local.u16(26) == header.name.count, Array(local.bytes[30...]) == header.name,
      local.u16(8) == header.method, local.u16(6) & 1 == header.flags & 1
    else { throw ZipDirectory.refused("zip's directory and an entry's own header differ in name or method") }
    guard isStreamed || local.u32(14) == header.checksum, agrees(local.u32(18), header.storedCount, isStreamed),
      agrees(local.u32(22), header.byteCount, isStreamed)
    else { throw ZipDirectory.refused("zip's directory and an entry's own header differ in size or checksum") }
    let start = header.localOffset + Int64(wanted) + Int64(local.u16(28))
    let (end, overflow) = start.addingReportingOverflow(header.storedCount)
    guard !overflow, end <= limit else { throw ZipDirectory.refused("zip's entry reaches beyond the data") }
    return (start, end)
  }

  /// Whether a local size agrees; a streamed entry's is not known yet, a large one's stands elsewhere.
  private static func agrees(_ local: UInt32, _ central: Int64, _ isStreamed: Bool) -> Bool {
    local == 0xFFFF_FFFF || Int64(local) == central || isStreamed && local == 0
  }

  private func entry(of header: ZipHeader) -> ArchiveEntry {
    var entry = ArchiveEntry(
      path: header.name, kind: header.kind, byteCount: header.byteCount, modified: header.modified, mode: header.mode,
      isEncrypted: header.flags & 1 != 0)
    if let reason = limits.violation(output: header.byteCount, input: header.storedCount) {
      entry.problem = reason
    } else if ![0, 8, 12, 93, 95].contains(header.method) {
      entry.problem = "is compressed by method \(header.method), which is not known"
    }
    return entry
  }

  func open(_ index: Int) throws(IOError) -> any ByteSource & ~Copyable {
    let place = places[index]
    if entries[index].isEncrypted { throw IOError("decompress", detail: "entry is encrypted") }
    if let problem = entries[index].problem {
      throw IOError("decompress", detail: "entry \(problem)", advice: ExpansionLimits.advice)
    }
    let stored = RangeSource(file, at: place.start, count: place.storedCount)
    return CheckedSource(try plain(stored, place), byteCount: place.byteCount, checksum: place.checksum)
  }

  private func plain(_ stored: consuming RangeSource, _ place: Place) throws(IOError) -> any ByteSource & ~Copyable {
    switch place.method {
    case 0: stored
    case 12: try DecompressingSource(stored, .bzip2, limits: limits)
    case 93: try DecompressingSource(stored, .zstd, limits: limits)
    case 95: try DecompressingSource(stored, .xz, limits: limits)
    default: try DecompressingSource(deflated: stored, limits: limits)
    }
  }
}

internal import Bytes

/// Reads a tar: v7, ustar, pax and GNU long names; names stay the bytes they are.
///
/// Our own instead of libarchive's, which converts names to the locale's encoding and reaches an entry only by walking.
struct TarArchive: ArchiveReader {
  private(set) var entries: [ArchiveEntry] = []
  private(set) var remarks: [String] = []
  private let file: SharedFile
  private var starts: [Int64] = []

  static func matches(_ head: [UInt8]) -> Bool {
    guard head.count >= 512 else { return false }
    return TarHeader.hasMagic(head) || TarHeader(Array(head[..<512])) != nil
  }

  init(_ file: SharedFile, limits: ExpansionLimits) throws(IOError) {
    self.file = file
    var at: Int64 = 0
    var pending = TarExtension(), global = TarExtension()
    var headers = 0
    while true {
      let block = try file.bytes(at: at, count: 512)
      if block.count < 512 || block.allSatisfy({ $0 == 0 }) {
        if block.count < 512 { remarks.append("archive has no end mark: it may be cut off") }
        try noteWhatFollows(at + 512)
        break
      }
      headers += 1
      guard let header = TarHeader(block) else { throw damaged("tar header at byte \(at) is damaged") }
      // Extension headers count too, or a million of them would pass as one entry.
      guard headers <= 4 * limits.entries, entries.count < limits.entries else {
        throw damaged("tar has more than \(limits.entries) entries")
      }
      let isExtension = "xgLK".utf8.contains(header.type)
      let size = isExtension ? header.byteCount : pending.byteCount ?? header.byteCount
      let start = at + 512
      guard size >= 0, header.holdsData, size > file.byteCount - start else {
        try take(header, size: header.holdsData ? size : 0, at: start, &pending, &global)
        at = start + (header.holdsData ? (size + 511) / 512 * 512 : 0)
        continue
      }
      throw damaged("tar is cut off: an entry at byte \(at) reaches beyond its end")
    }
  }

  /// Notes one header and its data.
  private mutating func take(
    _ header: TarHeader, size: Int64, at start: Int64, _ pending: inout TarExtension, _ global: inout TarExtension
  ) throws(IOError) {
    guard size >= 0 else { throw damaged("tar entry has a negative size") }
    guard "xgLK".utf8.contains(header.type) else {
      entries.append(header.entry(size: size, pending, global))
      starts.append(start)
      pending = TarExtension()
      return
    }
    guard size <= 1 << 20 else { throw damaged("tar's extension header is larger than 1 MiB") }
    let data = try file.bytes(at: start, count: Int(size))
    switch header.type {
    case UInt8(ascii: "L"): pending.path = Array(data.prefix { $0 != 0 })
    case UInt8(ascii: "g"):
      guard global.add(pax: data) else { throw damaged("tar's extension header is damaged") }
    case UInt8(ascii: "x"):
      guard pending.add(pax: data) else { throw damaged("tar's extension header is damaged") }
    default: break  // the target of a link, which is not followed
    }
  }

  /// After the end mark only padding is expected.
  private mutating func noteWhatFollows(_ start: Int64) throws(IOError) {
    var at = start
    while at < file.byteCount {
      let bytes = try file.bytes(at: at, count: 1 << 16)
      guard bytes.allSatisfy({ $0 == 0 }) else {
        remarks.append("bytes follow the archive's end mark at byte \(start)")
        return
      }
      at += Int64(bytes.count)
    }
  }

  func open(_ index: Int) throws(IOError) -> any ByteSource & ~Copyable {
    if let problem = entries[index].problem { throw IOError("read archive", detail: "entry \(problem)") }
    return RangeSource(file, at: starts[index], count: entries[index].byteCount)
  }
}

internal import Archive
package import Bytes

/// The files of a directory or tar dump, found by name. What stands before the names (a directory, a prefix in a tar) is the
/// implementer's business; names asked for are a number with `.dat`, `blob_…dat` or `blobs….toc`, with or without the ending of
/// a compression, and never lead elsewhere.
package protocol ArchiveMembers: Sendable {
  /// The stored bytes of a file; nil when there is none of that name.
  func open(_ name: [UInt8]) throws(IOError) -> (any ByteSource & ~Copyable)?
  /// Its size; nil when there is none of that name.
  func byteCount(of name: [UInt8]) -> Int64?
}

/// Whether a name from an archive may be asked for: `N.dat`, `blob_N.dat`, `blobs.toc` or `blobs_N.toc`.
package func isSafeMemberName(_ name: [UInt8]) -> Bool {
  if name == Array("blobs.toc".utf8) { return true }
  func isNumber(_ prefix: String, _ suffix: String) -> Bool {
    guard name.starts(with: prefix.utf8), name.suffix(suffix.utf8.count).elementsEqual(suffix.utf8) else {
      return false
    }
    let digits = name.dropFirst(prefix.utf8.count).dropLast(suffix.utf8.count)
    return (1...10).contains(digits.count) && prefix.utf8.count + suffix.utf8.count + digits.count == name.count
      && digits.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
  }
  return isNumber("", ".dat") || isNumber("blob_", ".dat") || isNumber("blobs_", ".toc")
}

/// The items of a directory or tar dump, one file each.
struct MemberItems: ItemStore {
  let members: any ArchiveMembers
  let limits: ExpansionLimits

  /// Endings that are tried, and what they mean.
  private static let endings: [(ending: String, compression: Compression?)] = [
    ("", nil), (".gz", .gzip), (".lz4", .lz4), (".zst", .zstd),
  ]

  func open(_ entry: TOCEntry) throws(IOError) -> any ByteSource & ~Copyable { try open(entry.fileName) }

  func offset(of entry: TOCEntry) -> Int64? { nil }

  func storedByteCount(_ entry: TOCEntry) -> Int64? {
    guard isSafeMemberName(entry.fileName) else { return nil }
    for (ending, _) in Self.endings {
      if let count = members.byteCount(of: entry.fileName + Array(ending.utf8)) { return count }
    }
    return nil
  }

  /// The plain bytes of a file under its own name or with the ending of a compression.
  func open(_ name: [UInt8]) throws(IOError) -> any ByteSource & ~Copyable {
    guard isSafeMemberName(name) else { throw unreadable("the name of a data file is not one that pg_dump gives") }
    for (ending, compression) in Self.endings {
      let name = name + Array(ending.utf8)
      guard let source = try members.open(name) else { continue }
      switch compression {
      case nil: return source
      case .gzip:
        return try DeflatedItem { (isExact) throws(IOError) in
          guard let source = try members.open(name) else { throw unreadable("a data file is gone") }
          return isExact
            ? try DecompressingSource(source, .gzip, limits: limits)
            : try DecompressingSource(frames: source, .gzip, limits: limits)
        }
      case let other?: return try DecompressingSource(frames: source, other, limits: limits)
      }
    }
    throw unreadable("the file \(String(decoding: name, as: UTF8.self)) is missing")
  }

  func largeObjects(_ entry: TOCEntry) throws(IOError) -> any LargeObjectList {
    // Tars name a file that is never there; the list has one of these names.
    let numbered = Array("blobs_\(entry.dumpId).toc".utf8), single = Array("blobs.toc".utf8)
    for name in [entry.fileName, numbered, single] where isSafeMemberName(name) && name.starts(with: "blobs".utf8) {
      guard var source = try members.open(name) else { continue }
      return MemberLargeObjects(self, try readAll(&source, limit: Self.listLimit))
    }
    throw unreadable("the list of large objects is missing")
  }
  /// Bytes of a list of large objects.
  private static let listLimit = 1 << 28
}

/// The large objects that a list names, a line each: number, space, file name.
private final class MemberLargeObjects: LargeObjectList {
  private let items: MemberItems
  private let list: [UInt8]
  private var at = 0
  private var name: [UInt8] = []

  init(_ items: MemberItems, _ list: [UInt8]) {
    self.items = items
    self.list = list
  }

  func next() throws(IOError) -> UInt32? {
    guard at < list.count else { return nil }
    let end = list[at...].firstIndex(of: UInt8(ascii: "\n")) ?? list.count
    let line = list[at..<end]
    at = end + 1
    guard let space = line.firstIndex(of: UInt8(ascii: " ")), let oid = decimalNumber(Array(line[..<space])), oid != 0
    else { throw unreadable("the list of large objects is damaged") }
    name = Array(line[(space + 1)...])
    return oid
  }

  func open() throws(IOError) -> any ByteSource & ~Copyable { try items.open(name) }
}

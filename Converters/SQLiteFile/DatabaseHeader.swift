internal import Bytes

/// The first hundred bytes of a SQLite database.
struct DatabaseHeader: Sendable {
  /// What every database begins with.
  static let magic = Array("SQLite format 3\0".utf8)
  static let byteCount = 100

  let pageSize: Int
  /// Size in pages when the database was closed by a program that keeps it.
  let pageCount: Int
  /// Bytes at the end of each page that are not SQLite's own.
  let reserved: Int
  let isUTF16: Bool
  /// Whether the size in pages is of the last change, and the file is of a kind that we know.
  let isCurrent: Bool
  let userVersion: UInt32
  let applicationID: UInt32
  /// Of the library that wrote the file last, such as 3040001.
  let writerVersion: Int

  /// Nil when the bytes are no database's.
  init?(_ bytes: [UInt8]) {
    guard bytes.count >= Self.byteCount, bytes.starts(with: Self.magic) else { return nil }
    func word(_ at: Int) -> UInt32 { bytes[at..<at + 4].reduce(0) { $0 << 8 | UInt32($1) } }
    let size = Int(bytes[16]) << 8 | Int(bytes[17])
    pageSize = size == 1 ? 65536 : size
    guard pageSize >= 512, pageSize & (pageSize - 1) == 0 else { return nil }
    pageCount = Int(word(28))
    reserved = Int(bytes[20])
    isUTF16 = word(56) == 2 || word(56) == 3
    isCurrent = word(24) == word(92) && bytes[18] <= 2 && bytes[19] <= 2 && word(56) == 1
    userVersion = word(60)
    applicationID = word(68)
    writerVersion = Int(word(96))
  }

  /// What the header says of the database, for its page in the catalog.
  var attributes: [(name: String, value: [UInt8])] {
    let version = "\(writerVersion / 1_000_000).\(writerVersion / 1000 % 1000).\(writerVersion % 1000)"
    var attributes = [("page_size", "\(pageSize)"), ("encoding", isUTF16 ? "UTF-16" : "UTF-8")]
    if writerVersion > 0 { attributes.append(("sqlite_version", version)) }
    if userVersion > 0 { attributes.append(("user_version", "\(userVersion)")) }
    if applicationID > 0 { attributes.append(("application_id", "\(applicationID)")) }
    return attributes.map { ($0.0, Array($0.1.utf8)) }
  }
}

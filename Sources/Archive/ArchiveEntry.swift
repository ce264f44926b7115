package import Bytes

/// What an archive says of one of its entries.
package struct ArchiveEntry: Sendable, Equatable {
  package enum Kind: Sendable, Equatable { case regular, directory, symbolicLink, hardLink, special }
  /// The name as it is stored; nothing is trusted about it.
  package var path: [UInt8]
  package var kind: Kind
  /// Size of the plain bytes.
  package var byteCount: Int64
  /// Modification time in nanoseconds since 1970, when it is known; a time without a zone is taken as UTC.
  package var modified: Int64?
  /// Permission bits, when they are known.
  package var mode: UInt32?
  package var isEncrypted = false
  /// Why the entry cannot be read though the archive can; nil when it can.
  package var problem: String?

  /// Time in nanoseconds from whole seconds; nil when the number has no room.
  static func time(seconds: Int64, nanoseconds: Int64 = 0) -> Int64? {
    let (product, overflow) = seconds.multipliedReportingOverflow(by: 1_000_000_000)
    let (sum, carry) = product.addingReportingOverflow(nanoseconds)
    return overflow || carry ? nil : sum
  }
}

/// An opened archive: its entries in stored order, and the plain bytes of each.
package protocol ArchiveReader: Sendable {
  var entries: [ArchiveEntry] { get }
  /// What is odd about the archive though it can be read, one phrase each.
  var remarks: [String] { get }
  /// The plain bytes of a regular entry; size, checksum and limits are checked while it is read.
  func open(_ index: Int) throws(IOError) -> any ByteSource & ~Copyable
}

/// Opens a zip, tar, compressed tar or 7z by its content; nil when the file is none of these.
package func openArchive(_ file: SharedFile, limits: ExpansionLimits = .init()) throws(IOError) -> (any ArchiveReader)?
{
  let head = try file.bytes(at: 0, count: 512)
  let endsLikeZip = try ZipArchive.endsLikeOne(file)
  if ZipArchive.matches(head) || endsLikeZip { return try ZipArchive(file, limits: limits) }
  if SevenZipArchive.matches(head) { return try SevenZipArchive(file, limits: limits) }
  if TarArchive.matches(head) { return try TarArchive(file, limits: limits) }
  guard let compression = Compression.allCases.first(where: { $0.matches(head) }) else { return nil }
  return try openCompressedTar(file, compression, limits: limits)
}

/// A compressed tar is unpacked once to a private nameless file, so that its entries can be read in any order.
private func openCompressedTar(
  _ file: SharedFile, _ compression: Compression, limits: ExpansionLimits
) throws(IOError) -> TarArchive? {
  var source: any ByteSource & ~Copyable
  source = try DecompressingSource(RangeSource(file), compression, limits: limits)
  var heap = ByteHeap(capacity: 1 << 16)
  // A stream that is damaged from the start is no tar; whoever reads it next says what is wrong with it.
  guard var isOver = try? heap.fill(from: &source), TarArchive.matches([UInt8](heap.span)) else { return nil }
  let spill = try SpillFile()
  while true {
    try spill.append(heap.span)
    if isOver { break }
    heap.removeAll()
    isOver = try heap.fill(from: &source)
  }
  return try TarArchive(SharedFile(spill), limits: limits)
}

/// An archive that cannot be read, in one line.
func damaged(_ detail: String) -> IOError { IOError("read archive", detail: detail) }

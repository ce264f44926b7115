internal import Bytes
package import Records

/// A value too large to be kept: it stays in the backup, and is known by its length and digest.
package struct ValueReference: Hashable, Sendable {
  /// `text`, `json`, `bytes` or `number`.
  package var kind: Cell.Kind
  package var byteCount: UInt64
  /// The first 16 bytes of the SHA-256 of the value.
  package var digest: [UInt8]

  /// Larger values are kept by reference.
  package static let leastCount = 1 << 20
  /// Bytes that one takes: kind (1), length (8), digest (16).
  static let storedCount = 25
  static let digestCount = 16

  /// That of a value beside the heap.
  init(_ value: ExternalValue) throws(IndexError) {
    var hash = SHA256()
    do throws(IOError) {
      var source: any ByteSource & ~Copyable = SpillSource(value.file, at: value.offset, count: value.byteCount)
      var heap = ByteHeap(capacity: 1 << 16), isLast = false
      while !isLast {
        heap.removeAll()
        isLast = try heap.fill(from: &source)
        Self.update(&hash, heap)
      }
    } catch { throw IndexError(.io(error)) }
    self.init(kind: value.kind, byteCount: UInt64(value.byteCount), hash)
  }
  private static func update(_ hash: inout SHA256, _ heap: borrowing ByteHeap) { hash.update(heap.span) }

  /// That of a value in the heap.
  init(_ kind: Cell.Kind, _ bytes: Span<UInt8>) {
    var hash = SHA256()
    hash.update(bytes)
    self.init(kind: kind, byteCount: UInt64(bytes.count), hash)
  }
  private init(kind: Cell.Kind, byteCount: UInt64, _ hash: consuming SHA256) {
    self.kind = kind
    self.byteCount = byteCount
    digest = Array(hash.finish().prefix(Self.digestCount))
  }

  /// As `append` laid it out; nil when it makes no sense.
  init?(_ bytes: ArraySlice<UInt8>) {
    guard bytes.count == Self.storedCount, let first = bytes.first, let kind = Cell.Kind(rawValue: first) else {
      return nil
    }
    self.kind = kind
    byteCount = (0..<8).reduce(0) { $0 | UInt64(bytes[bytes.startIndex + 1 + $1]) << UInt64($1 * 8) }
    digest = Array(bytes.suffix(Self.digestCount))
  }

  func append(to heap: inout ByteHeap) {
    heap.append(kind.rawValue)
    heap.append(u64: byteCount)
    heap.append(digest.span)
  }

  /// The term by which rows that hold it are found.
  var term: UInt64 { (0..<8).reduce(0) { $0 | UInt64(digest[$1]) << UInt64($1 * 8) } }
}

extension RowIndex {
  /// The values of a row version that are in its backup only, by the position of their column.
  package func references(of version: UInt32) throws(IndexError) -> [Int: ValueReference] {
    let (reader, row) = try place(of: version), index = reader.header.block(of: row)
    let block = try reader.block(index), inside = row - Int(reader.header.blocks[index].firstRow)
    var found: [Int: ValueReference] = [:]
    for column in 0..<block.columnCount { found[column] = block.reference(inside, column) }
    return found
  }

  /// The row versions that hold a large value with a digest, the first 16 bytes of its SHA-256.
  package func versions(referringTo digest: [UInt8]) throws(IndexError) -> [RowVersion] {
    guard digest.count == ValueReference.digestCount else { throw IndexError(.invalid("a digest has 16 bytes here")) }
    let condition = Condition.term(Term(.hash, Array(digest.prefix(8)))), live = try liveRows()
    var found: [RowVersion] = []
    for segment in manifest.segments {
      let reader = try reader(segment)
      var rows = try reader.rows(condition)
      rows.formIntersection(Self.cut(live, segment))
      try rows.forEach { (row) throws(IndexError) -> Bool in
        let version = segment.firstRow + UInt32(row)
        if try references(of: version).values.contains(where: { $0.digest == digest }) {
          found.append(RowVersion(version: version, backups: try backups(holding: version)))
        }
        return true
      }
    }
    return found
  }
}

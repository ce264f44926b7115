internal import Bytes
internal import CIndex
internal import Records
internal import TextSearch

/// Builds a segment of rows of consecutive numbers: blocks and terms, then identities and keys.
struct SegmentWriter: ~Copyable {
  private var builder = ci_builder()
  private var blocks = RowBlockWriter()
  private var raw = ByteHeap(capacity: 1 << 16)
  private var text = ByteHeap(capacity: 4096)
  private var scratch = ByteHeap(capacity: 4096)
  private var identities = ByteHeap(capacity: 1 << 16)
  private var identityRows: UInt32 = 0
  private var nextBlock: UInt32 = 0
  private var keyPairs: [UInt64] = []
  private let codec: PageCodec
  private let lineage: UInt16
  private let textLimit: UInt64
  private var header: SegmentHeader
  /// Pages to be written, in any order.
  private(set) var pages: [Page] = []
  /// Values that are not searched because of their size or kind.
  private(set) var unsearchableCount: Int64 = 0

  static let rowLimit = Int(CI_ROW_LIMIT)
  static let textLimit: UInt64 = 64 << 20
  static let pairLimit = 1 << 25

  init(
    lineage: UInt16, part: UInt32, firstRow: UInt32, codec: PageCodec, textLimit: UInt64 = SegmentWriter.textLimit
  ) {
    self.lineage = lineage
    self.textLimit = textLimit
    self.codec = codec
    header = SegmentHeader(part: part, firstRow: firstRow)
    ci_builder_start(&builder, UInt64.random(in: .min ... .max))
  }
  /// Begins another segment with the memory of this one, which has been finished.
  mutating func restart(part: UInt32, firstRow: UInt32) {
    precondition(pages.isEmpty)
    ci_builder_clear(&builder)
    header = SegmentHeader(part: part, firstRow: firstRow)
    identities.removeAll()
    (identityRows, nextBlock, unsearchableCount) = (0, 0, 0)
    keyPairs.removeAll(keepingCapacity: true)
  }
  deinit {
    var builder = builder
    ci_builder_free(&builder)
  }

  var rowCount: Int { Int(header.rowCount) }
  /// Whether another block should go into another segment.
  var isFull: Bool {
    header.textCount >= textLimit || rowCount + RowBlockWriter.rowLimit > Self.rowLimit
      || builder.term_count >= CI_TERM_LIMIT || builder.pair_count >= Self.pairLimit
  }

  /// Takes the pages made so far.
  mutating func takePages() -> [Page] {
    var taken: [Page] = []
    swap(&taken, &pages)
    return taken
  }

  /// Adds the rows of a batch as a block, each with its identity; those of which `erased` is true leave nothing but their place.
  mutating func add(
    _ batch: borrowing RecordBatch, _ shape: RowShape, number: Int, identities: [RowIdentity], erased: [Bool],
    references: [ValueReference] = [], secretKey: SecretKey?
  ) throws(IndexError) {
    raw.removeAll()
    blocks.append(batch, shape, key: secretKey, erased: erased, references: references, to: &raw)
    let sealed = Self.seal(codec, raw)
    let first = nextBlock
    let made = try sealed.pages(.rowBlock, lineage: lineage, part: header.part, from: &nextBlock)
    pages += made
    header.rowBytes += UInt64(sealed.count)
    header.blocks.append(
      SegmentHeader.Block(
        part: header.part, number: first, pageCount: nextBlock - first, firstRow: header.rowCount,
        rowCount: UInt32(batch.rowCount), shape: UInt32(number)))
    for row in 0..<batch.rowCount {
      if erased.isEmpty || !erased[row] { fold(row, of: batch, shape) } else { text.removeAll() }
      addText()
      if !references.isEmpty, erased.isEmpty || !erased[row] { addReferences(row, of: batch, shape, references) }
      if let secretKey, erased.isEmpty || !erased[row] { addSecrets(row, of: batch, shape, secretKey) }
      keyPairs.append(KeyPages.pair(identities[row], row: header.rowCount))
      add(identities[row])
      header.rowCount += 1
    }
    header.textCount += UInt64(batch.heap.count)
  }

  private mutating func addText() {
    if Self.add(text, to: &builder) { header.longRunRows.append(header.rowCount) }
  }

  /// Adds the terms of the next row alone.
  mutating func addTerms(_ row: Int, of batch: borrowing RecordBatch, _ shape: RowShape) {
    fold(row, of: batch, shape)
    addText()
    header.rowCount += 1
  }
  /// Adds the hash of a value to the row added last.
  mutating func addHash(_ hash: UInt64) { ci_builder_add_hash(&builder, hash) }

  /// Large values are found by their digests.
  private mutating func addReferences(
    _ row: Int, of batch: borrowing RecordBatch, _ shape: RowShape, _ references: [ValueReference]
  ) {
    for column in 0..<batch.columnCount where !shape.columns[column].isSecret {
      let cell = batch[row, column]
      if cell.kind == .external { ci_builder_add_hash(&builder, references[cell.offset].term) }
    }
  }

  /// Secrets are found whole, by their digests.
  private mutating func addSecrets(_ row: Int, of batch: borrowing RecordBatch, _ shape: RowShape, _ key: SecretKey) {
    for column in 0..<batch.columnCount where shape.columns[column].isSecret {
      guard let digest = key.digest(batch[row, column], batch, shape, column) else { continue }
      ci_builder_add_hash(&builder, (0..<8).reduce(0) { $0 | UInt64(digest[$1]) << UInt64($1 * 8) })
    }
  }

  private static func seal(_ codec: PageCodec, _ raw: borrowing ByteHeap) -> [UInt8] { codec.seal("R1", raw.span) }

  private static func add(_ text: borrowing ByteHeap, to builder: inout ci_builder) -> Bool {
    text.span.withUnsafeBufferPointer { ci_builder_add(&builder, $0.baseAddress!, $0.count) != 0 }
  }

  /// Puts the folded values of a row into `text`, a line feed behind each.
  private mutating func fold(_ row: Int, of batch: borrowing RecordBatch, _ shape: RowShape) {
    text.removeAll()
    for column in 0..<batch.columnCount {
      let cell = batch[row, column]
      if cell.isAbsent || shape.columns[column].isSecret { continue }
      if cell.kind == .external {
        unsearchableCount += 1
        continue
      }
      if cell.storedCount == 0 && cell.kind != .text {
        appendShown(cell, to: &text)
      } else {
        let bytes = batch.bytes(of: cell)
        guard searchable(cell, bytes) else {
          unsearchableCount += 1
          continue
        }
        fold(cell.kind, bytes)
      }
      text.append(0x0A)
    }
  }

  private mutating func fold(_ kind: Cell.Kind, _ bytes: Span<UInt8>) {
    switch kind {
    case .bytes:
      scratch.removeAll()
      scratch.append(bytes)
      hex(&scratch)
      Self.move(scratch, to: &text)
    case .json:
      scratch.removeAll()
      appendUnescapedJSON(bytes, to: &scratch)
      Self.fold(scratch, to: &text)
    default: Folding.appendIndexed(bytes, to: &text)
    }
  }

  private static func move(_ heap: borrowing ByteHeap, to output: inout ByteHeap) { output.append(heap.span) }
  private static func fold(_ heap: borrowing ByteHeap, to output: inout ByteHeap) {
    Folding.appendIndexed(heap.span, to: &output)
  }

  private mutating func add(_ identity: RowIdentity) {
    identities.append(identity)
    identityRows += 1
    if identityRows == IdentityPage.rowLimit { endIdentityPage() }
  }

  private mutating func endIdentityPage() {
    guard identityRows > 0 else { return }
    let number = UInt32(header.hashPages.count)
    let page = Page(
      PageID(.hashes, lineage: lineage, part: header.part, number: number), IdentityPage.sealed(identities, codec))
    header.rowBytes += UInt64(page.bytes.count)
    pages.append(page)
    header.hashPages.append(SegmentHeader.HashPage(part: header.part, number: number, rowCount: identityRows))
    identityRows = 0
    identities.removeAll()
  }

  /// Ends the segment: all its pages but those taken are in `pages` afterwards.
  mutating func finish() throws(IndexError) -> SegmentHeader {
    endIdentityPage()
    try writeTerms()
    try KeyPages.write(&keyPairs, lineage: lineage, codec: codec, header: &header, pages: &pages)
    return header
  }

  /// Ends a segment of which the terms were added: blocks and identities are those of another.
  mutating func finish(rebuilding reader: SegmentReader) throws(IndexError) -> SegmentHeader {
    var rebuilt = reader.header
    (rebuilt.part, rebuilt.longRunRows) = (header.part, header.longRunRows)
    guard rebuilt.rowCount == header.rowCount else { throw IndexError(.damaged("blocks hold other rows", page: nil)) }
    header = rebuilt
    try writeTerms()
    keyPairs.removeAll(keepingCapacity: true)
    try reader.appendKeyPairs(to: &keyPairs, first: 0)
    try KeyPages.write(&keyPairs, lineage: lineage, codec: codec, header: &header, pages: &pages)
    return header
  }

  private mutating func writeTerms() throws(IndexError) {
    ci_builder_sort(&builder)
    var terms = TermWriter(lineage: lineage, part: header.part, rowCount: rowCount, codec: codec)
    try terms.add(all: &builder)
    header.longCount = try terms.finish()
    header.termPages = terms.termPages
    header.indexBytes = terms.byteCount
    pages += terms.pages
  }
}

extension SegmentHeader {
  /// The pages of the header itself.
  func pages(lineage: UInt16, codec: PageCodec) throws(IndexError) -> [Page] {
    var number: UInt32 = 0
    let heap = appended()
    return try codec.seal("S1", heap.span).pages(.header, lineage: lineage, part: part, from: &number)
  }
}

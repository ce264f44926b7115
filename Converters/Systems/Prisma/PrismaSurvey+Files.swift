internal import Bytes
internal import Conversion
internal import Diagnostics
internal import Records

// Files within the JSON: in the envelope, and in cells.
extension PrismaSurvey {
  /// Bytes that a cell with a file has at least.
  private static let leastCell = 64

  /// Takes the members of an envelope that are no rows.
  mutating func takeEnvelope(
    _ batch: borrowing RecordBatch, _ frame: TableSchema, _ document: Int
  ) throws(ReadError) {
    envelope.add(batch, frame)
    guard let column = frame.index(of: "files"), batch.rowCount > 0, column < batch.columnCount else { return }
    var scan = EmbeddedFileScan(FileTarget(input.files))
    do throws(IOError) { try batch.scanFiles(batch[0, column], &scan) } catch { throw ReadError(.io(error)) }
    take(scan.files, unlisted: scan.unlisted)
  }

  /// Takes the files of an envelope.
  mutating func take(_ found: [EmbeddedFile], unlisted: Int) {
    for file in found { fileNotes.look(at: file) }
    files += found
    guard unlisted > 0 else { return }
    findings.append(
      Finding(
        "too-many-files", .warning, "only \(EmbeddedFileScan.limit) of the embedded files are listed", count: unlisted))
  }

  /// Takes the rows of an array of files.
  mutating func addFiles(
    _ batch: borrowing RecordBatch, _ columns: FileColumns, first: Int
  ) throws(ReadError) {
    for row in 0..<batch.rowCount {
      guard files.count < EmbeddedFileScan.limit else { return }
      var reading = FileReading()
      let file = columns.file(batch, row, number: first + row + 1)
      do throws(IOError) {
        reading = try FileReading(file.name, FileTarget(input.files))
        reading.file = file
        try batch.read(batch[row, columns.body], into: &reading)
        try reading.finish()
      } catch { throw ReadError(.io(error)) }
      fileNotes.look(at: reading.file)
      files.append(reading.file)
    }
  }

  /// Takes the files in the cells of rows: data URLs, and objects with content and type.
  mutating func addFiles(
    in batch: borrowing RecordBatch, _ raw: Int, _ table: Int, first: Int
  ) throws(IOError) {
    let profile = raws[raw].profile, start = tables[table].rowCount
    for column in 0..<min(batch.columnCount, profile.columns.count)
    where profile.columns[column].maximumLength >= Self.leastCell {
      for row in 0..<batch.rowCount {
        let cell = batch[row, column]
        guard batch.mayBeFile(cell), files.count < EmbeddedFileScan.limit else { continue }
        var reading = try FileReading(
          tables[table].name + "." + raws[raw].schema.columns[column].name + "/" + Name("\(start + row + 1)"),
          FileTarget(input.files))
        try batch.read(cell, into: &reading)
        try reading.finish()
        var file = reading.file
        guard file.hasBody, file.byteCount > 0, !reading.isMereText else {
          try file.staged.map { (number) throws(IOError) in try input.files?.discard(number) }
          continue
        }
        file.table = tables[table].name
        file.place = (raws[raw].schema.columns[column].name, start + row + 1)
        file.cell = (raw, column, first + row)
        fileNotes.look(at: file)
        files.append(file)
      }
    }
  }

  /// Lists the files as objects, and says which are not there.
  mutating func addFiles(_ knowledge: inout Knowledge) {
    let artifact = content.files.first?.entry.path ?? []
    let assets = raws.compactMap { raw in raw.assets.map { (raw, $0) } }
    var withBody = Set<Name>(), orphans = 0
    for i in files.indices where files[i].place == nil {
      if files[i].hasBody, !files[i].isBroken { withBody.insert(files[i].name) }
      if let owner = assets.first(where: { $0.1.holds(files[i].name) }), let table = owner.0.table {
        files[i].table = tables[table].name
      } else {
        if withBody.contains(files[i].name) { orphans += 1 }
        fileNotes.note("file-orphaned", files[i])
      }
    }
    nameFiles(artifact, &knowledge)
    knowledge.objects += files.map { $0.object(in: artifact) }
    findings += fileNotes.findings(artifact: artifact)
    notePlaceholders()
    // Rows of the table that the envelope's files are of, whose content was not fetched.
    let owners = assets.filter { asset in withBody.contains { asset.1.holds($0) } }
    let rows = owners.reduce(0) { $0 + $1.1.rowCount }, known = withBody.count - orphans
    if rows > known, known > 0 {
      findings.append(
        Finding(
          "file-not-included", .warning, "\(rows - known) rows describe files whose content is not in the backup",
          advice: "they were too large, or could not be fetched: take them from where they are stored",
          table: owners.first?.0.table.map { tables[$0].name }, count: rows - known))
    }
    addAssetCounts(&knowledge, assets.map(\.1), withBody)
  }

  /// Gives staged files their names, and the cells they stood in what they are replaced by.
  private func nameFiles(_ artifact: [UInt8], _ knowledge: inout Knowledge) {
    guard let stage = input.files, var plan = knowledge.details as? PrismaPlan else { return }
    for file in files {
      guard let number = file.staged else { continue }
      let ending = file.ending, object = file.object(in: artifact)
      guard let cell = file.cell, let place = file.place else {
        _ = stage.keep(number, file.table ?? "files", file.name, ending: ending, object)
        continue
      }
      let raw = raws[cell.raw]
      guard let column = plan.documents[raw.document].tables[raw.name]?.fileColumn(cell.column) else { continue }
      let name = place.column + "-" + Name("\(place.record)")
      let reference = stage.keep(number, file.table ?? "files", name, ending: ending, object, column: column)
      plan.documents[raw.document].tables[raw.name]?.files[cell.column, default: []].append((cell.row, reference.text))
    }
    knowledge.details = plan
  }

  /// Rows to which scripts cut the list of files when its query fails.
  private static let cutCount = 200

  /// What stands where rows should: one that says so, or only the latest.
  private mutating func notePlaceholders() {
    for raw in raws
    where raw.assets != nil && raw.rowCount == Self.cutCount && envelope.isTrue("includes_files") == true {
      guard let table = raw.table else { continue }
      findings.append(
        Finding(
          "section-may-be-cut", .warning,
          "'\(displayed(tables[table].name))' holds exactly \(Self.cutCount) rows, to which scripts cut it when its query fails",
          advice: "compare with earlier backups", table: tables[table].name))
    }
    for raw in raws where raw.isPlaceholder && raw.rowCount == 1 {
      guard let table = raw.table else { continue }
      findings.append(
        Finding(
          "section-placeholder", .error,
          "'\(displayed(tables[table].name))' holds one row that says that its rows were not read",
          advice: "the backup lacks them: take another", table: tables[table].name))
    }
  }

  /// Where the files lie that rows refer to.
  private func addAssetCounts(_ knowledge: inout Knowledge, _ assets: [AssetScan], _ withBody: Set<Name>) {
    guard !assets.isEmpty || !files.isEmpty else { return }
    var sum = AssetCounts(), missing = 0
    let hashes = withBody.map { AssetScan.hash($0.bytes.span) }
    for asset in assets {
      sum.cloud += asset.counts.cloud
      sum.local += asset.counts.local
      sum.nowhere += asset.counts.nowhere
      missing += asset.counts.local - hashes.count { asset.localIDs.contains($0) }
    }
    for (name, count) in [
      ("assets_cloud", sum.cloud), ("assets_local", sum.local), ("assets_local_missing", max(missing, 0)),
      ("assets_without_address", sum.nowhere), ("assets_embedded", files.count { $0.hasBody && !$0.isBroken }),
    ] { knowledge.attributes.append((name, Array("\(count)".utf8))) }
  }
}

extension RecordBatch {
  /// Whether a cell looks like a file: a data URL, or an object that names content and type.
  func mayBeFile(_ cell: Cell) -> Bool {
    switch cell.kind {
    case .text:
      return cell.count >= 32 && heap.matches("data:", at: cell.offset)
        && firstOffset(of: base64Mark.span, in: bytes(of: cell).extracting(0..<min(cell.count, 256))) != nil
    case .json:
      guard cell.count >= 64, heap[cell.offset] == UInt8(ascii: "{") else { return false }
      let head = heap.span(at: cell.offset, count: min(cell.count, 4096))
      let tail = heap.span(at: cell.offset + max(0, cell.count - 4096), count: min(cell.count, 4096))
      let hasType =
        firstOffset(of: typeMark.span, in: head) != nil
        || cell.count > head.count && firstOffset(of: typeMark.span, in: tail) != nil
      guard hasType else { return false }
      return bodyMarks.contains { mark in firstOffset(of: mark.span, in: head) != nil }
    case .external: return externals[cell.offset].kind == .text || externals[cell.offset].kind == .json
    default: return false
    }
  }

  /// Hands the text of a cell to a file's reading.
  func read(_ cell: Cell, into reading: inout FileReading) throws(IOError) {
    guard cell.kind == .external else {
      guard cell.kind == .text || cell.kind == .json else { return }
      return try reading.take(bytes(of: cell))
    }
    let value = externals[cell.offset]
    var inner = FileReading()
    swap(&inner, &reading)
    var failure: IOError?
    try value.file.forEachPiece(
      at: value.offset, count: value.byteCount,
      { (piece) throws(IOError) in
        guard failure == nil else { return }
        do throws(IOError) { try inner.take(piece) } catch { failure = error }
      }, failed: { $0 })
    swap(&inner, &reading)
    if let failure { throw failure }
  }

  /// Hands the text of the cell of `files` to a scan.
  func scanFiles(_ cell: Cell, _ scan: inout EmbeddedFileScan) throws(IOError) {
    switch cell.kind {
    case .json: try scan.take(bytes(of: cell))
    case .external:
      let value = externals[cell.offset]
      var inner = EmbeddedFileScan()
      swap(&inner, &scan)
      try value.file.forEachPiece(
        at: value.offset, count: value.byteCount, capacity: 1 << 18,
        { (piece) throws(IOError) in try inner.take(piece) }, failed: { $0 })
      swap(&inner, &scan)
    default: break
    }
  }
}

private let base64Mark = Array(";base64,".utf8)
private let typeMark = Array("ype\"".utf8)
private let bodyMarks = ["\"content\"", "\"data\"", "\"base64\""].map { Array($0.utf8) }

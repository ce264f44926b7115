internal import Bytes
internal import Conversion
internal import Diagnostics
internal import Records

/// The stored files that an export lists, held against the bodies that it has.
struct SnapshotStorage {
  /// A file as `_storage/documents.jsonl` describes it.
  private struct Listed {
    var id: Name
    var digest: [UInt8]?
    var size: Int64?
    var contentType: [UInt8]?
  }
  private let content: ConvexContent
  private let component: Name
  private(set) var findings: [Finding] = []
  private(set) var objects: [SchemaObject] = []
  private var bodies: [Name: DetectedArtifact] = [:]
  private var found: Set<Name> = []
  private var missingCount = 0, wrongCount = 0, listedCount = 0

  /// Files that are listed one by one.
  private static let objectLimit = 100_000

  init(_ content: ConvexContent, _ component: Name) {
    self.content = content
    self.component = component
  }

  /// The bytes of a SHA-256 in base64, or in hexadecimal digits as older programs write it.
  static func digest(_ text: [UInt8]) -> [UInt8]? {
    if let bytes = decodeBase64(text.span), bytes.count == 32 { return bytes }
    var bytes: [UInt8] = []
    let digits = Array("\\x".utf8) + text
    return text.count == 64 && decodeHexBytes(digits.span, into: &bytes) ? bytes : nil
  }

  /// Checks size and SHA-256 of every body.
  mutating func check(
    _ list: DetectedArtifact?, _ files: [(id: Name, artifact: DetectedArtifact)]
  ) throws(ReadError) {
    for (id, artifact) in files {
      if bodies.updateValue(artifact, forKey: id) != nil { note("is the second body of one file", artifact) }
    }
    if let list { try read(list) }
    report(list)
  }

  private mutating func note(_ what: String, _ artifact: DetectedArtifact) {
    findings.append(
      Finding(
        "storage-body-repeated", .warning, "'\(displayed(artifact.entry.path))' \(what)", artifact: artifact.entry.path)
    )
  }

  private mutating func read(_ list: DetectedArtifact) throws(ReadError) {
    var listed: [Listed] = [], unheard: [Finding] = []
    do throws(ReadError) {
      let source = try content.source(of: list, findings: &unheard)
      let reader = SnapshotReader(source, TableSchema("_storage", []), DocumentDecoder(.uniform), isFinal: false)
      try content.forEachBatch(reader, of: list, findings: &unheard) { (run, batch) throws(ReadError) in
        listed.removeAll(keepingCapacity: true)
        for row in 0..<batch.rowCount { if let file = Self.listed(batch, row, run) { listed.append(file) } }
        for file in listed { try check(file) }
      }
    } catch {
      // The survey of the table has told it already.
      guard !error.isInterruption else { throw error }
    }
  }

  private static func listed(_ batch: borrowing RecordBatch, _ row: Int, _ run: TableSchema) -> Listed? {
    func text(_ column: Name) -> [UInt8]? {
      guard let place = run.index(of: column), batch[row, place].kind == .text || batch[row, place].kind == .number
      else { return nil }
      return Array(batch.bytes(of: batch[row, place]))
    }
    guard let id = text("_id") else { return nil }
    return Listed(
      id: Name(id), digest: text("sha256").flatMap { digest($0) },
      size: text("size").flatMap { Int64(digits: $0.span) },
      contentType: text("contentType"))
  }

  private mutating func check(_ file: Listed) throws(ReadError) {
    listedCount += 1
    var object = SchemaObject(kind: "storage-object", name: component.isEmpty ? file.id : component + "/" + file.id)
    if let type = file.contentType { object.attributes.append(SchemaAttribute("content-type", type)) }
    if let size = file.size { object.attributes.append(SchemaAttribute("bytes", Array("\(size)".utf8))) }
    if let digest = file.digest { object.attributes.append(SchemaAttribute("sha256", Array(hexadecimal(digest).utf8))) }
    var state = "absent"
    if let body = bodies[file.id] {
      found.insert(file.id)
      object.attributes.append(SchemaAttribute("artifact", body.entry.path))
      let digest: [UInt8], size: Int64, staged: Int?
      do throws(IOError) {
        (digest, size, staged) = try FileStage.measure(
          body.entry, in: content.input.container, copyingTo: content.input.files)
      } catch { throw ReadError(.io(error), artifact: body.entry.path) }
      let isGood = (file.digest.map { $0 == digest } ?? true) && (file.size.map { $0 == size } ?? true)
      state = isGood ? "present" : "damaged"
      if !isGood { report(body) }
      if let staged {
        content.input.files?.keep(
          staged, component.isEmpty ? "_storage" : component + "._storage", body.entry.path,
          object.measured(size, digest))
      }
    } else {
      missingCount += 1
    }
    object.attributes.append(SchemaAttribute("body", Array(state.utf8)))
    if objects.count < Self.objectLimit { objects.append(object) }
  }

  private mutating func report(_ body: DetectedArtifact) {
    wrongCount += 1
    guard wrongCount <= 20 else { return }
    findings.append(
      Finding(
        "storage-body-differs", .error,
        "stored file '\(displayed(body.entry.path))' is not what its SHA-256 or size says",
        advice: "it was changed or damaged after the export: take it from another export", artifact: body.entry.path))
  }

  private mutating func report(_ list: DetectedArtifact?) {
    let path = list?.entry.path
    if wrongCount > 20 {
      findings.append(
        Finding(
          "storage-body-differs", .error, "\(wrongCount) stored files are not what their SHA-256 or size says",
          artifact: path, count: wrongCount))
    }
    if missingCount > 0 {
      findings.append(
        Finding(
          "storage-body-missing", .error,
          "the export lists \(listedCount) stored files and has no body of \(missingCount) of them",
          advice: "export with --include-file-storage; Convex leaves such files out when it imports", artifact: path,
          count: missingCount))
    }
    let unlisted = bodies.keys.filter { !found.contains($0) }.count
    if unlisted > 0 {
      findings.append(
        Finding(
          "storage-body-unlisted", .warning, "\(unlisted) stored files have a body and are not listed",
          advice: "Convex imports them without their type", artifact: path, count: unlisted))
    }
    if objects.count < listedCount {
      findings.append(
        Finding(
          "storage-objects-unlisted", .info, "only the first \(Self.objectLimit) stored files are listed one by one",
          artifact: path, count: listedCount - objects.count))
    }
  }
}

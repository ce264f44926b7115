internal import Bytes
internal import Conversion
internal import Diagnostics
internal import Records

/// The objects of storage as the database lists them, and the files that hold their bodies.
struct StorageBodies: Sendable {
  struct Object: Sendable {
    var bucket: Name
    var name: [UInt8]
    var version: [UInt8]
    /// Size that the database has; nil when it has none.
    var size: Int?
    /// MD5 of the body in hexadecimal digits; nil when the database has none.
    var checksum: [UInt8]?
    /// The file with the body.
    var file: StorageFile?
    init(bucket: Name, name: [UInt8], version: [UInt8] = [], size: Int? = nil, checksum: [UInt8]? = nil) {
      (self.bucket, self.name, self.version, self.size) = (bucket, name, version, size)
      self.checksum = checksum
    }
  }
  private(set) var objects: [Object]
  private(set) var findings: [Finding] = []

  /// Looks for the body of each object: a file whose path ends in `bucket/name`, or in `bucket/name/version`.
  /// `listed`: how many objects there are, if not all of them are looked for.
  init(_ objects: [Object], listed: Int? = nil, files: [StorageFile]) {
    self.objects = objects
    let listed = listed ?? objects.count
    // By the end of the path: an object's name has as many parts as it has slashes.
    var byEnd: [[UInt8]: Int] = [:]
    for (i, file) in files.enumerated() {
      let parts = file.entry.path.split(separator: UInt8(ascii: "/"))
      for first in parts.indices.suffix(Self.deepest) {
        let end = Array(parts[first...].joined(separator: [UInt8(ascii: "/")]))
        if byEnd[end] == nil { byEnd[end] = i }
      }
    }
    var wrong = 0
    for i in objects.indices {
      let path = objects[i].bucket.bytes + [UInt8(ascii: "/")] + objects[i].name
      let versioned = path + [UInt8(ascii: "/")] + objects[i].version
      guard let place = byEnd[path] ?? (objects[i].version.isEmpty ? nil : byEnd[versioned]) else { continue }
      self.objects[i].file = files[place]
      if let size = objects[i].size, let found = files[place].entry.byteCount, Int64(size) != found {
        wrong += 1
        // No need to read it.
        self.objects[i].checksum = nil
      }
    }
    if wrong > 0 {
      findings.append(
        Finding(
          "storage-body-size", .error, "files of storage have another size than the database says",
          advice: "they were changed after the dump, or are cut off", count: wrong))
    }
    guard bodies < objects.count else { return }
    findings.append(
      Finding(
        "storage-metadata-only", .warning,
        "the backup lists \(listed) stored files and holds \(bodies) of "
          + (listed == objects.count ? "them" : "the first \(objects.count)"),
        advice: "back the buckets up as well: supabase storage cp -r", count: objects.count - bodies))
  }

  /// Reads the bodies that the database has a checksum of.
  mutating func check() throws(ReadError) {
    var checked = 0, changed = 0, damaged: ReadError?
    for object in objects {
      guard let file = object.file, let checksum = object.checksum, var sum = MD5() else { continue }
      do throws(IOError) {
        var source = try file.container.open(file.entry), heap = ByteHeap(capacity: 1 << 18), isLast = false
        while !isLast {
          isLast = try heap.fill(from: &source)
          sum.update(heap.span)
          heap.removeAll()
        }
        checked += 1
        if !hexadecimal(sum.finish()).utf8.elementsEqual(checksum) { changed += 1 }
      } catch {
        let error = ReadError(.io(error), artifact: file.artifact)
        guard !error.isInterruption else { throw error }
        damaged = damaged ?? error
      }
    }
    checkedCount = checked
    if changed > 0 {
      findings.append(
        Finding(
          "storage-body-changed", .error, "files of storage have another MD5 checksum than the database says",
          advice: "they were replaced after the dump, or are damaged", count: changed))
    }
    if let damaged {
      findings.append(
        Finding("unreadable", .error, damaged.message, advice: damaged.advice, artifact: damaged.artifact))
    }
  }
  /// Bodies that were compared with their checksums.
  private(set) var checkedCount = 0

  /// Parts of a path that are looked at from its end.
  private static let deepest = 12

  var bodies: Int { objects.count { $0.file != nil } }

  /// Objects of the catalog: each bucket and each object in it.
  func objects(buckets: [(name: Name, isPublic: Bool?)], totals: [Name: StorageTotal]) -> [SchemaObject] {
    let all = buckets.map { bucket in
      var found = SchemaObject(kind: "bucket", name: bucket.name)
      let count = totals[bucket.name] ?? StorageTotal()
      if let isPublic = bucket.isPublic {
        found.attributes.append(SchemaAttribute("public", Array((isPublic ? "yes" : "no").utf8)))
      }
      found.attributes += [
        SchemaAttribute("objects", Array("\(count.objects)".utf8)),
        SchemaAttribute("bytes", Array("\(count.bytes)".utf8)),
      ]
      return found
    }
    return all + objects.map(Self.object)
  }

  private static func object(_ object: Object) -> SchemaObject {
    var found = SchemaObject(kind: "storage-object", name: object.bucket + "/" + Name(object.name))
    found.attributes = [SchemaAttribute("bucket", object.bucket.bytes)]
    if let size = object.size { found.attributes.append(SchemaAttribute("bytes", Array("\(size)".utf8))) }
    found.attributes.append(SchemaAttribute("body", Array((object.file == nil ? "absent" : "present").utf8)))
    if let file = object.file { found.attributes.append(SchemaAttribute("artifact", file.artifact)) }
    return found
  }

  /// Copies the bodies to where files are wanted: a folder for each bucket, names as they are in it.
  func stage(in input: BackupInput) throws(ReadError) {
    guard let stage = input.files else { return }
    for object in objects {
      guard let file = object.file else { continue }
      do throws(IOError) {
        let (digest, size, staged) = try FileStage.measure(file.entry, in: file.container, copyingTo: stage)
        guard let staged else { continue }
        let (stem, ending) = FileEnding.split(object.name)
        _ = stage.keep(
          staged, object.bucket, Name(stem), ending: ending, Self.object(object).measured(size, digest))
      } catch { throw ReadError(.io(error), artifact: file.artifact) }
    }
  }
}

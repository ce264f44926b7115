internal import Bytes
internal import Conversion
internal import Records

/// Rows of `storage.buckets` and `storage.objects` for files that lie beside the set: a folder is a bucket.
struct StorageRows {
  static let buckets = madeTable("storage", "buckets", [("id", .text), ("name", .text), ("public", .boolean)])
  static let objects = madeTable(
    "storage", "objects", [("id", .uuid), ("bucket_id", .text), ("name", .text), ("metadata", .json)])
  static var tables: [TableSchema] { [buckets, objects] }

  let bucketRows: [MadeRow]
  let objectRows: [MadeRow]

  /// Nil when there are no files, or when the source has rows of storage itself.
  init?(_ files: [FileReference], besides tables: [TableSchema]) {
    guard !files.isEmpty, !tables.contains(where: { $0.name == Self.objects.name }) else { return nil }
    var names: [Name] = [], known: Set<Name> = [], objects: [MadeRow] = []
    for file in files {
      let slash = file.path.firstIndex(of: UInt8(ascii: "/")) ?? 0
      let bucket = Name(Array(file.path[..<slash])), name = Array(file.path[(slash + 1)...])
      guard slash > 0, !name.isEmpty else { continue }
      if known.insert(bucket).inserted { names.append(bucket) }
      let type =
        file.object.attribute("type") ?? file.object.attribute("content-type")
        ?? Array("application/octet-stream".utf8)
      let metadata = Array("{\"size\": \(file.byteCount), \"mimetype\": ".utf8) + jsonText(type) + Array("}".utf8)
      objects.append([minted("object", bucket.bytes, name), bucket.bytes, name, metadata])
    }
    // Nobody reads them who has no right to.
    bucketRows = names.map { [$0.bytes, $0.bytes, Array("false".utf8)] }
    objectRows = objects
  }
}

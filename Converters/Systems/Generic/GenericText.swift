internal import Bytes
internal import Conversion
internal import Records

/// The text of a file that no system claims.
enum GenericText {
  /// Opens the text. Where the file's name says that it is JSON, lines before the JSON are passed over, unless its format's
  /// rules alone are to hold.
  static func open(
    _ entry: ContainerEntry, in container: any BackupContainer, _ toolbox: Toolbox, _ options: ReadOptions
  ) throws(ReadError) -> Content {
    let content = try toolbox.open(entry, in: container, options: options, headCount: 1 << 16)
    let format = PlainName(entry.path, toolbox).format
    guard !options.isStrict, format == "json" || format == "jsonl" else { return content }
    return content.skippingNoise(in: entry.path, isJSON)
  }

  /// Whether bytes begin with a JSON array or object, of which nothing is wrong as far as they go.
  private static func isJSON(_ head: [UInt8]) -> Bool {
    var heap = ByteHeap(capacity: head.count)
    heap.append(head.span)
    heap.clearPadding()
    var at = heap.jsonSpace(from: 0)
    guard at < heap.count, heap[at] == UInt8(ascii: "[") || heap[at] == UInt8(ascii: "{") else { return false }
    var walk = JSONWalk(python: true)
    switch heap.jsonWalk(&walk, at: &at, isLast: false) {
    case .done, .needsMore: return true
    default: return false
    }
  }
}

internal import Bytes
internal import Diagnostics

/// The large objects that a script is in the middle of.
final class ScriptLargeObjects {
  let entry: TOCEntry
  let list: any LargeObjectList
  /// The object being written.
  var current: LargeObjectRun?

  init(_ entry: TOCEntry, _ list: any LargeObjectList) {
    self.entry = entry
    self.list = list
  }
}

/// One large object on its way.
final class LargeObjectRun {
  let oid: UInt32
  var source: any ByteSource & ~Copyable
  var piece = ByteHeap(capacity: LargeObjectRun.pieceSize)
  /// Bytes in one `lowrite`.
  static let pieceSize = 1 << 14

  // The optimiser of Swift 6.3 crashes where it sees through this.
  @_optimize(none)
  init(_ oid: UInt32, _ source: consuming any ByteSource & ~Copyable) {
    self.oid = oid
    self.source = source
  }

  /// Reads the next piece; what came before an error stays in it.
  func fill() -> (isOver: Bool, failure: IOError?) {
    piece.removeAll()
    do throws(IOError) { return (try piece.fill(from: &source), nil) } catch { return (true, error) }
  }
}

extension ArchiveScript {
  mutating func beginLargeObjects(_ entry: TOCEntry) throws(IOError) {
    do throws(IOError) {
      largeObjects = ScriptLargeObjects(entry, try archive.items.largeObjects(entry))
      text.append("BEGIN;\n\n")
    } catch { try loseObjects(entry, nil, error) }
  }

  /// Writes pieces until there is a good deal of text or the objects are over.
  mutating func advanceLargeObjects() throws(IOError) {
    guard let objects = largeObjects else { return }
    while text.count < Self.windowSize {
      if let current = objects.current {
        try advance(current, objects)
      } else {
        do throws(IOError) {
          guard let oid = try objects.list.next() else { return finishLargeObjects() }
          try open(oid, objects)
        } catch {
          finishLargeObjects()
          return try loseObjects(objects.entry, nil, error)
        }
      }
    }
  }

  private mutating func finishLargeObjects() {
    largeObjects = nil
    text.append("COMMIT;\n\n")
  }

  private mutating func open(_ oid: UInt32, _ objects: ScriptLargeObjects) throws(IOError) {
    let object = archive.header.isAtLeast(12) ? "'\(oid)'" : "pg_catalog.lo_create('\(oid)')"
    text.append("SELECT pg_catalog.lo_open(\(object), 131072);\n")
    do throws(IOError) {
      objects.current = LargeObjectRun(oid, try objects.list.open())
    } catch {
      text.append("SELECT pg_catalog.lo_close(0);\n\n")
      try loseObjects(objects.entry, oid, error)
    }
  }

  private mutating func advance(_ run: LargeObjectRun, _ objects: ScriptLargeObjects) throws(IOError) {
    let (isOver, failure) = run.fill()
    if run.piece.count > 0 {
      text.append(context.standardStrings ? "SELECT pg_catalog.lowrite(0, '\\x" : "SELECT pg_catalog.lowrite(0, '\\\\x")
      appendHexadecimal(run.piece.span)
      text.append("');\n")
    }
    guard isOver else { return }
    text.append("SELECT pg_catalog.lo_close(0);\n\n")
    objects.current = nil
    if let failure { try loseObjects(objects.entry, run.oid, failure) }
  }

  private mutating func appendHexadecimal(_ bytes: Span<UInt8>) {
    text.append(atMost: 2 * bytes.count) { output in
      for i in bytes.indices {
        output.append(hexDigit(bytes[i] >> 4))
        output.append(hexDigit(bytes[i] & 15))
      }
    }
  }

  /// Notes that large objects are not there or not whole; errors of the operating system are thrown on.
  private func loseObjects(_ entry: TOCEntry, _ oid: UInt32?, _ error: IOError) throws(IOError) {
    if error.errno != 0 { throw error }
    if let oid { notes.lose(largeObject: oid) }
    let what = oid.map { "large object \($0) is" } ?? "large objects are"
    note(
      "unreadable-large-objects", .error, "\(what) damaged or incomplete: \(error.reason)", entry, advice: error.advice)
  }
}

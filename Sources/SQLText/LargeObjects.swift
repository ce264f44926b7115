package import Bytes
internal import Diagnostics
internal import Records

/// A large object whose content has passed.
package struct LargeObject: Sendable {
  package let number: Name
  package let byteCount: Int64
  package let sha256: [UInt8]
  /// Its first bytes.
  package let head: [UInt8]
  /// Bytes of the head.
  package static var headCount: Int { 64 }
}

/// Where the content of a dump's large objects goes.
package protocol LargeObjectStore: Sendable {
  /// The content of an object begins; its bytes go into the file, if there is one.
  func begin(_ number: Name) throws(IOError) -> (any AppendableFile)?
  /// The content of the object that began last is over; nil: it is not whole.
  func end(_ object: LargeObject?) throws(IOError)
}

/// The large object at hand.
struct LargeObjectReading: ~Copyable {
  let number: Name
  let file: (any AppendableFile)?
  private var byteCount: Int64 = 0
  private var digest = SHA256()
  private var head: [UInt8] = []
  /// Whether all of its pieces could be understood.
  private(set) var isWhole = true

  init(_ number: Name, _ file: (any AppendableFile)?) {
    self.number = number
    self.file = file
  }

  mutating func take(_ bytes: [UInt8]?) throws(IOError) {
    guard let bytes else {
      isWhole = false
      return
    }
    byteCount += Int64(bytes.count)
    digest.update(bytes.span)
    head += bytes.prefix(LargeObject.headCount - head.count)
    try file?.append(bytes.span)
  }

  mutating func finish() -> LargeObject? {
    let sha256 = digest.finish()
    return isWhole ? LargeObject(number: number, byteCount: byteCount, sha256: sha256, head: head) : nil
  }
}

extension SQLDumpReader {
  /// Hands on what the last statement does to a large object.
  mutating func followLargeObject() throws(ReadError) {
    guard let largeObjects, let step = schema.largeObjectStep else { return }
    schema.largeObjectStep = nil
    do throws(IOError) {
      switch step {
      case .open(let number): try beginLargeObject(number, largeObjects)
      case .write(let bytes): try largeObject?.take(bytes)
      case .close: try endLargeObject(largeObjects)
      case .whole(let number, let bytes):
        try beginLargeObject(number, largeObjects)
        try largeObject?.take(bytes)
        try endLargeObject(largeObjects)
      }
    } catch { throw ReadError(.io(error)) }
  }

  private mutating func beginLargeObject(_ number: Name, _ store: any LargeObjectStore) throws(IOError) {
    // One that was not closed is not whole.
    if largeObject != nil {
      largeObject = nil
      try store.end(nil)
    }
    largeObject = LargeObjectReading(number, try store.begin(number))
  }

  private mutating func endLargeObject(_ store: any LargeObjectStore) throws(IOError) {
    guard largeObject != nil else { return }
    let object = largeObject?.finish()
    largeObject = nil
    try store.end(object)
    guard object == nil else { return }
    schema.note(
      "large-object-undecodable", .error, "content of large objects is written in a way that is not understood")
  }
}

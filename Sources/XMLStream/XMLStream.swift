package import Bytes
package import Records

/// Reads XML as pieces, in bounded memory whatever the text: no tree, no entities but the five of XML, no document type
/// declarations, nothing fetched.
///
/// The bytes are UTF-8; what the declaration says of them is `encoding`'s business.
package struct XMLStream: ~Copyable {
  /// Elements within elements.
  package static var depthLimit: Int { 128 }
  /// Bytes of one tag, comment or attribute value: the library keeps those whole and compares attributes with each other.
  package static var tagLimit: Int { 1 << 17 }

  private var source: any ByteSource & ~Copyable
  private let parser: XMLParser
  private var chunk: ByteHeap
  /// Bytes since the last piece.
  private var silent = 0
  private var isOver = false
  private var failure: ReadError?

  /// The pieces at hand.
  package private(set) var events: [XMLEvent] = []
  /// Their bytes.
  package private(set) var bytes = ByteHeap(capacity: 1 << 16)

  /// `chunkSize`: bytes that are parsed at a time; only tests ask for others.
  package init(_ source: consuming any ByteSource & ~Copyable, chunkSize: Int = 1 << 15) throws(IOError) {
    parser = try XMLParser()
    chunk = ByteHeap(capacity: chunkSize)
    self.source = source
  }

  /// Bytes parsed so far, nearly.
  package var offset: Int { parser.offset }

  /// Replaces the pieces at hand by the next; false at the end. Pieces before an error come first.
  package mutating func advance() throws(ReadError) -> Bool {
    events.removeAll(keepingCapacity: true)
    while true {
      if let failure { throw failure }
      if isOver { return false }
      do throws(ReadError) { try parse() } catch { failure = error }
      parser.take(&events, &bytes)
      if !events.isEmpty { return true }
    }
  }

  private mutating func parse() throws(ReadError) {
    chunk.removeAll()
    do throws(IOError) { isOver = try chunk.fill(from: &source) } catch { throw ReadError(.io(error)) }
    do throws(ReadError) { try parser.parse(chunk.span, isLast: false) } catch {
      // The library takes some wrong bytes for wrong characters.
      let valid = chunk.validUTF8Prefix(at: 0, count: chunk.count)
      guard case .syntax = error.code, valid < chunk.count - 3 || isOver && valid < chunk.count else { throw error }
      throw ReadError(.invalidUTF8, offset: error.offset)
    }
    if isOver { return try parser.parse([UInt8]().span, isLast: true) }
    silent = parser.hasEvents ? 0 : silent + chunk.count
    if silent >= Self.tagLimit {
      throw ReadError(.tooLarge(what: "a tag or comment", limit: Self.tagLimit), offset: parser.offset)
    }
  }
}

extension XMLStream {
  /// The encoding that an XML declaration at the start of `head` names, in lower case; nil when it names none.
  package static func declaredEncoding(_ head: Span<UInt8>) -> [UInt8]? {
    let prefix = Array("<?xml".utf8), key = Array("encoding".utf8)
    guard head.count > prefix.count, Array(head.extracting(0..<prefix.count)) == prefix else { return nil }
    var end = prefix.count
    while end < min(head.count, 1024), head[end] != UInt8(ascii: ">") { end += 1 }
    let text = Array(head.extracting(0..<end))
    var at = prefix.count
    while at + key.count < text.count, !text[at...].starts(with: key) { at += 1 }
    guard let open = text[min(text.count, at + key.count)...].firstIndex(where: { $0 == 0x22 || $0 == 0x27 }) else {
      return nil
    }
    guard let close = text[(open + 1)...].firstIndex(of: text[open]) else { return nil }
    return text[(open + 1)..<close].map(asciiLower)
  }
}

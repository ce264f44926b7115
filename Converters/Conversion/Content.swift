package import Bytes
package import Diagnostics
package import Records

/// An entry opened for reading as text: decompressed, in UTF-8, without byte order mark.
package struct Content: ~Copyable {
  /// The first bytes of the text (up to 64 KiB), for detection.
  package let head: [UInt8]
  /// What had to be done to get at the text.
  package let findings: [Finding]
  private var source: any ByteSource & ~Copyable

  init(head: [UInt8], findings: [Finding], source: consuming any ByteSource & ~Copyable) {
    self.head = head
    self.findings = findings
    self.source = source
  }

  /// The whole text, the head included.
  package consuming func text() -> any ByteSource & ~Copyable { source }
}

extension Content {
  /// Lines before the data that are looked behind.
  private static let lineLimit = 64

  /// The same from the first line on that `isData` takes for the beginning of the data, when the text's own beginning is none,
  /// with a finding that says what was passed over. Only lines that begin with a bracket or brace within the head are asked, and
  /// none when the text itself begins so: then it is the data, with something wrong in it.
  package consuming func skippingNoise(in artifact: [UInt8], _ isData: ([UInt8]) -> Bool) -> Content {
    guard let noise = Self.noise(before: isData, in: head) else { return self }
    let head = Array(head[noise...]), findings = findings + [Self.noiseFinding(noise, in: artifact)]
    var peeked = PeekedSource(text(), count: noise)
    peeked.skip(noise)
    return Content(head: head, findings: findings, source: consume peeked)
  }

  /// Says that so many bytes before the data are passed over.
  package static func noiseFinding(_ count: Int, in artifact: [UInt8]) -> Finding {
    Finding(
      "noise-before-data", .warning, "\(count) bytes in lines before the data are passed over",
      advice: "whatever printed them may also have printed elsewhere in the file", artifact: artifact, offset: 0,
      count: count)
  }

  /// Bytes before the data; nil when the data begins at once or nowhere.
  private static func noise(before isData: ([UInt8]) -> Bool, in head: [UInt8]) -> Int? {
    guard let first = head.first(where: { $0 > 0x20 }), first != UInt8(ascii: "["), first != UInt8(ascii: "{") else {
      return nil
    }
    var at = 0, asked = 0
    while asked < lineLimit, let feed = head[at...].firstIndex(of: UInt8(ascii: "\n")), feed + 1 < head.count {
      at = feed + 1
      guard head[at] == UInt8(ascii: "[") || head[at] == UInt8(ascii: "{") else { continue }
      asked += 1
      if isData(Array(head[at...])) { return at }
    }
    return nil
  }
}

extension Toolbox {
  /// The decompression that an entry's first bytes call for.
  package func decoder(for head: [UInt8]) -> (any ContentDecoder)? { decoders.first { $0.matches(head) } }

  /// Opens an entry's text. `headCount` bytes of it are looked at, at most 64 KiB.
  package func open(
    _ entry: ContainerEntry, in container: any BackupContainer, options: ReadOptions, headCount: Int = 1 << 12
  ) throws(ReadError) -> Content {
    do throws(IOError) {
      var findings: [Finding] = []
      let stored = PeekedSource(try container.open(entry), count: 16)
      var plain: any ByteSource & ~Copyable
      if let decoder = decoder(for: stored.head) {
        plain = try decoder.decode(consume stored)
      } else {
        plain = consume stored
      }
      var text = PeekedSource(plain, count: 4)
      var encoding = options.encoding
      if let (marked, count) = TextEncoding.byteOrderMark(text.head) {
        text.skip(count)
        if encoding == nil { encoding = marked }
        findings.append(
          Finding(
            "byte-order-mark", .info,
            marked == .utf8 ? "text begins with a byte order mark" : "text is \(marked.rawValue) and is decoded",
            artifact: entry.path, offset: 0))
      }
      plain = consume text
      if let encoding, encoding != .utf8 { plain = TranscodingSource(plain, from: encoding) }
      let peeked = PeekedSource(plain, count: min(headCount, 1 << 16))
      let head = peeked.head
      return Content(head: head, findings: findings, source: consume peeked)
    } catch { throw ReadError(.io(error), artifact: entry.path) }
  }
}

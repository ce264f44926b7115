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

/// How far noise before the data may reach.
package let noiseLimit = 1 << 16

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

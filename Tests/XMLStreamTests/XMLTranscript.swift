import Bytes
import Records
import XMLStream

/// All pieces of an XML text, one a line: `(name`, `Aname value`, `-text`, `)`; texts beside each other are one.
struct XMLTranscript {
  var lines: [String] = []
  var error: ReadError?

  init(_ bytes: [UInt8], chunkSize: Int = 1 << 15) throws {
    var bytes = bytes
    if let (encoding, count) = TextEncoding.byteOrderMark(bytes) {
      bytes.removeFirst(count)
      if encoding != .utf8 {
        var heap = ByteHeap(capacity: 4 * bytes.count + 16)
        var source: any ByteSource & ~Copyable = TranscodingSource(MemorySource(bytes), from: encoding)
        _ = try heap.fill(from: &source)
        bytes = Array(heap.span)
      }
    }
    var stream = try XMLStream(MemorySource(bytes), chunkSize: chunkSize)
    var text: [UInt8]?, name: [UInt8] = []
    do {
      while try stream.advance() {
        for event in stream.events {
          let piece = Array(stream.bytes.span(at: event.at, count: event.count))
          if event.kind != .text, let whole = text {
            lines.append("-" + shown(whole))
            text = nil
          }
          switch event.kind {
          case .begin: lines.append("(" + shown(piece))
          case .attribute: name = piece
          case .value: lines.append("A" + shown(name) + " " + shown(piece))
          case .text: text = (text ?? []) + piece
          case .end: lines.append(")")
          }
        }
      }
    } catch { self.error = error }
    if let text { lines.append("-" + shown(text)) }
  }

  private func shown(_ bytes: [UInt8]) -> String {
    String(decoding: bytes, as: UTF8.self).split(separator: "\\", omittingEmptySubsequences: false).joined(
      separator: "\\\\"
    ).map { $0 == "\n" ? "\\n" : $0 == "\r" ? "\\r" : $0 == "\r\n" ? "\\r\\n" : String($0) }.joined()
  }
}

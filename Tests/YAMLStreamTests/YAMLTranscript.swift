import Bytes
import Records
import YAMLStream

/// All pieces of a YAML text, one a line, much as the test suite of YAML writes them.
struct YAMLTranscript {
  var lines: [String] = []
  /// Where each of them begins, in small texts: it takes time to know.
  var offsets: [Int] = []
  var error: ReadError?
  /// Elements that were read without the library.
  var elementCount = 0

  init(_ bytes: [UInt8], step: Int = .max, byLibrary: Bool = false, windowSize: Int = 1 << 17) throws {
    var stream = try YAMLStream(MemorySource(bytes, step: step), byLibrary: byLibrary, windowSize: windowSize)
    do {
      while true {
        let event = try stream.next()
        let marks = (event.anchor.map { " &\(text($0.bytes))" } ?? "") + (event.tag.map { " <\(text($0))>" } ?? "")
        if bytes.count < 1 << 14 { offsets.append(stream.offset) }
        elementCount = stream.elementCount
        switch event.kind {
        case .beginDocument: lines.append("+DOC")
        case .endDocument: lines.append("-DOC")
        case .beginMapping: lines.append("+MAP" + marks)
        case .endMapping: lines.append("-MAP")
        case .beginSequence: lines.append("+SEQ" + marks)
        case .endSequence: lines.append("-SEQ")
        case .scalar: lines.append("=VAL" + marks + (event.isPlain ? " :" : " \"") + escaped(Array(stream.text.span)))
        case .alias: lines.append("=ALI *" + text(event.anchor?.bytes ?? []))
        case .end: return
        }
      }
    } catch { self.error = error }
  }

  private func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }
  private func escaped(_ bytes: [UInt8]) -> String {
    var out: [UInt8] = []
    for byte in bytes {
      switch byte {
      case 0x5C: out += Array("\\\\".utf8)
      case 0x0A: out += Array("\\n".utf8)
      case 0x0D: out += Array("\\r".utf8)
      case 0x09: out += Array("\\t".utf8)
      case 0x08: out += Array("\\b".utf8)
      default: out.append(byte)
      }
    }
    return text(out)
  }
}

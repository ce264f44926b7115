internal import Bytes
internal import Diagnostics

/// Bytes of unknown origin as one word of a command line that bash takes as it is meant.
///
/// Plain words stand as they are, others in single quotes; what could move the cursor or hide text, and bytes that are not UTF-8, stand
/// as escapes in `$'…'`, so that a line can be read before it is run.
func shellWord(_ bytes: [UInt8]) -> String {
  let isPlain = bytes.allSatisfy { byte in
    let lower = asciiLower(byte)
    return lower >= UInt8(ascii: "a") && lower <= UInt8(ascii: "z") || isDigit(byte) || "_./:=@%+,-".utf8.contains(byte)
  }
  if isPlain, !bytes.isEmpty { return String(decoding: bytes, as: UTF8.self) }
  let shown = displayed(bytes, multiline: true)
  if shown.utf8.elementsEqual(bytes), !bytes.contains(UInt8(ascii: "\n")), !bytes.contains(UInt8(ascii: "\t")) {
    return "'" + shown.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "'\\''") + "'"
  }
  var word = "$'"
  for byte in bytes {
    switch byte {
    case UInt8(ascii: "'"), UInt8(ascii: "\\"): word += "\\" + String(UnicodeScalar(byte))
    case UInt8(ascii: "\n"): word += "\\n"
    case UInt8(ascii: "\t"): word += "\\t"
    case 0x20...0x7E: word += String(UnicodeScalar(byte))
    default: word += "\\x" + hexadecimal([byte])
    }
  }
  return word + "'"
}

/// The same for a path, which never reads as an option.
func shellPath(_ path: [UInt8]) -> String {
  path.first == UInt8(ascii: "-") ? shellWord(Array("./".utf8) + path) : shellWord(path)
}

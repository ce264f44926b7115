/// Columns that text takes on a terminal.
package func displayWidth(_ text: some StringProtocol) -> Int {
  if text.utf8.allSatisfy({ $0 < 0x80 }) { return text.utf8.count }
  return text.unicodeScalars.reduce(0) { $0 + displayWidth($1) }
}

/// Columns of one scalar: 0 for marks that combine with what precedes them, 2 for wide ones.
func displayWidth(_ scalar: Unicode.Scalar) -> Int {
  if scalar.value < 0x300 { return 1 }
  switch scalar.properties.generalCategory {
  case .nonspacingMark, .enclosingMark, .format: return 0
  default: break
  }
  return switch scalar.value {
  case 0x1100...0x115F, 0x2E80...0x303E, 0x3041...0xA4CF, 0xA960...0xA97C, 0xAC00...0xD7A3, 0xF900...0xFAFF,
    0xFE30...0xFE6F, 0xFF00...0xFF60, 0xFFE0...0xFFE6, 0x1F300...0x1F64F, 0x1F680...0x1F6FF, 0x1F900...0x1F9FF,
    0x20000...0x3FFFD:
    2
  default: 1
  }
}

/// The text cut to `width` columns, with `…` where something was cut.
func truncated(_ text: String, to width: Int) -> String {
  guard displayWidth(text) > width else { return text }
  var kept = String.UnicodeScalarView()
  var used = 0
  for scalar in text.unicodeScalars {
    let next = displayWidth(scalar)
    guard used + next <= width - 1 else { break }
    kept.append(scalar)
    used += next
  }
  return String(kept) + "…"
}

/// The text with spaces up to `width` columns, before it if `onTheLeft`.
func padded(_ text: String, to width: Int, onTheLeft: Bool = false) -> String {
  let space = String(repeating: " ", count: max(0, width - displayWidth(text)))
  return onTheLeft ? space + text : text + space
}

/// Paragraphs of at most 80 columns; a blank line stands between them.
package func paragraphs(_ texts: String...) -> String {
  texts.map { wrapped($0, to: 80).joined(separator: "\n") + "\n" }.joined(separator: "\n")
}

/// The text broken between words into lines of at most `width` columns.
func wrapped(_ text: String, to width: Int) -> [String] {
  var lines: [String] = []
  var line = ""
  for word in text.split(separator: " ") {
    if !line.isEmpty, displayWidth(line) + 1 + displayWidth(word) > width {
      lines.append(line)
      line = ""
    }
    line += line.isEmpty ? String(word) : " " + word
  }
  return lines + (line.isEmpty ? [] : [line])
}

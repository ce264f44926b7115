internal import Bytes
internal import Diagnostics

/// Text of unknown origin as a code span: no byte of it can be markup, end the table cell or reach a terminal raw.
///
/// What `displayed` leaves is put between backticks, where Markdown knows no escapes and no links; backticks and pipes become
/// `\u{…}` like control characters.
func codeSpan(_ bytes: Span<UInt8>) -> String {
  var text = "`"
  for scalar in displayed(bytes).unicodeScalars {
    switch scalar {
    case "`": text += "\\u{60}"
    case "|": text += "\\u{7c}"
    default: text.unicodeScalars.append(scalar)
    }
  }
  return text + "`"
}

/// The same for a name; an empty one is told in words.
func codeSpan(_ name: Name) -> String { name.isEmpty ? "*no name*" : codeSpan(name.bytes.span) }

/// Names side by side.
func codeSpans(_ names: [Name]) -> String { names.map { codeSpan($0) }.joined(separator: ", ") }

/// A count with a comma between groups of three digits.
func grouped(_ count: Int) -> String {
  let digits = Array(String(count))
  var text = ""
  for (i, digit) in digits.enumerated() {
    if i > 0 && (digits.count - i) % 3 == 0 { text += "," }
    text.append(digit)
  }
  return text
}

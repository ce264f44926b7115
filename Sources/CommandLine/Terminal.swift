internal import Bytes

/// When output is coloured.
package enum ColorChoice: String, Sendable, CaseIterable { case auto, always, never }

/// What is known of the place that output goes to.
package struct Terminal: Sendable {
  /// Whether people read along; otherwise it is a file or a pipe.
  package var isInteractive: Bool
  /// Columns of a line; nil where lines may have any length.
  package var width: Int?
  package var usesColor: Bool

  package init(isInteractive: Bool, width: Int? = nil, usesColor: Bool = false) {
    self.isInteractive = isInteractive
    self.width = width
    self.usesColor = usesColor
  }

  /// The terminal, or whatever else, on descriptor 1 or 2.
  package static func onDescriptor(_ descriptor: Int, color: ColorChoice) -> Terminal {
    let isInteractive = isTerminal(descriptor)
    let width = terminalColumns(descriptor) ?? environment("COLUMNS").flatMap(parseCount) ?? 80
    return Terminal(
      isInteractive: isInteractive, width: isInteractive ? max(width, 20) : nil,
      usesColor: usesColor(color, isInteractive: isInteractive, environment))
  }

  /// The policy of no-color.org and bixense.com/clicolors: what is asked for on the command line goes first.
  static func usesColor(_ choice: ColorChoice, isInteractive: Bool, _ variable: (String) -> [UInt8]?) -> Bool {
    switch choice {
    case .always: return true
    case .never: return false
    case .auto: break
    }
    if let value = variable("NO_COLOR"), !value.isEmpty { return false }
    if let value = variable("CLICOLOR_FORCE"), !value.isEmpty, value != Array("0".utf8) { return true }
    if variable("TERM") == Array("dumb".utf8) { return false }
    return isInteractive
  }

  /// The text in a style where there are colours, else as it is.
  package func styled(_ text: String, _ style: Style) -> String {
    usesColor && !text.isEmpty ? "\u{1B}[\(style.rawValue)m\(text)\u{1B}[0m" : text
  }
}

/// How a word stands out.
package enum Style: String, Sendable {
  case bold = "1"
  case faint = "2"
  case red = "31"
  case green = "32"
  case yellow = "33"
}

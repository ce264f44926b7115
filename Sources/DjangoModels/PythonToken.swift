/// A word of Python source.
struct PythonToken: Sendable {
  enum Kind: Sendable, Equatable {
    case name
    case number
    /// The text of a string literal, escapes undone; `isExact`: it holds nothing that is computed.
    case string(isExact: Bool)
    case symbol
    case newline
    case indent
    case dedent
    case end
  }
  var kind: Kind
  /// A name, number or symbol as it stands; a string's text.
  var text: [UInt8]

  func isSymbol(_ symbol: StaticString) -> Bool { kind == .symbol && matches(symbol) }
  func isName(_ name: StaticString) -> Bool { kind == .name && matches(name) }

  private func matches(_ word: StaticString) -> Bool {
    text.count == word.utf8CodeUnitCount && text.elementsEqual(word.description.utf8)
  }
}

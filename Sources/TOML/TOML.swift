package import Bytes
package import Diagnostics

/// A value and where it stands.
package struct TOMLValue: Equatable, Sendable {
  package indirect enum Content: Equatable, Sendable {
    case text([UInt8])
    case flag(Bool)
    case integer(Int64)
    case list([TOMLValue])
    case table([TOMLEntry])
  }
  package var content: Content
  package var place: SourceLocation
}

/// A name, what it is set to, and where it stands.
package struct TOMLEntry: Equatable, Sendable {
  package var name: Name
  package var value: TOMLValue
  package var place: SourceLocation
}

/// What a text of TOML says.
package enum TOML {
  /// Values within values that are read.
  static let depthLimit = 32

  /// Reads sections, dotted and quoted names, texts of one line, whole numbers, `true` and `false`, lists and tables; dates,
  /// fractions, texts of several lines and lists of sections are refused by name. `path` is for messages. All entries in
  /// the order in which they begin; every name of a table once.
  package static func read(_ text: [UInt8], path: [UInt8]) throws(TOMLError) -> [TOMLEntry] {
    var reader = TOMLReader(text, path, isPlain: false)
    return try reader.entries()
  }

  /// Reads the same of an object of JSON, in which names are in quotes and nothing else is allowed either.
  package static func readJSON(_ text: [UInt8], path: [UInt8]) throws(TOMLError) -> [TOMLEntry] {
    var reader = TOMLReader(text, path, isPlain: false, isJSON: true)
    return try reader.object()
  }

  /// Reads `key = value` lines alone, with values that hold no others; everything else is refused by name.
  package static func readPlain(_ text: [UInt8], path: [UInt8]) throws(TOMLError) -> [TOMLEntry] {
    var reader = TOMLReader(text, path, isPlain: true)
    return try reader.entries()
  }
}

/// A place in a text of TOML that cannot be understood.
package struct TOMLError: Error, Equatable, Sendable {
  package enum Code: Equatable, Sendable {
    /// Neither a key nor a comment begins here.
    case noKey
    case noEquals
    case noColon
    case noValue
    /// Something that TOML has and is not needed.
    case unsupported(String)
    case unknownWord
    case numberTooLarge
    case openText
    case openList
    case badEscape
    /// A control character, or bytes that are no UTF-8.
    case badCharacter
    case somethingBehind
    case repeated(String)
    case tooDeep
  }
  package var code: Code
  package var place: SourceLocation
  package init(code: Code, place: SourceLocation) {
    self.code = code
    self.place = place
  }
}

extension TOMLError {
  /// One line without a full stop and without the place.
  package var message: String {
    switch code {
    case .noKey: "a line begins with a name"
    case .noEquals: "'=' is missing behind the name"
    case .noColon: "a name in double quotes and ':' are expected"
    case .noValue: "the value is missing"
    case .unsupported(let what): "\(what) cannot be used here"
    case .unknownWord: "this is no value; text stands in quotes"
    case .numberTooLarge: "this number is too large"
    case .openText: "the text has no closing quote on its line"
    case .openList: "a comma or the closing bracket is missing"
    case .badEscape: "this is no escape; a backslash itself is written \\\\"
    case .badCharacter: "a control character, or text that is not UTF-8"
    case .somethingBehind: "nothing but a comment can stand behind the value"
    case .repeated(let key): "'\(key)' is set twice"
    case .tooDeep: "values stand deeper within others than \(TOML.depthLimit) levels"
    }
  }

  /// What the user can do about it, where that is the same for all texts.
  package var advice: String? {
    code == .openText ? "'text' in single quotes is taken as it stands" : nil
  }
}

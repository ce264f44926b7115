package import Diagnostics

/// What a configuration file says: `key = value` on each line, a small part of TOML.
package struct SettingsFile: Sendable {
  /// A value as it is written.
  package enum Value: Equatable, Sendable {
    case text([UInt8])
    case flag(Bool)
    case integer(Int64)
  }
  /// One line that sets something.
  package struct Entry: Equatable, Sendable {
    /// Letters, digits, `-` and `_`.
    package var key: String
    package var value: Value
    /// Where the key stands.
    package var place: SourceLocation
    /// Where the value stands.
    package var valuePlace: SourceLocation
  }
  package var path: [UInt8]
  /// In the order of their lines; every key at most once.
  package var entries: [Entry]

  /// Reads the text of a file; `path` is for messages and for paths that are relative to it.
  package init(_ text: [UInt8], path: [UInt8]) throws(SettingsFileError) {
    self.path = path
    var reader = SettingsFileReader(text, path)
    entries = try reader.entries()
  }
}

/// A place in a configuration file that cannot be understood.
package struct SettingsFileError: Error, Equatable, Sendable {
  package enum Code: Equatable, Sendable {
    /// Neither a key nor a comment begins here.
    case noKey
    case noEquals
    case noValue
    /// Something that TOML has and settings do not need.
    case unsupported(String)
    case unknownWord
    case numberTooLarge
    case openText
    case badEscape
    /// A control character, or bytes that are no UTF-8.
    case badCharacter
    case somethingBehind
    case repeated(String)
  }
  package var code: Code
  package var place: SourceLocation
}

extension SettingsFileError {
  /// One line without a full stop and without the place.
  package var message: String {
    switch code {
    case .noKey: "a line begins with the name of a setting"
    case .noEquals: "'=' is missing behind the name"
    case .noValue: "the value is missing"
    case .unsupported(let what): "\(what) cannot be used here"
    case .unknownWord: "this is no value; text stands in quotes"
    case .numberTooLarge: "this number is too large"
    case .openText: "the text has no closing quote on its line"
    case .badEscape: "this is no escape; a backslash itself is written \\\\"
    case .badCharacter: "a control character, or text that is not UTF-8"
    case .somethingBehind: "nothing but a comment can stand behind the value"
    case .repeated(let key): "'\(key)' is set twice"
    }
  }

  /// What the user can do about it.
  package var advice: String? {
    switch code {
    case .noKey, .noEquals, .noValue, .unknownWord, .unsupported, .somethingBehind:
      "a line is such as: catalog = \"backups/catalog.db\", quiet = true"
    case .openText: "'text' in single quotes is taken as it stands"
    case .numberTooLarge, .badEscape, .badCharacter, .repeated: nil
    }
  }
}

extension SourceLocation {
  /// Such as `.coffer.toml:3:1`, safe to show.
  package var shown: String { "\(displayed(artifact)):\(line):\(column)" }
}

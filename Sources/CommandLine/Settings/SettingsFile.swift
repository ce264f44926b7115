internal import Bytes
package import Diagnostics
package import TOML

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
    entries = try TOML.readPlain(text, path: path).compactMap { entry in
      let value: Value
      switch entry.value.content {
      case .text(let text): value = .text(text)
      case .flag(let isOn): value = .flag(isOn)
      case .integer(let number): value = .integer(number)
      case .list, .table: return nil
      }
      let key = String(decoding: entry.name.bytes, as: UTF8.self)
      return Entry(key: key, value: value, place: entry.place, valuePlace: entry.value.place)
    }
  }
}

/// A place in a configuration file that cannot be understood.
package typealias SettingsFileError = TOMLError

extension TOMLError {
  /// What the user can do about it in a configuration file.
  package var settingsAdvice: String? {
    switch code {
    case .noKey, .noEquals, .noValue, .unknownWord, .unsupported, .somethingBehind:
      "a line is such as: catalog = \"backups/catalog.db\", quiet = true"
    default: advice
    }
  }
}

extension SourceLocation {
  /// Such as `.coffer.toml:3:1`, safe to show.
  package var shown: String { "\(displayed(artifact)):\(line):\(column)" }
}

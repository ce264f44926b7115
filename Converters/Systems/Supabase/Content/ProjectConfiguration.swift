internal import Bytes

/// What a project's `config.toml` says of it.
struct ProjectConfiguration: Sendable {
  private(set) var projectID: Name?
  /// Of the database server.
  private(set) var majorVersion: [UInt8]?
  /// Edge functions by name, and whether they ask for a valid token.
  private(set) var verifiesToken: [Name: Bool] = [:]

  /// Reads lines of the forms that matter; all others are passed over.
  init(_ text: [UInt8]) {
    var section: ArraySlice<UInt8> = []
    for raw in lines(of: text) {
      let line = trimmed(raw)
      if line.first == UInt8(ascii: "["), let end = line.firstIndex(of: UInt8(ascii: "]")) {
        section = line[(line.startIndex + 1)..<end]
        continue
      }
      guard let sign = line.firstIndex(of: UInt8(ascii: "=")) else { continue }
      let key = trimmed(line[..<sign]), value = Self.value(line[(sign + 1)...])
      if section.isEmpty, key.elementsEqual("project_id".utf8), !value.isEmpty {
        projectID = Name(value)
      } else if section.elementsEqual("db".utf8), key.elementsEqual("major_version".utf8) {
        majorVersion = value
      } else if section.starts(with: "functions.".utf8), key.elementsEqual("verify_jwt".utf8),
        verifiesToken.count < 10_000
      {
        verifiesToken[Name(Self.value(section.dropFirst(10)))] = value.elementsEqual("true".utf8)
      }
    }
  }

  /// A value without quotes and remarks.
  private static func value(_ text: ArraySlice<UInt8>) -> [UInt8] {
    let text = trimmed(text)
    guard let quote = text.first, quote == UInt8(ascii: "\"") || quote == UInt8(ascii: "'") else {
      return Array(trimmed(text.prefix { $0 != UInt8(ascii: "#") }))
    }
    return Array(text.dropFirst().prefix { $0 != quote })
  }
}

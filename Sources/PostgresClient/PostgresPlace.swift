internal import Bytes
internal import CLibPQ
internal import Diagnostics

/// Where a database is, as libpq's URL or `key=value` string says it, looked at without opening anything.
package struct PostgresPlace: Sendable {
  /// As it was given: libpq reads it, and nobody else shows it.
  let text: [UInt8]
  /// The place without what is secret.
  package let shown: String
  /// A password that was not written into the place; it counts before one that was.
  package var password: [UInt8]?

  /// Refuses what libpq cannot read, and what a password with bare separators makes of it: libpq's own words would quote it.
  package init(_ text: [UInt8]) throws(PostgresError) {
    let functions = try PQLibrary.functions()
    guard !text.contains(0) else { throw Self.unreadable }
    guard let options = withCString(text, { functions.pointee.PQconninfoParse($0, nil) }) else { throw Self.unreadable }
    defer { functions.pointee.PQconninfoFree(options) }
    var values: [String: [UInt8]] = [:]
    var at = options
    while let keyword = at.pointee.keyword {
      if let value = at.pointee.value { values[String(cString: keyword)] = cBytes(value) }
      at += 1
    }
    let isURL = Name(text).hasPrefix("postgres") && text.contains(UInt8(ascii: ":"))
    let hosts = (values["host"] ?? []) + (values["hostaddr"] ?? [])
    let hasAt = hosts.contains(UInt8(ascii: "@")) || isURL && (values["dbname"] ?? []).contains(UInt8(ascii: "@"))
    let digits = UInt8(ascii: "0")...UInt8(ascii: "9")
    let isPort = (values["port"] ?? []).allSatisfy { digits.contains($0) || $0 == UInt8(ascii: ",") }
    guard !hasAt, isPort else { throw Self.unreadable }
    self.text = text
    var shown = "postgresql://"
    if let user = values["user"] { shown += displayed(user) + "@" }
    shown += displayed(values["host"] ?? values["hostaddr"] ?? [])
    if let port = values["port"] { shown += ":" + displayed(port) }
    if let name = values["dbname"] { shown += "/" + displayed(name) }
    if let service = values["service"] { shown += "?service=" + displayed(service) }
    self.shown = shown
  }

  /// Whether a word is such a place by its looks; nothing is opened.
  package static func recognises(_ place: [UInt8]) -> Bool {
    let word = Name(place).lowercased
    if word.hasPrefix("postgres://") || word.hasPrefix("postgresql://") { return true }
    // A word of libpq's before the first equals sign.
    guard let equals = place.firstIndex(of: UInt8(ascii: "=")) else { return false }
    let keyword = place[..<equals].filter { $0 != UInt8(ascii: " ") }
    return ["host", "hostaddr", "port", "dbname", "user", "service", "passfile", "password", "sslmode"].contains {
      keyword.elementsEqual($0.utf8)
    }
  }

  private static var unreadable: PostgresError {
    PostgresError(
      message: "the target's URL cannot be read",
      advice: "postgresql://USER@HOST:PORT/DATABASE, or host=… dbname=…; in a URL '@', '/', ':', '?' and '%' of a "
        + "password are written %40, %2F, %3A, %3F and %25")
  }
}

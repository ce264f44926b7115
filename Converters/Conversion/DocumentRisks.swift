internal import Bytes
package import Diagnostics

/// What a text of documentation gives away: credentials, hosts, home directories.
package struct DocumentRisks {
  /// The text with credentials replaced by asterisks, fit to be stored and indexed.
  package private(set) var maskedText: [UInt8]
  /// What was found; no credential is in them.
  package private(set) var findings: [Finding] = []
  /// The code of the finding that says that there are credentials.
  package static let credentialCode = "credential-in-document"

  private var hosts: [[UInt8]] = []
  private var hostOffset: Int?, hostCount = 0
  private var pathOffset: Int?, pathCount = 0
  private var credentialOffset: Int?, credentialCount = 0

  /// Looks through a text; `artifact` is its path.
  package init(_ text: [UInt8], artifact: [UInt8]) {
    maskedText = text
    for line in text.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false) {
      findURLs(line)
      findHosts(line)
      findPaths(line)
      findAssignments(line)
    }
    report(artifact)
  }

  // MARK: Credentials

  /// `scheme://user:password@host`.
  private mutating func findURLs(_ line: ArraySlice<UInt8>) {
    let bytes = Array(line), sign = Array("://".utf8)
    var from = 0
    while let mark = firstOffset(of: sign.span, in: bytes.span, from: from) {
      let start = line.startIndex + mark + 3
      let authority = line[start...].prefix { !Self.endsAuthority($0) }
      var host = authority
      if let sign = authority.lastIndex(of: UInt8(ascii: "@")) {
        host = authority[(sign + 1)...]
        if let colon = authority[..<sign].firstIndex(of: UInt8(ascii: ":")) { mask((colon + 1)..<sign) }
      }
      let name = Array(host.prefix { $0 != UInt8(ascii: ":") })
      if !name.isEmpty { note(host: name, at: host.startIndex) }
      from = authority.endIndex - line.startIndex
    }
  }

  private static func endsAuthority(_ byte: UInt8) -> Bool { byte <= 0x20 || "/?#\"'`<>)|,".utf8.contains(byte) }

  private static let secretWords = wordSet("password passwd pwd pgpassword secret token apikey passphrase credential")

  /// `PASSWORD=value`, `api_key: "value"`.
  private mutating func findAssignments(_ line: ArraySlice<UInt8>) {
    guard let sign = line.firstIndex(where: { $0 == UInt8(ascii: "=") || $0 == UInt8(ascii: ":") }) else { return }
    let key = line[..<sign].split(whereSeparator: { $0 <= 0x20 }).last ?? []
    let words = NameWords(Name(Array(key)))
    let isKey =
      words.words.count > 1 && words.words.last.map { $0.elementsEqual("key".utf8) } == true
      && words.contains(anyOf: wordSet("api secret service access private signing encryption"))
    guard isKey || words.contains(anyOf: Self.secretWords) else { return }
    let value = line[(sign + 1)...].drop { $0 <= 0x20 || "\"'`*".utf8.contains($0) }
      .prefix { $0 > 0x20 && !"\"'`,;".utf8.contains($0) }
    // A placeholder, a variable or a word of prose is no credential.
    let hasDigit = value.contains { isDigit($0) }
    let hasMark = value.contains { "!@#%^&+".utf8.contains($0) }
    guard value.count >= 6, hasDigit || hasMark, !value.contains(where: { "$<[{(*".utf8.contains($0) }) else { return }
    mask(value.startIndex..<value.endIndex)
  }

  private mutating func mask(_ range: Range<Int>) {
    guard !range.isEmpty, !maskedText[range].allSatisfy({ "*xX".utf8.contains($0) }) else { return }
    credentialCount += 1
    credentialOffset = credentialOffset ?? range.lowerBound
    for i in range { maskedText[i] = UInt8(ascii: "*") }
  }

  // MARK: Places

  private static let hostingSuffixes = [
    ".convex.cloud", ".convex.site", ".supabase.co", ".supabase.com", ".amazonaws.com", ".azure.com", ".windows.net",
    ".neon.tech", ".vercel.app", ".herokuapp.com", ".onrender.com", ".railway.app", ".fly.dev", ".run.app",
  ].map { Array($0.utf8) }

  /// Names of hosts at well-known providers, wherever they stand.
  private mutating func findHosts(_ line: ArraySlice<UInt8>) {
    for word in line.split(whereSeparator: { !Self.isHostPart($0) }) {
      let lower = word.map(asciiLower)
      guard Self.hostingSuffixes.contains(where: { lower.count > $0.count && lower.suffix($0.count).elementsEqual($0) })
      else { continue }
      note(host: Array(word), at: word.startIndex)
    }
  }

  private static func isHostPart(_ byte: UInt8) -> Bool {
    let lower = asciiLower(byte)
    return lower >= UInt8(ascii: "a") && lower <= UInt8(ascii: "z") || isDigit(byte) || byte == UInt8(ascii: "-")
      || byte == UInt8(ascii: ".")
  }

  private mutating func note(host: [UInt8], at offset: Int) {
    hostOffset = hostOffset ?? offset
    guard !hosts.contains(host) else { return }
    hostCount += 1
    if hosts.count < 100 { hosts.append(host) }
  }

  /// Home directories, which name a person.
  private mutating func findPaths(_ line: ArraySlice<UInt8>) {
    let bytes = Array(line)
    for mark in ["/Users/", "/home/", ":\\Users\\", ":\\\\Users\\\\"] {
      var from = 0
      while let found = firstOffset(of: Array(mark.utf8).span, in: bytes.span, from: from) {
        pathOffset = min(pathOffset ?? .max, line.startIndex + found)
        pathCount += 1
        from = found + mark.utf8.count
      }
    }
  }

  private mutating func report(_ artifact: [UInt8]) {
    if credentialCount > 0 {
      findings.append(
        Finding(
          Self.credentialCode, .critical, "documentation holds credentials; they are masked in the catalog",
          advice: "change them: whoever has the backup has them", artifact: artifact, offset: credentialOffset,
          count: credentialCount))
    }
    if pathCount > 0 {
      findings.append(
        Finding(
          "personal-path", .info, "documentation names a home directory",
          advice: "leave it out when you pass the backup on", artifact: artifact, offset: pathOffset, count: pathCount))
    }
    if hostCount > 0 {
      let named = hosts.prefix(3).map { displayed($0) }.joined(separator: ", ") + (hostCount > 3 ? ", …" : "")
      findings.append(
        Finding(
          "hostname-in-document", .info, "documentation names hosts: \(named)",
          advice: "leave them out when you pass the backup on", artifact: artifact, offset: hostOffset,
          count: hostCount))
    }
  }
}

internal import Bytes
internal import CommandLine
internal import Diagnostics
internal import RowIndex

/// Where the key is kept under which catalogs know secret values without holding them: a file of the user's own, outside every
/// catalog.
enum SecretKeyFile {
  /// `$COFFER_KEY_FILE`, else beside the user's configuration; nil without a home.
  static var path: [UInt8]? {
    if let path = environment("COFFER_KEY_FILE"), !path.isEmpty { return path }
    let name = Array("coffer/secret.key".utf8)
    if let folder = environment("XDG_CONFIG_HOME"), folder.first == UInt8(ascii: "/") {
      return folder.appending(path: name)
    }
    guard let home = environment("HOME"), !home.isEmpty else { return nil }
    return home.appending(path: Array(".config".utf8)).appending(path: name)
  }

  /// The key; nil when there is none.
  static func read() throws(Failure) -> SecretKey? {
    guard let path else { return nil }
    let bytes = try telling { () throws(IOError) -> [UInt8]? in
      guard try fileStatus(path) != nil else { return nil }
      var source: any ByteSource & ~Copyable = try FileSource(regularFile: path)
      return try readAll(&source, limit: 1 << 10)
    }
    guard let bytes else { return nil }
    guard let mode = try telling({ () throws(IOError) in try fileStatus(path) })?.mode, mode & 0o077 == 0 else {
      throw Failure(
        .failure, "'\(displayed(path))' can be read by others",
        advice: "take that right away: chmod 600 '\(displayed(path))'")
    }
    guard let key = SecretKey(file: bytes) else {
      throw Failure(
        .failure, "'\(displayed(path))' holds no key", advice: "put back the file that the catalog was filled with")
    }
    return key
  }

  /// The key, made when there is none.
  static func readOrCreate() throws(Failure) -> SecretKey? {
    if let key = try read() { return key }
    guard let path else { return nil }
    let digits = (0..<64).map { _ in hexDigit(UInt8.random(in: 0...15)) } + [UInt8(ascii: "\n")]
    do throws(IOError) {
      try createDirectories(path.directoryPath)
      var file = try DurableFile(path)
      try file.write(digits.span)
      try file.finish()
    } catch {
      // Another process may have been faster.
      guard error.isExistingFile else { throw Failure(error) }
    }
    return try read()
  }
}

extension SecretKey {
  /// The key of a file: 64 hexadecimal digits.
  fileprivate init?(file text: [UInt8]) {
    let digits = text.filter { $0 != UInt8(ascii: "\n") && $0 != UInt8(ascii: "\r") }
    guard digits.count == 64 else { return nil }
    var key: [UInt8] = []
    for i in stride(from: 0, to: 64, by: 2) {
      guard let high = hexValue(digits[i]), let low = hexValue(digits[i + 1]) else { return nil }
      key.append(high << 4 | low)
    }
    self.init(key)
  }
}

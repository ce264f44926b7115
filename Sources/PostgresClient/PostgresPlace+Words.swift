internal import Bytes
internal import CLibPQ
internal import Diagnostics

extension PostgresPlace {
  /// The place for the command line of another program, which every user of this system can see, and the password, which goes into
  /// that program's environment.
  package func words() throws(PostgresError) -> (place: [UInt8], password: [UInt8]?) {
    let functions = try PQLibrary.functions()
    guard let options = withCString(text, { functions.pointee.PQconninfoParse($0, nil) }) else {
      throw PostgresError(message: "the database's place cannot be read")
    }
    defer { functions.pointee.PQconninfoFree(options) }
    var words: [[UInt8]] = [], secret = password
    var at = options
    while let keyword = at.pointee.keyword {
      defer { at += 1 }
      guard let value = at.pointee.value else { continue }
      let name = cBytes(keyword), bytes = cBytes(value)
      switch String(decoding: name, as: UTF8.self) {
      case "password": secret = secret ?? bytes
      case "sslpassword":
        throw PostgresError(
          message: "the key's password cannot be given to pg_dump without showing it to other users",
          advice: "use a key without a password, or name the database without sslpassword")
      default:
        var word = name + [UInt8(ascii: "="), UInt8(ascii: "'")]
        for byte in bytes {
          if byte == UInt8(ascii: "'") || byte == UInt8(ascii: "\\") { word.append(UInt8(ascii: "\\")) }
          word.append(byte)
        }
        words.append(word + [UInt8(ascii: "'")])
      }
    }
    return (Array(words.joined(separator: [0x20])), secret)
  }
}

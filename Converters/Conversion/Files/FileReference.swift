internal import Bytes
internal import Diagnostics
package import Records

/// What stands for a file that was written into a directory: its path there, its size and its checksum.
package struct FileReference: Sendable {
  /// The path in the directory; it holds nothing that JSON would escape.
  package let path: [UInt8]
  /// The file as it is known to the catalog.
  package let object: SchemaObject

  init(_ object: SchemaObject, _ path: [UInt8]) {
    self.object = object
    self.path = path
  }

  package var byteCount: Int64 { object.attribute("bytes").flatMap { Int64(digits: $0.span) } ?? 0 }

  /// A JSON text for the cell in which the file stood.
  package var text: [UInt8] {
    let checksum = object.attribute("sha256") ?? []
    return Array("{\"file\":\"".utf8) + path + Array("\",\"bytes\":\(byteCount),\"sha256\":\"".utf8) + checksum
      + Array("\"}".utf8)
  }

  /// Appends its line in the list of files: what the catalog knows of it, too.
  func write(to list: inout OutputBuffer) throws(IOError) {
    try list.append("{\"file\":")
    try list.appendJSONString(path.span)
    try list.append(Array(",\"bytes\":\(byteCount)".utf8))
    var members: [(name: String, value: [UInt8])] = [("name", object.name.bytes)]
    if let table = object.table { members.append(("table", table.bytes)) }
    for attribute in object.attributes where attribute.name != "bytes" && attribute.name != "artifact" {
      members.append((String(attribute.name.map { $0 == "-" ? "_" : $0 }), attribute.value))
    }
    for (name, value) in members {
      // Names of files may be in any encoding.
      let text = Name(value).isUTF8 ? value : Array(displayed(value).utf8)
      try list.append(Array(",\"\(name)\":".utf8))
      try list.appendJSONString(text.span)
    }
    try list.append("}\n")
  }
}

extension SchemaObject {
  /// A file with the size and SHA-256 that it turned out to have.
  package func measured(_ byteCount: Int64, _ sha256: [UInt8]) -> SchemaObject {
    var object = self
    object.attributes.removeAll { $0.name == "bytes" || $0.name == "sha256" }
    object.attributes += [
      SchemaAttribute("bytes", Array("\(byteCount)".utf8)), SchemaAttribute("sha256", Array(hexadecimal(sha256).utf8)),
    ]
    return object
  }
}

/// Endings of the names of files.
package enum FileEnding {
  private static let limit = 16

  /// Whether an ending may be one anywhere: letters and digits.
  static func isPlain(_ ending: ArraySlice<UInt8>) -> Bool {
    !ending.isEmpty && ending.count <= limit
      && ending.allSatisfy { isDigit($0) || asciiLower($0) >= UInt8(ascii: "a") && asciiLower($0) <= UInt8(ascii: "z") }
  }

  /// A name before and behind its last point; nothing behind it when that is no ending.
  package static func split(_ name: [UInt8]) -> (stem: [UInt8], ending: [UInt8]) {
    guard let point = name.lastIndex(of: UInt8(ascii: ".")), point > 0, isPlain(name[(point + 1)...]) else {
      return (name, [])
    }
    return (Array(name[..<point]), Array(name[(point + 1)...]))
  }
}

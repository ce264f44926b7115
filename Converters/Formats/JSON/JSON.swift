package import Bytes
package import Conversion
internal import JSONStream
package import Records

/// JSON documents: an array of objects, or objects that hold such arrays.
package struct JSON: Sendable {
  package init() {}
}

extension JSON: ImportFormat {
  package var id: String { "json" }
  package var endings: [String] { ["json"] }

  /// A document begins with a bracket or brace; that it is not one object a line is for JSON Lines to say.
  package func confidence(_ head: [UInt8]) -> Double {
    guard let first = head.first(where: { $0 > 0x20 }) else { return 0 }
    return first == UInt8(ascii: "[") ? 0.8 : first == UInt8(ascii: "{") ? 0.6 : 0
  }

  package func makeReader(
    from source: consuming any ByteSource & ~Copyable, name: Name, tables: [TableSchema], options: ReadOptions
  ) throws(ReadError) -> any RecordReader & ~Copyable {
    JSONRecordReader(source, name: name, tables: tables)
  }
}

internal import Bytes
package import CatalogModel
package import Conversion

/// How a registered backup is read is kept with it, so that it can be read again.
extension ReadOptions {
  private static let encodingName = "text encoding", raggedName = "short records"
  private static let schemaName = "declared by"

  /// What differs from reading without any options.
  var attributes: [Attribute] {
    var attributes: [Attribute] = []
    if let encoding { attributes.append(Attribute(Self.encodingName, Array(encoding.rawValue.utf8))) }
    if isRagged { attributes.append(Attribute(Self.raggedName, Array("padded".utf8))) }
    if let schema { attributes.append(Attribute(Self.schemaName, schema)) }
    return attributes
  }

  /// Takes over what a backup was registered with, unless something else is asked for.
  package mutating func takeOver(from attributes: [Attribute]) {
    for attribute in attributes {
      if attribute.name == Self.encodingName, encoding == nil {
        encoding = TextEncoding(rawValue: String(decoding: attribute.value, as: UTF8.self))
      }
      if attribute.name == Self.raggedName { isRagged = true }
      if attribute.name == Self.schemaName, schema == nil { schema = attribute.value }
    }
  }
}

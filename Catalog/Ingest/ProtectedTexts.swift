internal import Bytes
internal import CatalogModel
internal import CatalogStore
package import Conversion
internal import Diagnostics
package import Records

extension Registration {
  /// Whether it has texts in which values of its rows may stand.
  var hasTexts: Bool { !documents.isEmpty || objects.contains { !$0.definition.isEmpty } }

  /// Masks secrets in all texts that the catalog keeps of the backup. Its values are in `values`.
  mutating func protect(_ values: SecretValues) {
    // A definition is SQL, where a name in front of a value means less.
    var inCode = SecretFinder(values, readsNames: false), inText = SecretFinder(values)
    for i in objects.indices { objects[i] = objects[i].masked(&inCode) }
    for i in documents.indices { documents[i].text.mask(&inText) }
    for i in attributes.indices { attributes[i].value.mask(&inText) }
    for i in claims.indices { claims[i].stated.mask(&inText) }
  }
}

extension SchemaObject {
  /// Says that secrets of an object are not in the catalog.
  private static let mark = SchemaAttribute("masked", Array("yes".utf8))

  /// Whether secrets have been taken out of it.
  package var isMasked: Bool { attributes.contains(Self.mark) }

  /// The same with secrets in its text and attributes masked.
  package var masked: SchemaObject {
    var finder = SecretFinder(readsNames: false)
    return masked(&finder)
  }

  /// The same without the secrets that a finder knows, and without what looks like one.
  package func masked(_ finder: inout SecretFinder) -> SchemaObject {
    guard !isMasked else { return self }
    var copy = self
    copy.definition = DefinitionSecrets(definition, kind: kind, &finder).maskedText
    for i in attributes.indices { copy.attributes[i] = attributes[i].masked(kind: kind, &finder) }
    if copy != self { copy.attributes.append(Self.mark) }
    return copy
  }
}

extension SchemaAttribute {
  /// The same with secrets masked, of an object of a kind.
  package func masked(kind: String) -> SchemaAttribute {
    var finder = SecretFinder(readsNames: false)
    return masked(kind: kind, &finder)
  }

  fileprivate func masked(kind: String, _ finder: inout SecretFinder) -> SchemaAttribute {
    SchemaAttribute(name, DefinitionSecrets(value, kind: kind, &finder).maskedText)
  }
}

extension [UInt8] {
  fileprivate mutating func mask(_ finder: inout SecretFinder) {
    let found = finder.find(in: span)
    if !found.isEmpty { self = masked(found.map(\.range)) }
  }

  /// The same with a mark in place of each range; they are in the order of their beginnings and may overlap.
  func masked(_ ranges: [Range<Int>]) -> [UInt8] {
    guard !ranges.isEmpty else { return self }
    var output: [UInt8] = [], at = 0
    for range in ranges where range.upperBound > at {
      let start = Swift.max(at, range.lowerBound)
      output += self[at..<start] + Array(CatalogModel.masked(span.extracting(start..<range.upperBound)).utf8)
      at = range.upperBound
    }
    return output + self[at...]
  }
}

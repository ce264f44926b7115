package import Bytes
internal import Records

/// The name of a section as it is compared with those of models: small letters without separators.
package struct SectionName: Hashable, Sendable {
  package let bytes: [UInt8]

  package init(_ name: Name) {
    bytes = name.bytes.filter { $0 != UInt8(ascii: "_") && $0 != UInt8(ascii: "-") }.map(asciiLower)
  }
  private init(_ bytes: [UInt8]) { self.bytes = bytes }

  /// What scripts put before and behind the name of a table.
  private static let prefixes = ["backup", "all", "table"].map { Array($0.utf8) }
  private static let suffixes = ["data", "backup", "table", "rows", "list", "export"].map { Array($0.utf8) }

  /// The same without what scripts add, as far as something is left.
  package var bare: SectionName {
    var bytes = bytes
    for prefix in Self.prefixes where bytes.count > prefix.count && bytes.starts(with: prefix) {
      bytes.removeFirst(prefix.count)
    }
    for suffix in Self.suffixes where bytes.count > suffix.count && bytes.suffix(suffix.count).elementsEqual(suffix) {
      bytes.removeLast(suffix.count)
    }
    return SectionName(bytes)
  }

  /// Endings of plurals and of the singulars they are of; the first that fits and names something counts.
  private static let endings: [(plural: [UInt8], singular: [UInt8])] = [
    ("people", "person"), ("children", "child"), ("statuses", "status"), ("data", "datum"), ("indices", "index"),
    ("ies", "y"), ("ves", "f"), ("ses", "s"), ("xes", "x"), ("ches", "ch"), ("shes", "sh"), ("zes", "z"), ("s", ""),
    ("i", "us"),
  ].map { (Array($0.0.utf8), Array($0.1.utf8)) }

  /// Singulars that the name may be the plural of.
  package var singulars: [SectionName] {
    Self.endings.compactMap { ending in
      guard bytes.count > ending.plural.count, bytes.suffix(ending.plural.count).elementsEqual(ending.plural) else {
        return nil
      }
      return SectionName(Array(bytes.dropLast(ending.plural.count)) + ending.singular)
    }
  }

  /// Whether a client made the name by giving the model a small first letter: `fFEItem`, `uRLMap`.
  package static func isAccessor(_ name: Name) -> Bool {
    let bytes = name.bytes
    func isCapital(_ i: Int) -> Bool { bytes[i] >= UInt8(ascii: "A") && bytes[i] <= UInt8(ascii: "Z") }
    guard bytes.count > 3, bytes[0] >= UInt8(ascii: "a"), bytes[0] <= UInt8(ascii: "z") else { return false }
    return isCapital(1) && isCapital(2)
  }
}

/// Finds the table that a section holds the rows of.
package struct SectionIndex: Sendable {
  /// Positions of tables by the names that they may go by.
  private var exact: [Name: Int] = [:]
  private var normalised: [SectionName: Int] = [:]
  /// Names that mean several tables, so that they mean none.
  private var ambiguous: Set<SectionName> = []

  package init(_ tables: [PrismaTable]) {
    for (i, table) in tables.enumerated() {
      exact[table.model] = i
      // A model's own name goes before another's table.
      for name in [table.model, table.schema.localName, table.schema.name] { add(SectionName(name), i) }
    }
    for (i, table) in tables.enumerated() where exact[table.schema.name] == nil { exact[table.schema.name] = i }
  }

  private mutating func add(_ name: SectionName, _ i: Int) {
    if let known = normalised[name], known != i {
      ambiguous.insert(name)
    } else {
      normalised[name] = i
    }
  }

  private subscript(_ name: SectionName) -> Int? { ambiguous.contains(name) ? nil : normalised[name] }

  /// The table of a section; nil when its name means none or several.
  package func table(_ section: Name) -> Int? {
    if let found = exact[section] { return found }
    let name = SectionName(section)
    for candidate in [name, name.bare] {
      if let found = self[candidate] { return found }
      for singular in candidate.singulars { if let found = self[singular] { return found } }
    }
    return nil
  }
}

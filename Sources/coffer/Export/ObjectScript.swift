internal import Bytes
internal import CatalogIngest
internal import CatalogModel
internal import Diagnostics
internal import Records

/// Definitions of objects as one SQL script, in an order in which they can be run.
struct ObjectScript: Sendable {
  /// What the script says of the backup it comes from, one line each.
  var origin: [String]
  /// What is in it, such as `policies`.
  var what: String
  /// Names of tables that belong to it and are not in it.
  var tables: [Name] = []
  private let objects: [SchemaObject]

  /// Objects that are written, and those that are left out, with why.
  private(set) var written: [SchemaObject] = []
  private(set) var leftOut: [(object: SchemaObject, problem: SQLFragment.Problem)] = []

  init(_ what: String, of objects: [SchemaObject], origin: [String]) {
    self.what = what
    self.origin = origin
    self.objects = ObjectGroups(objects).groups.flatMap { kind, objects in
      kind.word == "migration" ? Self.inOrder(objects) : objects
    }
    for object in self.objects {
      if let problem = SQLFragment(object.definition).problem {
        leftOut.append((object, problem))
      } else {
        written.append(object)
      }
    }
  }

  /// Migrations by their place and version, where they say so.
  private static func inOrder(_ migrations: [SchemaObject]) -> [SchemaObject] {
    func key(_ object: SchemaObject) -> (Int64, [UInt8]) {
      let order = object.attribute("order").flatMap { Int64(digits: $0.span) } ?? .max
      return (order, object.attribute("version") ?? object.name.bytes)
    }
    return migrations.enumerated().sorted { a, b in
      let (x, y) = (key(a.element), key(b.element))
      if x.0 != y.0 { return x.0 < y.0 }
      if x.1 != y.1 { return x.1.lexicographicallyPrecedes(y.1) }
      return a.offset < b.offset
    }.map(\.element)
  }

  /// The script; comments hold no line feed that a name could bring in.
  func text(masked: Bool) -> [UInt8] {
    var output: [UInt8] = []
    func comment(_ line: String) { output += Array("-- \(line)\n".utf8) }
    let groups = ObjectGroups(written)
    for line in origin { comment(line) }
    comment(written.isEmpty ? "nothing" : groups.summary)
    comment("Not included: rows, tables, owners, grants, and whatever else these refer to.")
    for (object, problem) in leftOut { comment("Left out: \(displayed(object.address)), \(problem.rawValue).") }
    if !tables.isEmpty {
      comment("Tables that belong to it (coffer export BACKUP --only table:NAME): " + names(tables))
    }
    comment("Read it before you run it: psql -X -v ON_ERROR_STOP=1 --single-transaction -f THIS_FILE")
    for (kind, objects) in groups.groups {
      output += Array("\n-- \(kind.counted(objects.count))\n".utf8)
      for object in objects {
        output += Array("\n-- \(displayed(object.address))\(note(object))\n".utf8)
        let text = (masked ? object.masked : object).definition
        output += text.trimmed + SQLFragment(text).ending + [UInt8(ascii: "\n")]
      }
    }
    return output
  }

  /// What is worth saying of an object above it.
  private func note(_ object: SchemaObject) -> String {
    guard object.kind == "migration", let applied = object.attribute("applied") else { return "" }
    return applied == Array("yes".utf8) ? ", applied" : ", not applied"
  }

  private func names(_ names: [Name]) -> String {
    names.prefix(20).map { displayed($0) }.joined(separator: ", ") + (names.count > 20 ? ", …" : "")
  }
}

extension [UInt8] {
  /// Without white space at both ends.
  fileprivate var trimmed: [UInt8] {
    guard let first = firstIndex(where: { $0 > 0x20 }), let last = lastIndex(where: { $0 > 0x20 }) else { return [] }
    return Array(self[first...last])
  }
}

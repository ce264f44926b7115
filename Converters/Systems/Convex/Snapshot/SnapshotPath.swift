internal import Bytes
internal import Conversion

/// What the path of an entry says about its place in a snapshot export.
///
///     <anything>/ [ _components/<name>/ … ] <table>/documents.jsonl
///                                           <table>/generated_schema.jsonl
///                                           _storage/<id>.<ending>
struct SnapshotPath: Hashable, Sendable {
  enum Part: Hashable, Sendable {
    case documents, shape
    /// The list of tables and their numbers.
    case tables
    /// The body of a stored file and the id in its name.
    case body(Name)
  }
  /// Directory of the export within the container; empty when it is the container itself.
  var root: [UInt8]
  /// Names of the components that the table lies in, with `/` between; empty for the deployment itself.
  var component: Name
  var table: Name
  var part: Part

  /// The place of a table's documents that are no part of an export.
  init(documentsOf table: Name) {
    (root, component, part) = ([], "", .documents)
    self.table = table
  }

  /// Nil for paths that mean nothing in an export.
  init?(_ path: [UInt8]) {
    var parts = path.split(separator: UInt8(ascii: "/")).map { Name(Array($0)) }
    guard let file = parts.popLast(), let table = parts.popLast() else { return nil }
    self.table = table
    if table == "_tables" {
      guard file == "documents.jsonl" else { return nil }
      part = .tables
    } else if file == "documents.jsonl" {
      part = .documents
    } else if file == "generated_schema.jsonl", !table.hasPrefix("_") {
      part = .shape
    } else if table == "_storage", !file.hasPrefix("documents.") {
      part = .body(Name(Array(file.bytes.prefix { $0 != UInt8(ascii: ".") })))
    } else {
      return nil
    }
    var names: [Name] = []
    while parts.count >= 2, parts[parts.count - 2] == "_components" {
      names.insert(parts[parts.count - 1], at: 0)
      parts.removeLast(2)
    }
    let slash = [UInt8(ascii: "/")]
    component = Name(Array(names.map(\.bytes).joined(separator: slash)))
    root = Array(parts.map(\.bytes).joined(separator: slash))
  }

  /// The table's name among all of the export.
  var tableName: Name { component.isEmpty ? table : component + "." + table }
}

internal import Bytes
internal import CatalogModel
internal import CommandLine
internal import Diagnostics
internal import Records

/// A word that names a schema object: `name`, `kind:name` or `kind:table.name`.
struct ObjectAddress: Sendable {
  private let word: [UInt8]
  /// What stands in front of the first colon, as a kind, and what stands behind it.
  private let kind: String?
  private let rest: [UInt8]

  init(_ word: [UInt8]) {
    self.word = word
    guard let colon = word.firstIndex(of: UInt8(ascii: ":")) else {
      kind = nil
      rest = word
      return
    }
    let prefix = Array(word[..<colon])
    kind = ObjectKind(named: prefix)?.word ?? String(decoding: prefix, as: UTF8.self)
    rest = Array(word[(colon + 1)...])
  }

  /// The objects that the word means: several when it is not clear, or when a name has several definitions.
  func find(in objects: [SchemaObject]) -> [SchemaObject] {
    let named = objects.filter { Self.isCalled($0, word) }
    guard named.isEmpty, let kind else { return named }
    let ofKind = objects.filter { $0.kind == kind && Self.isCalled($0, rest) }
    // The whole address of one of them is clear, whatever else could be meant.
    let exact = ofKind.filter { $0.address == Array("\(kind):".utf8) + rest }
    return exact.isEmpty ? ofKind : exact
  }

  /// Whether an object is called so: by its name, with its table or schema in front, or without its arguments.
  private static func isCalled(_ object: SchemaObject, _ word: [UInt8]) -> Bool {
    let name = object.name.bytes
    if name == word { return true }
    for qualifier in [object.table?.bytes, object.attribute("schema")] {
      if let qualifier, word == qualifier + [UInt8(ascii: ".")] + name { return true }
    }
    guard let open = name.firstIndex(of: UInt8(ascii: "(")) else { return false }
    return word.elementsEqual(name[..<open])
  }
}

extension Failure {
  /// Says that a word means several objects, and how each of them is named.
  static func ambiguous(_ word: [UInt8], _ objects: [SchemaObject]) -> Failure {
    var seen: Set<[UInt8]> = []
    let addresses = objects.map(\.address).filter { seen.insert($0).inserted }
    let shown = addresses.prefix(10).map { displayed($0) }.joined(separator: ", ")
    return .usage(
      "'\(displayed(word))' could be any of \(addresses.count) objects",
      advice: "name one of them: " + shown + (addresses.count > 10 ? ", …" : ""))
  }
}

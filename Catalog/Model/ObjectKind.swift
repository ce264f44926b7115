/// A kind of schema object: its word, and its place among the others.
package struct ObjectKind: Hashable, Sendable {
  /// Such as `policy`, `edge-function`; what the catalog holds and what `find` takes.
  package let word: String
  /// Such as `policies`, `edge-functions`.
  package let plural: String
  /// Position in `all`; kinds that are not in it come last.
  package let rank: Int

  /// All kinds that systems tell apart, in the order in which their definitions can be run.
  package static let all: [ObjectKind] = words.enumerated().map { ObjectKind($1, rank: $0) }

  private static let words = [
    "database", "setting", "tablespace", "role", "role-setting", "role-membership", "language", "schema", "extension",
    "type", "domain", "collation", "text-search", "sequence", "function", "procedure", "aggregate", "operator", "cast",
    "server", "foreign-table", "user-mapping", "partition", "view", "materialized-view", "rule", "index", "constraint",
    "statistics", "trigger", "event-trigger", "row-security", "policy", "publication", "subscription", "owner", "grant",
    "default-privileges", "comment", "migration", "edge-function", "bucket", "storage-object", "user", "large-object",
    "model", "embedded-file", "statement",
  ]
  /// Words that are their own plural.
  private static let invariant: Set<String> = ["row-security", "default-privileges", "statistics"]
  private static let irregular = ["index": "indexes", "text-search": "text-searches"]

  private init(_ word: String, rank: Int) {
    self.word = word
    self.rank = rank
    plural = Self.plural(of: word)
  }

  /// The kind of a word, whether systems tell it apart or not.
  package init(_ word: String) {
    self = Self.byWord[word] ?? ObjectKind(word, rank: Self.all.count)
  }

  /// The known kind that a word means, singular or plural; nil when there is none.
  package init?(named word: [UInt8]) {
    guard let kind = Self.all.first(where: { $0.word.utf8.elementsEqual(word) || $0.plural.utf8.elementsEqual(word) })
    else { return nil }
    self = kind
  }

  private static let byWord = Dictionary(all.map { ($0.word, $0) }) { first, _ in first }

  private static func plural(of word: String) -> String {
    if invariant.contains(word) { return word }
    if let plural = irregular[word] { return plural }
    return word.hasSuffix("y") ? word.dropLast() + "ies" : word + "s"
  }

  /// Such as `1 policy` or `73 edge functions`.
  package func counted(_ count: Int) -> String {
    "\(count) " + (count == 1 ? word : plural).split(separator: "-").joined(separator: " ")
  }
}

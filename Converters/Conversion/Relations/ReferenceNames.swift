internal import Bytes
internal import Records

/// What names of columns and tables say of references.
enum ReferenceNames {
  /// How well a column's name names a table; ordered from the best.
  enum Match: Int, Comparable, Sendable {
    /// `author_id` of `authors`.
    case whole
    /// `shipping_address_id` of `addresses`, `user_id` of `auth_user`.
    case words
    /// `parent_id` of the column's own table.
    case own
    /// `created_by` of `users`.
    case person
    static func < (a: Match, b: Match) -> Bool { a.rawValue < b.rawValue }
  }

  private static let endings = wordSet("id ids uuid guid ref key fk code")
  private static let keys = wordSet("id uuid guid key code pk slug")
  private static let own = wordSet("parent root previous next original duplicate replaced superseded ancestor sequel")
  private static let persons = wordSet(
    "owner author creator editor user assignee reviewer approver manager sender recipient uploader member supervisor actor"
  )
  private static let users = wordSet("user account person profile employee staff member")

  /// Words of a name in the singular; none for one of more words than a name that somebody gave.
  static func words(_ name: Name) -> [[UInt8]] {
    let words = NameWords(name).words
    return words.count > 16 ? [] : words.map(singular)
  }

  /// The word in the singular, by the common rules of English.
  static func singular(_ word: [UInt8]) -> [UInt8] {
    func ends(_ ending: String) -> Bool {
      word.count > ending.utf8.count && word.reversed().starts(with: ending.utf8.reversed())
    }
    if ends("ies"), word.count > 4 { return word.dropLast(3) + [UInt8(ascii: "y")] }
    for ending in ["sses", "xes", "zes", "ches", "shes"] where ends(ending) { return word.dropLast(2) }
    if ends("s"), word.count > 2, !ends("ss"), !ends("us"), !ends("is") { return word.dropLast() }
    return word
  }

  /// What a column's name speaks of, when it may refer to something: its words without the last one that says so.
  static func subject(_ words: [[UInt8]]) -> [[UInt8]]? {
    guard let last = words.last, words.count > 1 else { return nil }
    if endings.contains(last) {
      // `place_ptr_id`
      let rest = words.dropLast()
      return Array(rest.count > 1 && rest.last == Array("ptr".utf8) ? rest.dropLast() : rest)
    }
    return last == Array("by".utf8) ? words : nil
  }

  /// Whether a column may be what others refer to.
  static func mayBeKey(_ words: [[UInt8]], of table: [[UInt8]]) -> Bool {
    guard let last = words.last, keys.contains(last) else { return false }
    return words.count == 1 || table.suffix(words.count - 1).elementsEqual(words.dropLast())
  }

  /// Whether a subject names a table's rows as people.
  static func isPerson(_ subject: [[UInt8]]) -> Bool {
    guard let last = subject.last else { return false }
    return last == Array("by".utf8) || persons.contains(last)
  }
  static func isUsers(_ table: [[UInt8]]) -> Bool { table.last.map { users.contains($0) } ?? false }
  static func isOwn(_ subject: [[UInt8]]) -> Bool { subject.first.map { own.contains($0) } ?? false }
}

internal import Bytes
internal import Records

/// What a foreign key does when the row it refers to changes, read from the source's own words; unknown ones are no part of it.
package struct ForeignKeyActions: Sendable, Equatable {
  package enum Action: String, CaseIterable, Sendable {
    case noAction = "NO ACTION"
    case restrict = "RESTRICT"
    case cascade = "CASCADE"
    case setNull = "SET NULL"
    case setDefault = "SET DEFAULT"
  }
  package var onUpdate = Action.noAction
  package var onDelete = Action.noAction
  package var isFull = false
  /// What the source says of when it is checked; nil when it says nothing.
  package var isDeferrable: Bool?
  package var isDeferred = false
  /// Whether all of the text was understood.
  package private(set) var isWhole = true

  package init() {}

  /// Reads `ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED` and the like.
  package init(_ text: [UInt8]) {
    guard text.count <= 256 else {
      isWhole = false
      return
    }
    var words = text.split(whereSeparator: { $0 <= 0x20 }).map {
      String(decoding: $0.map { $0 >= 0x61 && $0 <= 0x7A ? $0 & 0xDF : $0 }, as: UTF8.self)
    }[...]
    while !words.isEmpty {
      guard let count = take(words) else {
        isWhole = false
        return
      }
      words = words.dropFirst(count)
    }
  }

  /// Takes what the words begin with; how many they are, or nil when it is unknown.
  private mutating func take(_ words: ArraySlice<String>) -> Int? {
    func begins(_ text: String) -> Bool { words.starts(with: text.split(separator: " ").map(String.init)) }
    for isDelete in [false, true] where begins(isDelete ? "ON DELETE" : "ON UPDATE") {
      let rest = words.dropFirst(2)
      for action in Action.allCases where rest.starts(with: action.rawValue.split(separator: " ").map(String.init)) {
        if isDelete { onDelete = action } else { onUpdate = action }
        return action.rawValue.contains(" ") ? 4 : 3
      }
      return nil
    }
    if begins("MATCH SIMPLE") || begins("NOT VALID") { return 2 }
    if begins("MATCH FULL") {
      isFull = true
      return 2
    }
    if begins("NOT DEFERRABLE") {
      isDeferrable = false
      return 2
    }
    if begins("INITIALLY IMMEDIATE") { return 2 }
    if begins("INITIALLY DEFERRED") {
      isDeferred = true
      return 2
    }
    if begins("DEFERRABLE") {
      isDeferrable = true
      return 1
    }
    return nil
  }

  /// The clauses of a dialect, with a blank before each; `isSource`: the key was declared so, else it is deferred.
  func clauses(_ dialect: SQLDialect) -> String {
    var text = isFull && dialect == .postgres ? " MATCH FULL" : ""
    if onUpdate != .noAction, carries(onUpdate, dialect) { text += " ON UPDATE \(onUpdate.rawValue)" }
    if onDelete != .noAction, carries(onDelete, dialect) { text += " ON DELETE \(onDelete.rawValue)" }
    return text
  }

  /// What the dialect leaves out of the clauses.
  func isCarried(_ dialect: SQLDialect) -> Bool {
    isWhole && (!isFull || dialect == .postgres) && carries(onUpdate, dialect) && carries(onDelete, dialect)
  }

  private func carries(_ action: Action, _ dialect: SQLDialect) -> Bool {
    dialect != .mysql || action != .setDefault
  }
}

internal import Bytes
internal import Conversion

/// What a figure of a document counts.
enum FigureSubject: Equatable, Sendable {
  case tables, policies, functions, encryptionFunctions, migrations, edgeFunctions, users, roleAssignments, records
  case backupFiles, summaryDocuments, tablesWithPolicies
  case rows(Name)
  /// Something that the content has no name for.
  case unknown

  /// The words that may stand beside a subject without making it another.
  private static let filling = wordSet(
    "total all database complete data rls row level security rpc stored edge encryption applied file files stage backup supabase auth number count public of the user"
  )

  /// Finds the subject; nil when the figure counts nothing of a backup. `tables` are the names of all tables.
  init?(label: [[UInt8]], noun: [[UInt8]], in statement: Statement, tables: [Name]) {
    let near = Set(label + noun), sections = statement.sectionWords
    func has(_ words: String) -> Bool { near.contains { wordSet(words).contains($0) } }
    func isUnder(_ words: String) -> Bool { sections.contains { wordSet(words).contains($0) } }
    // A part of what the item above counts, unless it is the section's own count.
    let isQualified = statement.isNested && label.isEmpty
    if has("function functions procedures") {
      self =
        has("edge") || isUnder("edge")
        ? .edgeFunctions : has("encryption") || isUnder("encryption") ? .encryptionFunctions : .functions
    } else if has("policy policies") {
      self = .policies
    } else if has("migration migrations") {
      self = .migrations
    } else if has("records rows"), noun.allSatisfy({ wordSet("records rows total record row data").contains($0) }) {
      self = .records
    } else if let table = Self.table(noun, tables), !isQualified {
      self = .rows(table)
    } else if has("tables") {
      self = contains(statement.line, "olicies") ? .tablesWithPolicies : .tables
    } else if has("roles assignments"), !has("stages") {
      self = .roleAssignments
    } else if has("users accounts") {
      let others = near.subtracting(Self.filling).subtracting(wordSet("users accounts"))
      self = others.isEmpty && !isQualified ? .users : .unknown
    } else if has("files") && has("backup") && has("current") {
      self = .backupFiles
    } else if has("document documents") && has("summary") {
      self = .summaryDocuments
    } else if Self.isBold(statement.line), !noun.isEmpty {
      self = .unknown
    } else {
      return nil
    }
  }

  /// `**8 Organizations** with …` states something even if nobody knows what.
  private static func isBold(_ line: [UInt8]) -> Bool {
    line.starts(with: "**".utf8) && line.dropFirst(2).first.map { isDigit($0) } ?? false
  }

  /// The table that words name, in the singular or plural, whatever is between them.
  static func table(_ noun: [[UInt8]], _ tables: [Name]) -> Name? {
    var noun = noun
    while let last = noun.last, noun.count > 1, wordSet("entries records rows entry").contains(last) {
      noun.removeLast()
    }
    guard !noun.isEmpty else { return nil }
    let wanted = noun.map(singular)
    return tables.first { NameWords($0).words.map(singular) == wanted }
  }

  private static func singular(_ word: [UInt8]) -> [UInt8] {
    if word.count > 4, word.suffix(3).elementsEqual("ies".utf8) { return word.dropLast(3) + [UInt8(ascii: "y")] }
    return word.count > 3 && word.last == UInt8(ascii: "s") ? Array(word.dropLast()) : word
  }
}

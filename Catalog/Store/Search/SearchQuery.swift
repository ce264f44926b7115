package import Bytes
package import CatalogModel

/// What to look for in the values of all backups.
package struct SearchQuery: Hashable, Sendable {
  /// All of them have to be found in one record.
  package var terms: [SearchTerm]
  package var scope = BackupQuery()
  package var table: NamePattern?
  package var column: NamePattern?
  /// Otherwise case and the marks on letters do not count (in regular expressions: case only). Exact values always count.
  package var isCaseSensitive = false
  /// Greatest number of hits; nil for all.
  package var limit: Int? = 100
  /// Where an earlier result ended.
  package var cursor: SearchCursor?
  /// Whether all records that match are counted, though only `limit` are shown.
  package var countsAll = false
  /// Bytes shown on either side of what matches.
  package var context = 40
  package init(_ terms: [SearchTerm]) { self.terms = terms }
}

/// One thing to look for.
package enum SearchTerm: Hashable, Sendable {
  /// As people type: a word; words next to each other when there is white space or a pair of double quotes; the beginning
  /// of a word when it ends in `*`. Punctuation inside, as in `ann@example.org`, has to be there.
  case words([UInt8])
  /// A whole value, byte for byte.
  case exact([UInt8])
  /// Anywhere in a value; found by reading all stored values.
  case substring([UInt8])
  /// See `RegexParser`; found by reading all stored values.
  case regex([UInt8])
}

/// A place in the order of all hits.
package struct SearchCursor: Hashable, Sendable, CustomStringConvertible {
  package var backup: Key<Backup>
  package var row: Int64
  package init(backup: Key<Backup>, row: Int64) {
    self.backup = backup
    self.row = row
  }
  /// Such as `12.3401`, for the user to give back.
  package var description: String { "\(backup.number).\(row)" }
  package init?(_ text: String) {
    let parts = text.split(separator: ".", omittingEmptySubsequences: false)
    guard parts.count == 2, let backup = Int64(parts[0]), let row = Int64(parts[1]) else { return nil }
    self.init(backup: Key(backup), row: row)
  }
}

/// What a search found.
package struct SearchResult: Sendable {
  package var hits: [SearchHit] = []
  /// Whether the hits are all there are after the cursor.
  package var isComplete = true
  /// Where to go on when they are not.
  package var next: SearchCursor?
  /// Number of records that match, when it was asked for.
  package var total: Int?
  /// Whether stored values were read one by one, because no index helps with what was asked.
  package var scanned = false
  /// Records of which the values were looked at.
  package var examined = 0
  /// Backups in the scope that were registered without index or with their keys only.
  package var partlyIndexedBackups = 0
  /// Values in the scope that no index holds because of their size or kind.
  package var unsearchableValues: Int64 = 0
  package init() {}
}

/// A record, or a document, in which all terms were found.
package struct SearchHit: Hashable, Sendable {
  package enum Place: Hashable, Sendable {
    /// `key` is the primary key's values with commas between them; nil when the table has none. Records count from 1 in
    /// the order of the backup.
    case record(table: Name, key: [UInt8]?, number: Int64)
    case document(path: [UInt8])
  }
  package var backup: Backup
  package var place: Place
  /// In the order of the columns.
  package var matches: [FieldMatch]
  package init(backup: Backup, place: Place, matches: [FieldMatch]) {
    self.backup = backup
    self.place = place
    self.matches = matches
  }
}

/// A value with what matches in it.
package struct FieldMatch: Hashable, Sendable {
  /// Nil in a document.
  package var column: Name?
  /// The value or the part of it around the first match.
  package var snippet: [UInt8]
  /// Ranges of the snippet that match, in order and apart.
  package var marks: [Range<Int>]
  package var isCutAtStart: Bool
  package var isCutAtEnd: Bool
  package init(column: Name?, snippet: [UInt8], marks: [Range<Int>], isCutAtStart: Bool, isCutAtEnd: Bool) {
    self.column = column
    self.snippet = snippet
    self.marks = marks
    self.isCutAtStart = isCutAtStart
    self.isCutAtEnd = isCutAtEnd
  }
}

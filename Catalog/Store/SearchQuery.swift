package import Bytes
package import CatalogModel
package import TextSearch

/// What to look for in the values of all backups.
package struct SearchQuery: Sendable {
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
  /// When to stop with what was found; nil for never.
  package var deadline: ContinuousClock.Instant?
  package init(_ terms: [SearchTerm]) { self.terms = terms }
}

/// A place in the order of all hits: in each lineage that was begun, the row version below which the search goes on.
package struct SearchCursor: Hashable, Sendable, CustomStringConvertible {
  package struct Position: Hashable, Sendable {
    package var lineage: Key<Lineage>
    package var before: UInt32
    package init(lineage: Key<Lineage>, before: UInt32) {
      self.lineage = lineage
      self.before = before
    }
  }
  package var positions: [Position]
  package init(_ positions: [Position]) { self.positions = positions }

  /// Such as `1.3401-4.20`, for the user to give back.
  package var description: String {
    positions.map { "\($0.lineage.number).\($0.before)" }.joined(separator: "-")
  }
  package init?(_ text: String) {
    positions = []
    for part in text.split(separator: "-", omittingEmptySubsequences: false) {
      let numbers = part.split(separator: ".", omittingEmptySubsequences: false)
      guard numbers.count == 2, let lineage = Int64(numbers[0]), let before = UInt32(numbers[1]) else { return nil }
      positions.append(Position(lineage: Key(lineage), before: before))
    }
  }
}

/// What a search found.
package struct SearchResult: Sendable {
  package var hits: [SearchHit] = []
  /// Whether the hits are all there are after the cursor.
  package var isComplete = true
  /// Where to go on when they are not.
  package var next: SearchCursor?
  /// When the deadline ended the search: the time of the oldest backup up to which everything was looked at; nil when that was
  /// not even the newest.
  package var searchedBackTo: Moment?
  package var isCutShort = false
  /// Number of records that match, when it was asked for.
  package var total: Int?
  /// Whether stored values were read one by one, because no index helps with what was asked.
  package var scanned = false
  /// Records of which the values were looked at.
  package var examined = 0
  /// Backups in the scope of which no rows are kept, or keys only.
  package var partlyIndexedBackups = 0
  /// At most so many values in the scope cannot be searched because of their size or kind.
  package var unsearchableValues: Int64 = 0
  package init() {}
}

/// A version of a record, or of a document, in which all terms were found.
package struct SearchHit: Hashable, Sendable {
  package enum Place: Hashable, Sendable {
    /// `key` is the primary key's values with commas between them; nil when the table has none, or a secret one.
    case record(table: Name, key: [UInt8]?)
    case document(path: [UInt8])
  }
  /// The newest backup of the scope that holds it.
  package var backup: Backup
  /// The oldest one.
  package var first: Backup
  /// How many backups of the scope hold it.
  package var backupCount: Int
  /// In how many systems the project has a record of this table and key.
  package var systemCount: Int
  package var place: Place
  /// In the order of the columns.
  package var matches: [FieldMatch]
  package init(
    backup: Backup, first: Backup, backupCount: Int, systemCount: Int, place: Place, matches: [FieldMatch]
  ) {
    self.backup = backup
    self.first = first
    self.backupCount = backupCount
    self.systemCount = systemCount
    self.place = place
    self.matches = matches
  }
}

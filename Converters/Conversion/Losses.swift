internal import Bytes
package import Records

/// A way in which a target fails to carry a value; codes and words are the same whichever writer reports it.
package enum LossKind: Int, CaseIterable, Sendable {
  /// Absent keys are written as NULL though the column also holds NULLs, so that the two can no longer be told apart.
  case missingAsNull
  /// Text holds half of a surrogate pair, which only JSON escapes can carry: the row is left out.
  case loneSurrogate
  /// Text holds U+0000, which the target's text type refuses: the row is left out.
  case nulCharacter
  /// NaN or an infinity where the target has none: written as NULL.
  case specialFloat
  /// JSON's own null, which is no NULL, is written as what stands for NULL.
  case jsonNull
  /// Text that a spreadsheet would run as a formula got a leading apostrophe; it can be taken away again.
  case formulaGuarded
  /// A record gave the same key twice and the last value won.
  case duplicateKey
  /// A float is -0.0 where the target has only 0.0.
  case negativeZero
  /// The value does not fit the column's type: the row is left out.
  case typeMismatch
  /// The text has more characters than the column's type allows: the row is left out.
  case tooLong
  /// The row breaks a constraint of its table, such as a key that occurs twice or holds no value: it is left out.
  case constraint
  /// A time is finer than the target's microseconds.
  case timePrecision
  /// A time with an offset is written as UTC, so that the offset can no longer be told.
  case offsetAsUTC
  /// Text holds a control character, which the target has no form for: the row is left out.
  case controlCharacter
  /// Text begins or ends with white space, which the target's own reader takes away.
  case outerSpace
  /// The column holds secrets and was left out on purpose.
  case secretColumn
  /// The column holds secrets and may not be empty: a mark stands in place of each.
  case secretMarked
  /// A secret within a value was replaced by a mark.
  case secretWithin
  /// A secret within the default or the expression of a column, which was left out.
  case secretDefinition
  /// A value that may hold secrets and cannot be looked into was left out.
  case contentLeftOut
  /// A decimal is written as text, which keeps its digits.
  case decimalAsText
  /// A foreign key's value is written as the id of the row that it leads to.
  case referenceAsID
  /// A number within JSON has more digits than the target's floats hold.
  case numberRounded
  /// A key within JSON is not allowed in the target and got another name.
  case keyChanged
  /// The value is no id of the row's own table: the row is left out.
  case wrongID
  /// The value is nested deeper than the target allows: the row is left out.
  case tooDeep
  /// An array or object has more elements than the target allows: the row is left out.
  case tooManyElements
  /// The rows become elements of lists, which have no place for other columns, such as a key that numbers the rows.
  case listColumn
  /// A hash of a password is spelled as the target verifies it.
  case passwordSpelled

  /// The stable name for programs.
  package var code: String {
    switch self {
    case .missingAsNull: "missing-as-null"
    case .loneSurrogate: "lone-surrogate"
    case .nulCharacter: "nul-character"
    case .specialFloat: "special-float"
    case .jsonNull: "json-null"
    case .formulaGuarded: "formula-guarded"
    case .duplicateKey: "duplicate-key"
    case .negativeZero: "negative-zero"
    case .typeMismatch: "type-mismatch"
    case .tooLong: "too-long"
    case .constraint: "constraint"
    case .timePrecision: "time-precision"
    case .offsetAsUTC: "offset-as-utc"
    case .controlCharacter: "control-character"
    case .outerSpace: "outer-space"
    case .secretColumn: "secret-column"
    case .secretMarked: "secret-marked"
    case .secretWithin: "secret-within"
    case .secretDefinition: "secret-definition"
    case .contentLeftOut: "content-left-out"
    case .decimalAsText: "decimal-as-text"
    case .referenceAsID: "reference-as-id"
    case .numberRounded: "number-rounded"
    case .keyChanged: "key-changed"
    case .wrongID: "wrong-id"
    case .tooDeep: "too-deep"
    case .tooManyElements: "too-many-elements"
    case .listColumn: "list-column"
    case .passwordSpelled: "password-prefix"
    }
  }

  /// What was lost, in one phrase without a full stop.
  package var message: String {
    switch self {
    case .missingAsNull: "absent values are written as NULL and cannot be told from the column's NULLs"
    case .loneSurrogate: "text with a lone surrogate cannot be carried: rows left out"
    case .nulCharacter: "text with a NUL character cannot be carried: rows left out"
    case .specialFloat: "NaN or infinity is written as NULL"
    case .jsonNull: "a JSON null is written as null and cannot be told from NULL"
    case .formulaGuarded: "text that begins like a formula got a leading apostrophe, which can be taken away"
    case .duplicateKey: "a key occurs twice in one record: the earlier value is left out"
    case .negativeZero: "negative zero is written as zero"
    case .typeMismatch: "value does not fit the type of its column: rows left out"
    case .tooLong: "text is longer than the type of its column allows: rows left out"
    case .constraint: "row breaks a constraint of its table: rows left out"
    case .timePrecision: "times finer than a microsecond are cut or rounded"
    case .offsetAsUTC: "times with an offset are written as UTC"
    case .controlCharacter: "text with a control character cannot be carried: rows left out"
    case .outerSpace: "white space around text is written, but readers of the target take it away"
    case .secretColumn: "the column holds secrets and is left out"
    case .secretMarked: "the column holds secrets, which are replaced by a mark"
    case .secretWithin: "secrets within values are replaced by a mark"
    case .secretDefinition: "a default or an expression with a secret in it is left out"
    case .contentLeftOut: "content of files and values that cannot be looked into are left out"
    case .decimalAsText: "decimals are written as text, which keeps their digits"
    case .referenceAsID: "references are written as ids of the rows that they lead to"
    case .numberRounded: "numbers within JSON have more digits than a float holds and are rounded"
    case .keyChanged: "keys within JSON are not allowed in the target and got other names"
    case .wrongID: "the id is none, or one of another table: rows left out"
    case .tooDeep: "values are nested too deeply for the target: rows left out"
    case .tooManyElements: "arrays or objects have too many elements for the target: rows left out"
    case .listColumn: "rows become elements of lists, which have no place for the column: it is left out"
    case .passwordSpelled: "hashes of passwords are written in the form that the target verifies"
    }
  }

  /// Whether the whole row is left out, which makes the conversion partial.
  package var isReject: Bool {
    switch self {
    case .loneSurrogate, .nulCharacter, .typeMismatch, .tooLong, .constraint, .controlCharacter, .wrongID, .tooDeep,
      .tooManyElements:
      true
    case .missingAsNull, .specialFloat, .jsonNull, .formulaGuarded, .duplicateKey, .negativeZero, .timePrecision,
      .offsetAsUTC,
      .outerSpace, .secretColumn, .secretMarked, .secretWithin, .secretDefinition, .contentLeftOut,
      .decimalAsText, .referenceAsID, .numberRounded, .keyChanged, .listColumn, .passwordSpelled:
      false
    }
  }
}

extension LossKind {
  /// Kinds after which values are spelled otherwise but mean the same, or can be told from what is written.
  private static let harmless: Set<LossKind> = [
    .missingAsNull, .negativeZero, .offsetAsUTC, .decimalAsText, .referenceAsID,
  ]
  private static let changes = Set(allCases.filter { !$0.isReject && !harmless.contains($0) }.map(\.code))
  /// Whether losses of a code count values that mean something else afterwards; rows and properties of columns are none.
  package static func countsChanges(_ code: String) -> Bool { changes.contains(code) }
}

/// Counts the losses of one table by column while its rows are written; a writer keeps one for each of its tables.
package struct TableLosses: Sendable {
  private let table: Name
  private let columns: [Name]
  /// Counts by column, then by kind.
  private var counts: [Int]
  /// Whether the column has held a null.
  private var hasNull: [Bool]

  package init(_ table: TableSchema) {
    self.table = table.name
    columns = table.columns.map(\.name)
    counts = Array(repeating: 0, count: columns.count * LossKind.allCases.count)
    hasNull = Array(repeating: false, count: columns.count)
  }

  /// Losses of some kinds, counted by column.
  package init(_ table: TableSchema, _ counts: [(kind: LossKind, counts: [Int])]) {
    self.init(table)
    for (kind, counts) in counts {
      for (column, number) in counts.enumerated() { count(kind, column: column, by: number) }
    }
  }

  /// Counts `count` losses in the column at a position; for a kind that rejects, one per row.
  package mutating func count(_ kind: LossKind, column: Int, by count: Int = 1) {
    counts[column * LossKind.allCases.count + kind.rawValue] += count
  }

  /// Notes that the column holds nulls; without one, absent values written as NULL are no loss.
  package mutating func noteNull(column: Int) { hasNull[column] = true }

  /// The losses so far, by column.
  package var losses: [Loss] {
    var losses: [Loss] = []
    for column in columns.indices {
      for kind in LossKind.allCases {
        let count = counts[column * LossKind.allCases.count + kind.rawValue]
        guard count > 0, kind != .missingAsNull || hasNull[column] else { continue }
        losses.append(
          Loss(
            kind.code, kind.message, table: table, column: columns[column], count: count, isReject: kind.isReject))
      }
    }
    return losses
  }
}

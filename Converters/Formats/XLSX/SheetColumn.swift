internal import Bytes
internal import Records

/// A column of a sheet.
struct SheetColumn: Sendable {
  /// What texts of the column are.
  enum Form: Sendable { case other, number, date, timestamp, instant, time }
  let form: Form
  /// Style of its numbers.
  let style: Int
  /// Such as `AB`.
  let letters: [UInt8]

  /// Columns that a sheet may have.
  static let limit = 16_384

  init(_ column: Column, at place: Int) {
    switch column.type {
    case .date: form = .date
    case .timestamp: form = .timestamp
    case .timestamptz: form = .instant
    case .time: form = .time
    default: form = column.type.isNumeric ? .number : .other
    }
    if case .decimal(_, let scale?) = column.type, scale > 0 {
      style = SheetStyle.decimals(scale)
    } else {
      style = SheetStyle.general.rawValue
    }
    var letters: [UInt8] = [], rest = place + 1
    while rest > 0 {
      letters.insert(UInt8(ascii: "A") + UInt8((rest - 1) % 26), at: 0)
      rest = (rest - 1) / 26
    }
    self.letters = letters
  }
}

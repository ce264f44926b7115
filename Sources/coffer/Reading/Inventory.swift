internal import Bytes
internal import CatalogModel
internal import CommandLine

/// A line of what a backup holds, counted when it was read.
struct InventoryLine: Sendable {
  /// Such as `policies`.
  var what: String
  var count: [UInt8]

  private static let prefix = "inventory "

  /// The lines among a backup's attributes, and the other attributes.
  static func split(_ attributes: [Attribute]) -> (lines: [InventoryLine], others: [Attribute]) {
    let lines = attributes.filter { $0.name.hasPrefix(prefix) }.map {
      InventoryLine(what: String($0.name.dropFirst(prefix.count)), count: $0.value)
    }
    return (lines, attributes.filter { !$0.name.hasPrefix(prefix) })
  }
}

extension RowShape where Item == InventoryLine {
  /// What is there, a line for each kind.
  static var inventory: RowShape {
    RowShape("inventory", [ReportColumn("what"), ReportColumn("count", isNumeric: true)]) {
      [.text($0.what), Int64(digits: $0.count.span).map { .integer($0) } ?? .bytes($0.count)]
    }
  }
}

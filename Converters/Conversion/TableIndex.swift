internal import Bytes
internal import Diagnostics
package import Records

/// Where the tables that a writer was made with stand in its list.
package struct TableIndex: Sendable {
  private let positions: [Name: Int]
  private let widths: [Int]

  package init(_ tables: [TableSchema]) {
    positions = Dictionary(tables.indices.map { (tables[$0].name, $0) }) { first, _ in first }
    widths = tables.map(\.columns.count)
  }

  /// The position of a table that is about to be written; one that was not announced, or not so, is an error.
  package func position(of table: TableSchema) throws(WriteError) -> Int {
    guard let position = positions[table.name], widths[position] == table.columns.count else {
      throw WriteError(.unsupported("table '\(displayed(table.name))' is not as announced"), table: table.name)
    }
    return position
  }
}

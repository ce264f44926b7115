package import Bytes

/// The row that a query has come to; columns count from 0. Valid until the query goes on.
package protocol SQLRow: AnyObject {
  func isNull(_ column: Int) -> Bool
  /// The integer; 0 for NULL.
  func integer(_ column: Int) -> Int64
  /// The bytes of a text or blob; none for NULL.
  func bytes(_ column: Int) -> [UInt8]
}

extension SQLRow {
  /// The bytes; nil for NULL.
  package func optionalBytes(_ column: Int) -> [UInt8]? { isNull(column) ? nil : bytes(column) }
  /// The integer; nil for NULL.
  package func optionalInteger(_ column: Int) -> Int64? { isNull(column) ? nil : integer(column) }
  package func boolean(_ column: Int) -> Bool { integer(column) != 0 }
  package func name(_ column: Int) -> Name { Name(bytes(column)) }
  package func optionalName(_ column: Int) -> Name? { optionalBytes(column).map { Name($0) } }
  /// Text of our own making.
  package func string(_ column: Int) -> String { String(decoding: bytes(column), as: UTF8.self) }
  package func optionalString(_ column: Int) -> String? { isNull(column) ? nil : string(column) }
}

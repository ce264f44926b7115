package import Bytes
package import Diagnostics
package import Records
package struct DumpSchema: Sendable {
  package var syntax: SQLSyntax
  package init(_ syntax: SQLSyntax) { self.syntax = syntax }
  package mutating func add(_ s: [UInt8], at: Int) -> Int { 0 }
  package mutating func addMetaCommand(_ s: [UInt8], at: Int) {}
  package func tableName(_ p: [Name]) -> Name { p.count > 1 && p[0] != "public" ? p[0] + "." + p[1] : p.last ?? "" }
  package func table(_ n: Name) -> TableSchema? { nil }
  package func finish() -> (tables: [TableSchema], objects: [SchemaObject], findings: [Finding]) { ([], [], []) }
}

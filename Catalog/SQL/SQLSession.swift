package import Bytes
package import CatalogStore
package import RowIndex

/// What the catalog's statements run on: a connection within a transaction. Parameters are written `?1`, `?2`…
///
/// The statements are those that SQLite and PostgreSQL both understand; where the two differ, they ask `dialect`. Texts of
/// unknown origin are exact bytes in both, and are compared and sorted as such.
package protocol SQLSession: AnyObject {
  var dialect: any CatalogDialect { get }
  /// The rows of the lineages that were asked for.
  var rows: LineageRows { get }

  /// Runs one statement.
  func run(_ sql: String, _ values: [Value]) throws(CatalogError)
  /// Runs one statement, an INSERT that ends in its row of parameters or an UPDATE, for each row of values.
  func run(_ sql: String, each rows: some Collection<[Value]>) throws(CatalogError)
  /// Runs an INSERT into a table whose key is `id`, and returns the new row's.
  func insert(_ sql: String, _ values: [Value]) throws(CatalogError) -> Int64
  /// Calls `body`, which must not use the session, for each row of a query.
  func forEach(
    _ sql: String, _ values: [Value], _ body: (any SQLRow) throws(CatalogError) -> Void
  ) throws(CatalogError)

  /// Waits until nobody else changes what belongs to these projects, which may not exist yet; until the transaction ends nobody
  /// else can.
  func lock(projects: [Name]) throws(CatalogError)
  /// Waits until nobody else changes anything; until the transaction ends nobody else can.
  func lockAll() throws(CatalogError)
  /// Makes new keys of tables begin behind those that were inserted.
  func setNextKeys(of tables: [String]) throws(CatalogError)
  /// The pages of the row index, which change in this transaction.
  func pages() throws(CatalogError) -> any PageStore
  /// Whether what is deleted from now on is overwritten, so that nothing of it stays in the store's files.
  func setErasing(_ isOn: Bool) throws(CatalogError)
}

extension SQLSession {
  /// Calls `body` for each row of a query without parameters.
  package func forEach(_ sql: String, _ body: (any SQLRow) throws(CatalogError) -> Void) throws(CatalogError) {
    try forEach(sql, [], body)
  }

  /// The rows of a query, each made into a value.
  package func rows<T>(
    _ sql: String, _ values: [Value] = [], _ make: (any SQLRow) throws(CatalogError) -> T
  ) throws(CatalogError) -> [T] {
    var result: [T] = []
    try forEach(sql, values) { (row) throws(CatalogError) in result.append(try make(row)) }
    return result
  }

  /// The first value of the first row; nil when there is no row or it is NULL.
  package func integer(_ sql: String, _ values: [Value] = []) throws(CatalogError) -> Int64? {
    var value: Int64?, isFirst = true
    try forEach(sql, values) { (row) throws(CatalogError) in
      if isFirst { value = row.optionalInteger(0) }
      isFirst = false
    }
    return value
  }
}

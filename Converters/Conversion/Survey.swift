package import Bytes
package import Diagnostics
package import Records

/// A foreign key that the backup's rows do not bear out, so that it is no part of its table's schema.
package struct UnverifiedForeignKey: Hashable, Sendable {
  package enum Reason: Hashable, Sendable {
    /// The referenced table is not in the backup.
    case missingTable
    /// Some referenced rows are not in the backup.
    case dangling
  }
  /// The table that refers.
  package var table: Name
  package var key: ForeignKey
  package var reason: Reason
  /// Number of values that lead nowhere.
  package var count: Int
  package init(table: Name, key: ForeignKey, reason: Reason, count: Int) {
    self.table = table
    self.key = key
    self.reason = reason
    self.count = count
  }
}

/// What a system knows of a backup before it hands out rows: complete schemas and everything beside the rows.
package struct Knowledge: Sendable {
  /// All tables in the order in which writers should create them (referenced tables first).
  package var tables: [TableSchema]
  /// Foreign keys left out of `tables`, for `--fk keep`; each has its finding.
  package var unverifiedForeignKeys: [UnverifiedForeignKey]
  package var objects: [SchemaObject]
  package var claims: [Claim]
  package var findings: [Finding]
  /// Texts kept and indexed as documents: artifact path and content.
  package var documents: [(artifact: [UInt8], text: [UInt8])]
  /// Such as `producer`, `django_version`, `deployment`: for the backup's page in the catalog.
  package var attributes: [(name: String, value: [UInt8])]
  /// References that nobody declared and that are no part of `tables`, for `--fk infer`; each is among the objects too.
  package var inferred: [InferredReference] = []
  /// What the source's own program makes of the tables, by their names; empty for systems without models.
  package var models: [Name: SourceModel] = [:]
  /// Whatever else the system needs to read the rows; only that system looks inside.
  package var details: (any Sendable)?
  package init(tables: [TableSchema] = []) {
    self.tables = tables
    unverifiedForeignKeys = []
    objects = []
    claims = []
    findings = []
    documents = []
    attributes = []
    details = nil
  }
}

/// A table of the catalog as it is copied: what a store makes for itself (versions, indexes) is no part of it.
package struct CatalogTableShape: Sendable {
  package enum Kind: Sendable { case integer, text, blob }
  package var name: String
  package var columns: [(name: String, kind: Kind)]
  /// Columns of the primary key, in the order in which rows are read.
  package var key: [String]

  init(_ name: String, key: [String], _ columns: [(name: String, kind: Kind)]) {
    self.name = name
    self.key = key
    self.columns = columns
  }
}

extension CatalogTableShape {
  /// The table of what the catalog itself is set to.
  package static let settings = "settings"

  /// All tables, those that are referred to before those that refer to them. The list to extend with a migration.
  package static let all: [CatalogTableShape] = [
    CatalogTableShape(
      "projects", key: ["id"],
      [
        ("id", .integer), ("name", .text), ("created_at", .integer), ("note", .text),
      ]),
    CatalogTableShape(
      "environments", key: ["id"],
      [
        ("id", .integer), ("project", .integer), ("name", .text),
      ]),
    CatalogTableShape(settings, key: ["name"], [("name", .text), ("value", .text)]),
    CatalogTableShape(
      "lineages", key: ["id"],
      [
        ("id", .integer), ("project", .integer), ("environment", .integer), ("system", .text), ("indexing", .text),
        ("generation", .integer),
      ]),
    CatalogTableShape(
      "erasures", key: ["project", "mark"],
      [("project", .integer), ("mark", .blob), ("table_name", .text), ("at", .integer), ("reason", .text)]),
    CatalogTableShape(
      "backups", key: ["id"],
      [
        ("id", .integer), ("project", .integer), ("environment", .integer), ("backup_id", .text), ("content", .blob),
        ("system", .text), ("kind", .text), ("taken_at", .integer), ("taken_at_origin", .text),
        ("taken_at_has_zone", .integer), ("registered_at", .integer), ("label", .text), ("note", .text),
        ("indexing", .text), ("artifact_count", .integer), ("table_count", .integer), ("record_count", .integer),
        ("byte_count", .integer), ("finding_count", .integer), ("lineage", .integer),
      ]),
    CatalogTableShape(
      "attributes", key: ["backup", "ordinal"],
      [
        ("backup", .integer), ("ordinal", .integer), ("name", .text), ("value", .text),
      ]),
    CatalogTableShape(
      "tags", key: ["backup", "name"],
      [
        ("backup", .integer), ("name", .text), ("value", .text),
      ]),
    CatalogTableShape(
      "aliases", key: ["project", "name"],
      [
        ("project", .integer), ("name", .text), ("backup", .integer),
      ]),
    CatalogTableShape(
      "artifacts", key: ["id"],
      [
        ("id", .integer), ("backup", .integer), ("ordinal", .integer), ("role", .text), ("format", .text),
        ("path", .text), ("sha256", .blob), ("byte_count", .integer), ("modified_ns", .integer), ("mode", .integer),
        ("table_name", .text),
      ]),
    CatalogTableShape(
      "locations", key: ["artifact", "path"],
      [
        ("artifact", .integer), ("path", .text), ("byte_count", .integer), ("modified_ns", .integer),
        ("changed_ns", .integer), ("device", .integer), ("inode", .integer), ("first_seen", .integer),
        ("last_seen", .integer),
      ]),
    CatalogTableShape(
      "tables", key: ["id"],
      [
        ("id", .integer), ("backup", .integer), ("ordinal", .integer), ("name", .text), ("record_count", .integer),
        ("digest", .text), ("unsearchable_count", .integer),
      ]),
    CatalogTableShape(
      "columns", key: ["table_id", "ordinal"],
      [
        ("table_id", .integer), ("ordinal", .integer), ("name", .text), ("type", .text), ("is_nullable", .integer),
        ("maximum_length", .integer), ("is_secret", .integer), ("is_identity", .integer), ("kinds", .text),
        ("null_count", .integer), ("missing_count", .integer), ("shortest", .integer), ("longest", .integer),
        ("distinct_estimate", .integer),
      ]),
    CatalogTableShape(
      "keys", key: ["table_id", "kind", "number", "ordinal"],
      [
        ("table_id", .integer), ("kind", .text), ("number", .integer), ("ordinal", .integer), ("column_name", .text),
      ]),
    CatalogTableShape(
      "foreign_keys", key: ["table_id", "number", "ordinal"],
      [
        ("table_id", .integer), ("number", .integer), ("ordinal", .integer), ("column_name", .text),
        ("referenced_table", .text), ("referenced_column", .text), ("is_inferred", .integer),
        ("is_verified", .integer), ("dangling_count", .integer),
      ]),
    CatalogTableShape(
      "objects", key: ["backup", "ordinal"],
      [
        ("backup", .integer), ("ordinal", .integer), ("kind", .text), ("name", .text), ("table_name", .text),
        ("definition", .text),
      ]),
    CatalogTableShape(
      "object_attributes", key: ["backup", "object", "ordinal"],
      [
        ("backup", .integer), ("object", .integer), ("ordinal", .integer), ("name", .text), ("value", .text),
      ]),
    CatalogTableShape(
      "claims", key: ["backup", "ordinal"],
      [
        ("backup", .integer), ("ordinal", .integer), ("subject", .text), ("stated", .text), ("measured", .text),
        ("verdict", .text), ("artifact_path", .text),
      ]),
    CatalogTableShape(
      "findings", key: ["backup", "ordinal"],
      [
        ("backup", .integer), ("ordinal", .integer), ("code", .text), ("severity", .text), ("message", .text),
        ("advice", .text), ("artifact_path", .text), ("table_name", .text), ("column_name", .text),
        ("byte_offset", .integer), ("count", .integer),
      ]),
    CatalogTableShape(
      "documents", key: ["id"],
      [
        ("id", .integer), ("backup", .integer), ("ordinal", .integer), ("path", .text), ("text", .text),
      ]),
    CatalogTableShape(
      "events", key: ["id"],
      [
        ("id", .integer), ("at", .integer), ("kind", .text), ("project", .text), ("backup_id", .text),
        ("detail", .text),
      ]),
  ]
}

package import Bytes
package import CatalogModel
package import DjangoModels
package import PrismaSchema
internal import Records

/// A table that the schema declares, or a model of it.
package struct CoverageModel: Hashable, Sendable {
  package var name: Name
  /// Its table's name.
  package var table: Name
  /// Other names of columns that rows may be written under, by the columns' names.
  package var fields: [Name: Name]
  package var columns: [Name]
  /// Whether whoever makes the backups cannot see it.
  package var isHidden: Bool
  /// What readers who do not know the schema call its table.
  package var aliases: [Name] = []

  package init(name: Name, table: Name, columns: [Name] = [], fields: [Name: Name] = [:], isHidden: Bool = false) {
    self.name = name
    self.table = table
    self.columns = columns
    self.fields = fields
    self.isHidden = isHidden
  }
}

extension CoverageModel {
  /// The models of a schema of Prisma, and the links between them.
  package static func all(_ tables: [PrismaTable]) -> [CoverageModel] {
    tables.filter { $0.origin != .view }.map { table in
      let shown = zip(table.schema.columns, table.columns).filter { !$1.isHidden }
      return CoverageModel(
        name: table.model, table: table.schema.name, columns: shown.map { $0.0.name },
        fields: Dictionary(shown.map { ($0.name, $1.field) }, uniquingKeysWith: { first, _ in first }),
        isHidden: table.isHidden)
    }
  }

  /// The models of a Django project, and the tables of their many-to-many fields.
  package static func all(_ declarations: Declarations) -> [CoverageModel] {
    declarations.models.flatMap { model in
      let columns = model.fields.filter { $0.column != nil && $0.members.isEmpty }
      // Fixtures do not name tables.
      let usual = Name(model.name.bytes.map { $0 == UInt8(ascii: ".") ? UInt8(ascii: "_") : $0 })
      var own = CoverageModel(
        name: model.name, table: model.table, columns: columns.compactMap(\.column),
        fields: Dictionary(
          columns.compactMap { field in field.column.map { ($0, field.name) } }, uniquingKeysWith: { first, _ in first }
        ))
      own.aliases = [usual]
      let lists = model.fields.filter { $0.isList && !$0.hasThrough }.map { field in
        var list = CoverageModel(
          name: model.name + "." + field.name, table: field.joinTable ?? model.table + "_" + field.name)
        list.aliases = [usual + "_" + field.name]
        return list
      }
      return [own] + lists
    }
  }
}

/// A backup as far as its coverage is concerned.
package struct CoveredBackup: Sendable {
  package var backup: Backup
  package var tables: [CatalogTable]
  package init(_ backup: Backup, _ tables: [CatalogTable]) {
    self.backup = backup
    self.tables = tables
  }

  /// What is compared with each other: safe with safe, complete with complete, else kinds.
  var lineage: Lineage { Lineage(system: backup.system, contents: contents) }
  /// `safe`, `complete`, or else its kind.
  var contents: [UInt8] {
    backup.attributes.first { $0.name == "backup_contents" }?.value ?? Array(backup.kind.utf8)
  }
  func number(_ attribute: String) -> Int? {
    backup.attributes.first { $0.name == attribute }.flatMap { Int64(digits: $0.value.span) }.map { Int(clamping: $0) }
  }
}

/// Backups that should hold the same.
package struct Lineage: Hashable, Sendable {
  package var system: String
  package var contents: [UInt8]
  package var isSafe: Bool { contents.elementsEqual("safe".utf8) }
  package var isComplete: Bool { contents.elementsEqual("complete".utf8) }
}

internal import Bytes
internal import Conversion
internal import Records

extension FixturePlan {
  /// What readers of the fixture call the tables and columns of its models.
  var lineage: Lineage {
    var lineage = Lineage()
    for (table, schema) in zip(tables, schemas) {
      switch table.role {
      case .none: lineage.tables[schema.name] = Lineage.Table([])
      case .model: lineage.tables[schema.name] = Self.lineage(of: table, schema)
      case .list(_, let owner, let element):
        lineage.tables[schema.name] = Self.lineage(ofList: table, schema, owner: owner, element: element)
      }
    }
    return lineage
  }

  private static func lineage(of table: FixtureTable, _ schema: TableSchema) -> Lineage.Table {
    var found = Lineage.Table(FixtureNames.tables(of: table.model))
    for field in table.fields {
      let ending: Name = field.name + "_id"
      found.columns[schema.columns[field.column].name] = field.isReference ? [ending, field.name] : [field.name]
    }
    // The primary key has no name in a fixture; without a model at hand it is called as Django calls keys that it makes itself.
    if schema.primaryKey.count == 1, let key = table.keys.first {
      let column = schema.columns[key.column].name
      found.columns[column] = [column, key.name + "_id", "id"]
    }
    return found
  }

  private static func lineage(
    ofList table: FixtureTable, _ schema: TableSchema, owner: Int, element: Int
  ) -> Lineage.Table {
    guard let list = table.list else { return Lineage.Table([]) }
    var found = Lineage.Table(FixtureNames.tables(of: list.owner).map { $0 + "_" + list.field })
    func name(_ model: Name) -> Name {
      Name(Array(model.bytes.drop { $0 != UInt8(ascii: ".") }.dropFirst())) + "_id"
    }
    for column in schema.columns { found.columns[column.name] = [] }
    for (column, model, way) in [(owner, list.owner, "from_"), (element, list.target, "to_")] as [(Int, Name, Name)] {
      let own = schema.columns[column].name
      found.columns[own] = [own, name(model), way + name(model)]
    }
    return found
  }
}

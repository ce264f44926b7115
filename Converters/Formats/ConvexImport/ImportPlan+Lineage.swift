internal import Bytes
internal import Conversion
internal import Records

extension ImportPlan {
  /// What tables and fields are called in the export, and which references become ids.
  var lineage: Lineage {
    var lineage = Lineage()
    for table in tables {
      var found = Lineage.Table([table.fullName])
      for field in table.fields {
        let column = table.schema.columns[field.column].name
        found.columns[column] = [field.name]
        if case .reference(let target) = field.form {
          found.references[column] = ImportIDs.reference(to: tables[target])
        }
      }
      lineage.tables[table.schema.name] = found
    }
    return lineage
  }
}

extension ImportTable {
  /// The name by which readers of the export call the table: behind the path of its component.
  fileprivate var fullName: Name {
    let parts = prefix.split(separator: UInt8(ascii: "/")).filter { $0 != ArraySlice("_components".utf8) }
    guard !parts.isEmpty else { return name }
    return Name(Array(parts.joined(separator: [UInt8(ascii: "/")])) + [UInt8(ascii: ".")] + name.bytes)
  }
}

internal import Bytes
internal import CatalogModel
internal import PrismaSchema

/// Finds out which tables of several backups are the same dataset, whatever each calls it: `users`, `user`, `User`.
struct DatasetNames {
  private var exact: [Name: Int] = [:]
  /// By the names of datasets as they are compared, and by the singulars of these.
  private var names: [SectionName: Int] = [:]
  private var singulars: [SectionName: Int] = [:]
  private(set) var count: Int

  /// The first datasets are those of the models.
  init(_ models: [CoverageModel]) {
    count = 0
    for model in models {
      exact[model.name] = count
      if exact[model.table] == nil { exact[model.table] = count }
      if names[SectionName(model.name)] == nil { names[SectionName(model.name)] = count }
      count += 1
    }
    for (i, model) in models.enumerated() {
      for alias in model.aliases where exact[alias] == nil { exact[alias] = i }
    }
  }

  /// The datasets of a backup's tables; new ones are added. Two tables of a backup are never the same.
  mutating func places(_ tables: [CatalogTable], isFuzzy: Bool) -> [Int] {
    var taken = Set<Int>(), places = Array(repeating: -1, count: tables.count)
    for (i, table) in tables.enumerated() {
      if let place = exact[table.name], taken.insert(place).inserted { places[i] = place }
    }
    for (i, table) in tables.enumerated() where places[i] < 0 {
      if isFuzzy, let place = similar(table.name), taken.insert(place).inserted {
        places[i] = place
        continue
      }
      places[i] = count
      taken.insert(count)
      if exact[table.name] == nil { exact[table.name] = count }
      let name = SectionName(table.name)
      if names[name] == nil { names[name] = count }
      for singular in name.singulars where singulars[singular] == nil { singulars[singular] = count }
      count += 1
    }
    return places
  }

  private func similar(_ name: Name) -> Int? {
    let section = SectionName(name)
    if let place = names[section] ?? names[section.bare] { return place }
    for singular in section.singulars { if let place = names[singular] { return place } }
    return singulars[section]
  }
}

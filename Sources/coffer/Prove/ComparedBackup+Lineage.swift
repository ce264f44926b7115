internal import BuiltIn
internal import Comparison
internal import Conversion

extension ComparedBackup {
  /// What becomes of names and references in a backup of the system that the other side is of, when it was made from this one.
  func lineage(to other: ComparedBackup) -> Lineage {
    guard let system = other.parts.first?.input.backup.system,
      let format = BuiltIn.exportFormats.first(where: { $0.system == system })
    else { return Lineage() }
    var options = WriteOptions(), lineage = Lineage()
    for part in parts {
      options.models = part.knowledge.models
      options.attributes = part.knowledge.attributes
      lineage.tables.merge(format.lineage(of: part.knowledge.tables, options: options).tables) { first, _ in first }
    }
    return lineage
  }
}

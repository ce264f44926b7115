internal import Bytes
internal import Conversion
internal import Diagnostics
internal import Records

/// A system that is another one but for how its rows are read.
protocol WrappedSystem: SourceSystem {
  var system: any SourceSystem { get }
}

extension WrappedSystem {
  var id: String { system.id }
  var title: String { system.title }
  var summary: String { system.summary }
  var internalFields: [Name] { system.internalFields }

  func detect(_ container: any BackupContainer, _ toolbox: Toolbox) throws(ReadError) -> [DetectedBackup] {
    try system.detect(container, toolbox)
  }
  func survey(_ input: BackupInput) throws(ReadError) -> Knowledge { try system.survey(input) }
}

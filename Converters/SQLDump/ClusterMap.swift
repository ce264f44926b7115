internal import Bytes
internal import Conversion
internal import Records

/// Names of the databases of a cluster that pg_dumpall 19 wrote as a directory: `map.dat` has a line `OID NAME` for each of
/// `databases/OID`, which is an archive or a directory; `toc.glo` beside it has roles and tablespaces.
struct ClusterMap {
  let entry: ContainerEntry
  private let folder: [UInt8]
  private let names: [Name: [UInt8]]

  /// The map among the entries; nil when there is none.
  init?(_ container: any BackupContainer, _ toolbox: Toolbox) {
    let databases = Array("databases/".utf8)
    guard
      let entry = container.entries.first(where: { entry in
        let prefix = entry.path.dropLast(entry.path.lastPathComponent.count) + databases
        return entry.path.lastPathComponent.elementsEqual("map.dat".utf8)
          && container.entries.contains { $0.path.starts(with: prefix) }
      }), let content = try? toolbox.open(entry, in: container, options: ReadOptions(), headCount: 1 << 16)
    else { return nil }
    self.entry = entry
    folder = Array(entry.path.dropLast(entry.path.lastPathComponent.count) + databases)
    var names: [Name: [UInt8]] = [:]
    for line in content.head.split(separator: 0x0A) {
      let parts = line.split(separator: 0x20, maxSplits: 1)
      if parts.count == 2, parts[0].allSatisfy(isDigit) { names[Name(Array(parts[0]))] = Array(parts[1]) }
    }
    self.names = names
  }

  /// The name of the database that an entry is of; nil when it is not said.
  func database(of entry: ContainerEntry) -> [UInt8]? {
    guard entry.path.starts(with: folder) else { return nil }
    return names[Name(Array(entry.path.dropFirst(folder.count).prefix(while: isDigit)))]
  }
}

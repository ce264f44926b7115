internal import Bytes
internal import CatalogModel
internal import CatalogStore
internal import Conversion
internal import Records

/// Here a stamp is always a file's state, never a time in a file's name.
typealias FileStamp = CatalogModel.FileStamp

/// The stamps of the files that hold some entries; nil for what has no path, such as standard input.
func stamps(
  of entries: [ContainerEntry], in container: any BackupContainer
) throws(ReadError) -> [FileStamp?] {
  var stamps: [FileStamp?] = []
  for entry in entries {
    let path = container.file(of: entry)
    do throws(IOError) {
      stamps.append(try fileStatus(path).map { FileStamp($0) })
    } catch { throw ReadError(.io(error), artifact: path) }
  }
  return stamps
}

/// The name of a backup's project: what the user says, what the backup says, else its folder's name.
func projectName(
  _ backup: DetectedBackup, in container: any BackupContainer, options: RegisterOptions
) -> Name {
  if let project = options.project ?? backup.projectName { return project }
  var folder = container.isDirectory ? container.path : container.path.directoryPath
  let generic: Set<[UInt8]> = Set(["backups", "backup", "dumps", "data", "fixtures"].map { Array($0.utf8) })
  while generic.contains(folder.lastPathComponent), folder.directoryPath != folder, folder.directoryPath.count > 1 {
    folder = folder.directoryPath
  }
  let name = folder.lastPathComponent
  return name.isEmpty || name == [UInt8(ascii: "/")] || name == [UInt8(ascii: ".")] ? "default" : Name(name)
}

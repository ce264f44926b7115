package import Bytes
package import Conversion
package import Records
internal import SQLDump

extension BuiltIn {
  /// The SQL that an entry of a backup is: a plain dump as it is, an archive of pg_dump as the script that it stands for; nil
  /// for anything else.
  package static func openScript(
    _ entry: ContainerEntry, in container: any BackupContainer, _ options: ReadOptions
  ) throws(ReadError) -> (any ByteSource & ~Copyable)? {
    guard let dump = try SQLDump(entry, in: container, toolbox, options) else { return nil }
    return try dump.openScript()
  }
}

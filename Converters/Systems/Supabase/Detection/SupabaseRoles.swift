internal import Bytes
internal import Conversion
internal import Diagnostics

/// What each file of one backup is to it.
struct SupabaseRoles {
  private(set) var artifacts: [DetectedArtifact] = []

  init(_ folder: [UInt8], _ members: [(entry: ContainerEntry, name: DumpName, head: DumpHead?)]) {
    let depth = folder.isEmpty ? 0 : folder.count + 1
    /// Dumps that may hold the rows of the set.
    let dumps = members.indices.filter { isDump(members[$0].head) && members[$0].name.directory == folder }
    let parts = Set(dumps.compactMap { members[$0].name.part })
    let hasScript = dumps.contains { members[$0].head?.kind != .archive }
    /// Directories that are dumps.
    let directories = Set(
      dumps.filter { DumpName.isContents(members[$0].entry.path) }.map { members[$0].entry.path.directoryPath })
    var taken = Set<DumpName.Part?>()
    for (i, member) in members.enumerated() {
      let inside = member.entry.path.dropFirst(depth)
      guard let head = member.head, isDump(head), dumps.contains(i) else {
        let path = member.entry.path
        if !directories.isEmpty, DumpName.isMember(path), directories.contains(path.directoryPath) {
          artifacts.append(DetectedArtifact(member.entry, .part, format: "pg_dump"))
          continue
        }
        artifacts.append(Self.file(member.entry, member.name, member.head, Array(inside)))
        continue
      }
      var role = ArtifactRole.data
      if head.kind == .archive, hasScript { role = .twin }
      // A complete dump repeats what the schema and data of its set say.
      if member.name.part == .complete, parts.contains(.data) || parts.contains(.schema) { role = .combined }
      if head.kind == .roles { role = .part }
      // Of several files of one part the first is read; the others repeat its rows.
      if role == .data, !taken.insert(member.name.part).inserted { role = .twin }
      artifacts.append(DetectedArtifact(member.entry, role, format: head.kind == .archive ? "pg_dump" : "sql"))
    }
  }

  static func format(_ ending: Name) -> String {
    switch ending {
    case "md", "markdown": "markdown"
    case "txt", "", "log": "text"
    default: displayed(ending)
    }
  }

  private static let manifests = ["BACKUP_MANIFEST.md", "BACKUP_INFO.txt", "CHECKSUMS.txt"].map { Array($0.utf8) }

  /// A file that is no dump.
  private static func file(
    _ entry: ContainerEntry, _ name: DumpName, _ head: DumpHead?, _ inside: [UInt8]
  ) -> DetectedArtifact {
    if head?.kind == .printed { return DetectedArtifact(entry, .part, format: "psql") }
    if name.ending == "csv" {
      let base = Array(entry.path.lastPathComponent.prefix { $0 != UInt8(ascii: ".") })
      if inside.starts(with: "data_records/".utf8) {
        return DetectedArtifact(entry, .twin, format: "csv", table: Name(base))
      }
      if base.elementsEqual("users_complete".utf8) {
        return DetectedArtifact(entry, .twin, format: "csv", table: "auth.users")
      }
      return DetectedArtifact(entry, .part, format: "csv")
    }
    let isSummary =
      manifests.contains(entry.path.lastPathComponent) || contains(entry.path.lastPathComponent, "summary")
    let format = format(name.ending)
    let isText = format == "markdown" || format == "text"
    return DetectedArtifact(entry, isSummary ? .summary : isText ? .document : .part, format: format)
  }
}

/// Whether a head is that of a dump.
private func isDump(_ head: DumpHead?) -> Bool {
  guard let head else { return false }
  return head.kind != .printed
}

/// The name of a file for messages.
func displayedName(_ path: [UInt8]) -> String { displayed(path.lastPathComponent) }

internal import Bytes
internal import Conversion
internal import Diagnostics
internal import Records

/// The README that lies beside user data backups: kept as a document, its list of keys as claims.
enum ScriptReadme {
  /// Documents longer than this are not read.
  private static let limit = 1 << 20

  /// README files in the directory of an entry.
  static func documents(_ container: any BackupContainer, beside entry: ContainerEntry) -> [DetectedArtifact] {
    guard container.isDirectory else { return [] }
    return container.entries.filter { other in
      other.path.directoryPath == entry.path.directoryPath
        && Name(other.path.lastPathComponent).lowercased.hasPrefix("readme")
    }.map { DetectedArtifact($0, .document, format: "markdown") }
  }

  /// Reads the documents of a backup.
  static func read(_ input: BackupInput, into knowledge: inout Knowledge) throws(ReadError) {
    for artifact in input.backup.artifacts where artifact.role == .document {
      let text: [UInt8]
      do throws(IOError) {
        var source = try input.container.open(artifact.entry)
        text = try readAll(&source, limit: limit)
      } catch { throw ReadError(.io(error), artifact: artifact.entry.path) }
      let risks = DocumentRisks(text, artifact: artifact.entry.path)
      knowledge.findings += risks.findings
      knowledge.documents.append((artifact.entry.path, risks.maskedText))
      claims(risks.maskedText, artifact.entry.path, &knowledge)
      origin(risks.maskedText, &knowledge)
    }
  }

  /// Lines such as ``- `users`: Array of user objects`` claim that the backup has that key.
  private static func claims(_ text: [UInt8], _ path: [UInt8], _ knowledge: inout Knowledge) {
    let found = Set(knowledge.attributes.map(\.name))
    for line in text.split(separator: UInt8(ascii: "\n")) {
      guard line.starts(with: "- `".utf8), let end = line.dropFirst(3).firstIndex(of: UInt8(ascii: "`")),
        end + 1 < line.endIndex, line[end + 1] == UInt8(ascii: ":")
      else { continue }
      let key = String(decoding: line[(line.startIndex + 3)..<end], as: UTF8.self)
      let isThere = found.contains(key)
      knowledge.claims.append(
        Claim(
          subject: "key \(displayed(Name(key)))", stated: Array(line.dropFirst(2)),
          measured: isThere ? "present" : "absent",
          verdict: isThere ? .proved : .refuted, artifact: path))
    }
  }

  /// The first home directory tells who made the backup and where.
  private static func origin(_ text: [UInt8], _ knowledge: inout Knowledge) {
    for start in text.indices where text[start] == UInt8(ascii: "/") {
      let rest = text[start...]
      guard rest.starts(with: "/Users/".utf8) || rest.starts(with: "/home/".utf8) else { continue }
      let end = rest.firstIndex { $0 <= UInt8(ascii: " ") || $0 == UInt8(ascii: "`") || $0 == UInt8(ascii: "\"") }
      return knowledge.attributes.append(("origin_path", Array(rest[..<(end ?? text.endIndex)])))
    }
  }
}

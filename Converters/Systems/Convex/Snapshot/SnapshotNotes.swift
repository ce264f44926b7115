internal import Bytes
internal import Conversion
internal import Diagnostics
internal import Records

/// What is to be known of a snapshot export beside its tables: its documents, how it was made, and what no export holds.
struct SnapshotNotes {
  private let content: ConvexContent
  private let generations: Set<DocumentDecoder.Generation>
  private let hasFiles: Bool

  init(_ content: ConvexContent, generations: Set<DocumentDecoder.Generation>, hasFiles: Bool) {
    self.content = content
    self.generations = generations
    self.hasFiles = hasFiles
  }

  /// What no export of any kind holds.
  private static let lacking = [
    "code", "schema.ts", "indexes", "validators", "cron jobs", "scheduled functions", "environment variables",
    "authentication settings", "log streams",
  ]

  func add(to knowledge: inout Knowledge) throws(ReadError) {
    let words = generations.map(\.rawValue).sorted().joined(separator: ", ")
    if !words.isEmpty { knowledge.attributes.append(("generation", Array(words.utf8))) }
    if let deployment = content.input.backup.projectName {
      knowledge.attributes.append(("deployment", deployment.bytes))
    }
    let list = Self.lacking.joined(separator: ", ")
    knowledge.attributes.append(("not in the export", Array((list + (hasFiles ? "" : ", stored files")).utf8)))
    knowledge.findings.append(
      Finding(
        "not-in-export", .info, "no export of Convex holds these: \(list)",
        advice: "keep the project's source and its environment with the backup"))
    if !hasFiles {
      knowledge.findings.append(
        Finding(
          "no-stored-files", .info, "the export was made without stored files",
          advice: "npx convex export --include-file-storage takes them along"))
    }
    if generations.count > 1 {
      knowledge.findings.append(
        Finding(
          "mixed-generations", .warning, "tables of the export are of different generations: \(words)",
          advice: "it was put together by hand"))
    }
    for artifact in content.artifacts(.document) { try addDocument(artifact, to: &knowledge) }
  }

  private func addDocument(_ artifact: DetectedArtifact, to knowledge: inout Knowledge) throws(ReadError) {
    let path = artifact.entry.path
    do throws(ReadError) {
      // The page that all exports begin with says nothing of this one.
      guard let text = try content.text(of: artifact, limit: 1 << 20), !SnapshotHead.isGreeting(text) else { return }
      let risks = DocumentRisks(text, artifact: path)
      knowledge.findings += risks.findings
      knowledge.documents.append((path, risks.maskedText))
    } catch {
      guard !error.isInterruption else { throw error }
      knowledge.findings.append(
        Finding("unreadable", .error, error.message, advice: error.advice, artifact: path, offset: error.offset))
    }
  }
}

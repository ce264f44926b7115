internal import Bytes
internal import CatalogSource
internal import CommandLine
internal import Conversion
internal import Diagnostics
internal import Records

/// `diff --patch sql`: the statements that make the rows of the first backup those of the second.
enum PatchOutput {
  static let patch = Flag(
    "patch", .choice("FORMAT", ["sql"]), "statements that make the rows of A those of B, of two backups of one source")

  /// Writes them to standard output, and tells what they do not carry.
  static func write(_ kept: KeptSides?, tables: Set<Name>, _ session: Session) throws(Failure) -> ExitCode {
    guard let kept else {
      throw .usage(
        "--patch takes two registered backups of one project, environment and system",
        advice: "register them; to make another database of a backup there is 'coffer migrate'")
    }
    let dialect: SQLDialect = session.invocation.choice(ConvertFlags.dialect) ?? .postgres
    let losses: [Loss], counts: (inserted: Int, changed: Int, removed: Int)
    do throws(WriteError) {
      var patch = try SQLPatch(from: kept.systems[0], to: kept.systems[1], dialect)
      var output: OutputBuffer
      do throws(IOError) { output = OutputBuffer(try DescriptorSink.standardOutput()) } catch {
        throw WriteError(error)
      }
      try patch.write(tables: tables, to: &output)
      do throws(IOError) { try output.finish() } catch { throw WriteError(error) }
      (losses, counts) = (patch.losses, patch.counts)
    } catch { throw Failure(error) }
    session.note(losses: losses)
    session.note("inserts \(counts.inserted), changes \(counts.changed), removes \(counted(counts.removed, "row"))")
    return losses.contains(where: \.isReject) ? .partial : .success
  }
}

package import Archive
package import Bytes
package import Records

/// A dump that pg_dump wrote in its custom, directory or tar format, read without PostgreSQL.
///
/// `entries` is the table of contents; `script()` presents the whole as one plain SQL text, as `pg_restore -f -` does.
package final class PostgresArchive: Sendable {
  package let header: ArchiveHeader
  /// In stored order; empty when `refusal` says why.
  package let entries: [TOCEntry]
  /// Why nothing but the head could be read: the archive's version is not known. nil otherwise.
  package let refusal: ReadError?
  let items: any ItemStore
  /// Where each entry stands, by its number.
  private let places: [Int: Int]

  private init(_ contents: TableOfContents, _ items: any ItemStore) {
    header = contents.header
    entries = contents.entries
    refusal = contents.header.refusal
    self.items = items
    places = Dictionary(uniqueKeysWithValues: contents.entries.enumerated().map { ($1.dumpId, $0) })
  }

  /// Opens a custom archive, which must be a file: a stream is spilled first.
  package static func open(
    custom file: SharedFile, limits: ExpansionLimits = .items
  ) throws(ReadError) -> PostgresArchive {
    do throws(ReadError) {
      var input = ArchiveBytes(file)
      let contents = try TableOfContents(&input)
      guard contents.header.format == .custom else {
        throw ReadError(
          .refused("file is the table of contents of a directory or tar dump, without its data files"), offset: 10)
      }
      return PostgresArchive(contents, CustomItems(file, contents, limits))
    } catch {
      throw explained(error, (try? file.bytes(at: 0, count: 1 << 16)) ?? [])
    }
  }

  /// Opens a directory or tar dump by the bytes of its `toc.dat`.
  package static func open(
    toc: [UInt8], members: any ArchiveMembers, limits: ExpansionLimits = .items
  ) throws(ReadError) -> PostgresArchive {
    do throws(ReadError) {
      var input = ArchiveBytes(toc)
      let contents = try TableOfContents(&input)
      guard contents.header.format == .tar else {
        throw ReadError(
          .refused("toc.dat is a whole archive in another format: give it as a file of its own"), offset: 10)
      }
      return PostgresArchive(contents, MemberItems(members: members, limits: limits))
    } catch { throw explained(error, Array(toc.prefix(1 << 16))) }
  }

  /// The whole archive as one SQL text, or some of its entries.
  package func script(of isWanted: (TOCEntry) -> Bool = { _ in true }) -> ArchiveScript {
    ArchiveScript(self, isWanted)
  }

  /// The entry of a number.
  package func entry(_ dumpId: Int) -> TOCEntry? { places[dumpId].map { entries[$0] } }

  /// The plain bytes of the data item of an entry that holds no large objects.
  package func item(_ dumpId: Int) throws(ReadError) -> any ByteSource & ~Copyable {
    guard let entry = entry(dumpId), entry.hadDumper, !entry.holdsLargeObjects else {
      throw ReadError(.refused("archive has no data item number \(dumpId)"))
    }
    do throws(IOError) { return try items.open(entry) } catch { throw ReadError(.io(error)) }
  }

  /// Size of the data item of an entry as it is stored; nil when that is not known without reading all.
  package func storedByteCount(_ entry: TOCEntry) -> Int64? {
    entry.hadDumper ? items.storedByteCount(entry) : nil
  }

  /// Name of the dump's encoding as PostgreSQL spells it, such as `UTF8`; nil when it is not said.
  package var encoding: Name? {
    entries.first { $0.desc == "ENCODING" }.flatMap { Self.quoted($0.defn) }.map { Name($0) }
  }

  /// Whether a backslash in a string stands for itself.
  var hasStandardStrings: Bool {
    entries.first { $0.desc == "STDSTRINGS" }.flatMap { Self.quoted($0.defn) } != Array("off".utf8)
  }

  /// What stands between the first two quotes.
  private static func quoted(_ statement: [UInt8]) -> [UInt8]? {
    let parts = statement.split(separator: UInt8(ascii: "'"), maxSplits: 2, omittingEmptySubsequences: false)
    return parts.count == 3 ? Array(parts[1]) : nil
  }

  /// The error with the usual accidents of binary files named.
  private static func explained(_ error: ReadError, _ head: [UInt8]) -> ReadError {
    var error = error
    if head.starts(with: [0xFF, 0xFE, 0x50, 0, 0x47, 0, 0x44, 0, 0x4D, 0, 0x50, 0]) {
      error.code = .refused(
        "archive was written through a redirection of PowerShell, which turned it into UTF-16 text: it is lost; dump again"
          + " with pg_dump --file")
      error.offset = 0
      return error
    }
    if case .refused = error.code { return error }
    let feeds = head.indices.filter { head[$0] == 0x0A }
    if feeds.count >= 2, feeds.allSatisfy({ $0 > 0 && head[$0 - 1] == 0x0D }) {
      error.code = .refused(
        "archive was changed in transfer: a carriage return was put before every line feed; transfer it as binary")
    }
    return error
  }
}

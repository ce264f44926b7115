internal import Bytes
package import Conversion
package import Diagnostics
package import Records
package import SQLText

/// A dump in SQL that an entry of a backup is, and how its rows are had.
package struct SQLDump: Sendable {
  package let entry: ContainerEntry
  package let sniff: SQLDumpSniff
  private let container: any BackupContainer
  private let toolbox: Toolbox
  private let options: ReadOptions
  /// What had to be done to get at the text.
  package let openingFindings: [Finding]

  /// Looks at an entry; nil when it is no SQL.
  package init?(
    _ entry: ContainerEntry, in container: any BackupContainer, _ toolbox: Toolbox, _ options: ReadOptions
  ) throws(ReadError) {
    let content = try toolbox.open(entry, in: container, options: options, headCount: 1 << 16)
    guard let sniff = SQLDumpSniff(content.head) else { return nil }
    self.entry = entry
    self.sniff = sniff
    self.container = container
    self.toolbox = toolbox
    var options = options
    if options.encoding == nil, let own = sniff.encoding, own != .utf8 { options.encoding = own }
    self.options = options
    openingFindings =
      content.findings + (sniff.noise > 0 ? [Content.noiseFinding(sniff.noise, in: entry.path)] : [])
  }

  /// The text, in UTF-8 as far as its encoding is known.
  private func open() throws(ReadError) -> any ByteSource & ~Copyable {
    let content = try toolbox.open(entry, in: container, options: options)
    guard sniff.noise > 0 else { return content.text() }
    var peeked = PeekedSource(content.text(), count: sniff.noise)
    peeked.skip(sniff.noise)
    return peeked
  }

  /// A reader of the rows in the schemas of `tables`; empty: in those found while reading, which `outcome` then has.
  package func openRecords(
    _ tables: [TableSchema], outcome: SQLDumpOutcome? = nil
  ) throws(ReadError) -> any RecordReader & ~Copyable {
    LocatedReader(SQLDumpReader(try open(), sniff.syntax, tables: tables, outcome: outcome), in: entry.path)
  }
}

package import Bytes
package import Diagnostics

/// A whole archive as one plain SQL text, as `pg_restore -f -` writes it: a head, the entries in restore order with their data
/// in place, and a closing comment.
///
/// An item that is cut off or damaged gives its whole rows and then `\.`, so that what follows can be read; `notes` names it.
/// Errors of the operating system are thrown.
package struct ArchiveScript: ByteSource, ~Copyable {
  let archive: PostgresArchive
  /// What is noticed while the text is read. Keep it: the script itself goes into its reader.
  package let notes = ScriptNotes()
  /// Text on its way: handed out up to `at`, ready up to `ready`, held back (a row without its end) behind that.
  var text = ByteHeap(capacity: ArchiveScript.windowSize)
  private var at = 0
  var ready = 0
  private var order: [Int]
  private var next = 0
  var item: ScriptItem?
  var largeObjects: ScriptLargeObjects?
  var context = ScriptContext()
  private var isBegun = false
  /// Whether the text ends here, without the closing comment.
  var isOver = false
  private var failure: IOError?

  /// Bytes that are decoded at a time.
  static let windowSize = 1 << 18
  /// Bytes of a row that are held back until its end is seen.
  static let rowLimit = 1 << 24

  init(_ archive: PostgresArchive, _ isWanted: (TOCEntry) -> Bool) {
    self.archive = archive
    order = Self.restoreOrder(archive.entries).filter { isWanted(archive.entries[$0]) }
    context.standardStrings = archive.hasStandardStrings
    context.hasSearchPath = archive.entries.contains { $0.desc == "SEARCHPATH" }
  }

  /// What was noticed so far; complete at the end of the text.
  package var findings: [Finding] { notes.findings }

  package mutating func read(into buffer: inout OutputRawSpan) throws(IOError) {
    if let failure { throw failure }
    let before = buffer.byteCount
    do throws(IOError) {
      while buffer.freeCapacity > 0 {
        if at < ready {
          at += buffer.append(copying: text.span(at: at, count: ready - at))
        } else if try !advance() {
          return
        }
      }
    } catch {
      failure = error
      if buffer.byteCount == before { throw error }
    }
  }

  /// Makes more text ready; false at the end.
  private mutating func advance() throws(IOError) -> Bool {
    text.removePrefix(at)
    (at, ready) = (0, 0)
    if item != nil {
      try advanceItem()
      return true
    }
    if isOver { return false }
    if largeObjects != nil {
      try advanceLargeObjects()
    } else if !isBegun {
      isBegun = true
      appendHead()
    } else if next < order.count {
      next += 1
      try append(archive.entries[order[next - 1]])
    } else {
      text.append("--\n-- PostgreSQL database dump complete\n--\n\n")
      isOver = true
    }
    if item == nil { ready = text.count }
    return true
  }

  /// Notes something about the data of an entry.
  func note(_ code: String, _ severity: Severity, _ message: String, _ entry: TOCEntry, advice: String? = nil) {
    notes.add(
      Finding(
        code, severity, message, advice: advice, table: entry.holdsLargeObjects ? nil : entry.qualifiedName,
        offset: archive.items.offset(of: entry).map { Int($0) }))
  }
}

extension ByteHeap {
  /// Appends a text of the program's own.
  mutating func append(_ text: String) { append(Array(text.utf8).span) }
}

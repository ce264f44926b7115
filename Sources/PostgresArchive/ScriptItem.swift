internal import Bytes

/// The data item that a script is in the middle of.
final class ScriptItem {
  enum Form {
    /// Rows, a line each, up to `\.`.
    case copy
    /// What follows `\.`, where only line feeds may stand.
    case copyEnd
    case statements
  }
  let entry: TOCEntry
  var form: Form
  var source: any ByteSource & ~Copyable
  var boundary = StatementBoundary()
  /// Bytes at the start of the held text that were searched for the end of a row or statement.
  var searched = 0
  /// Whether the held text begins inside a row that is too long to be held.
  var isWithinLongRow = false
  /// Whether something other than line feeds came after `\.`.
  var hasMore = false

  // The optimiser of Swift 6.3 crashes where it sees through this.
  @_optimize(none)
  init(_ entry: TOCEntry, _ form: Form, _ source: consuming any ByteSource & ~Copyable) {
    self.entry = entry
    self.form = form
    self.source = source
  }

  /// Reads until `text` is full or the item is at its end; what came before an error stays in `text`.
  func fill(_ text: inout ByteHeap) -> (isOver: Bool, failure: IOError?) {
    do throws(IOError) { return (try text.fill(from: &source), nil) } catch { return (true, error) }
  }
}

/// Finds ends of INSERT statements: a semicolon outside quotes and the line feed behind it.
struct StatementBoundary {
  private var quote: UInt8 = 0
  private var isAfterSemicolon = false

  /// Goes on over a range of bytes; the offset behind the last statement that ends in it, nil when none does.
  mutating func last(in text: borrowing ByteHeap, _ range: Range<Int>) -> Int? {
    var found: Int?
    let bytes = text.span
    for i in range {
      let byte = bytes[i]
      if quote != 0 {
        if byte == quote { quote = 0 }
      } else if byte == UInt8(ascii: "'") || byte == UInt8(ascii: "\"") {
        quote = byte
      } else if byte == UInt8(ascii: "\n"), isAfterSemicolon {
        found = i + 1
      }
      isAfterSemicolon = byte == UInt8(ascii: ";") && quote == 0
    }
    return found
  }
}

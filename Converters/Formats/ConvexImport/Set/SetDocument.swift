internal import Bytes
internal import Conversion

/// The document of a row as a script writes it: indented JSON, and the fields of a line of CSV.
///
/// It is made of the document for an import: a float of no fraction loses its point, bytes become the text of their base64, and
/// NaN and the infinities null, as JavaScript has it.
struct SetDocument: ~Copyable {
  /// Spaces before a member in the file of a table.
  private static let indent = 4
  /// Places of id and time among the members.
  static let systemMembers = 2

  /// The members' ranges in the text: keys with their quotes, and values.
  private var members: [(key: Range<Int>, value: Range<Int>)] = []
  /// What may stand in a line of CSV.
  private var field = ByteHeap(capacity: 256)
  private(set) var json = ByteHeap(capacity: 1 << 12)
  /// Places of members, and what became of their values where that says less.
  private(set) var notes: [(place: Int, SetValue.Notes)] = []

  /// Takes the members of a document. `order`: for each member that is to be written, one behind the other, its place in the
  /// text; negative for those that the row has not.
  mutating func read(_ text: Span<UInt8>, order: [Int]) {
    findMembers(text)
    json.removeAll()
    self.notes.removeAll(keepingCapacity: true)
    json.append("  {")
    var isFirst = true
    for place in order where place >= 0 {
      json.append(isFirst ? "\n    " : ",\n    ")
      isFirst = false
      json.append(text.extracting(members[place].key))
      json.append(": ")
      var notes = SetValue.Notes()
      SetValue.append(text.extracting(members[place].value), indent: Self.indent, to: &json, &notes)
      if notes != SetValue.Notes() { self.notes.append((place, notes)) }
    }
    json.append("\n  }")
  }

  private mutating func findMembers(_ text: Span<UInt8>) {
    members.removeAll(keepingCapacity: true)
    var tokens = JSONTokens(), depth = 0, key: Range<Int>?, start = 0
    func end(_ value: Range<Int>) {
      guard depth == 1, let name = key else { return }
      members.append((name, value))
      key = nil
    }
    while let token = tokens.next(text) {
      switch token {
      case .open:
        if depth == 1 { start = tokens.at - 1 }
        depth += 1
      case .close:
        depth -= 1
        end(start..<tokens.at)
      case .text(let range, _):
        let whole = range.lowerBound - 1..<range.upperBound + 1
        if depth == 1, key == nil { key = whole } else { end(whole) }
      case .word(let range): end(range)
      case .comma, .colon: break
      }
    }
  }

  /// Appends the line of CSV of the document that was read; `order` as there, of the members that CSV has.
  mutating func appendCSV(_ text: Span<UInt8>, order: [Int], to output: inout OutputBuffer) throws(IOError) {
    for (i, place) in order.enumerated() {
      if i > 0 { try output.append(UInt8(ascii: ",")) }
      if place >= 0 { SetValue.appendField(text.extracting(members[place].value), to: &field) }
      if order.count == 1, field.count == 0 {
        // An empty line is no record.
        try output.append("\"\"")
      } else {
        try output.appendCSVField(field.span, delimiter: UInt8(ascii: ","))
      }
      field.removeAll()
    }
    try output.append("\n")
  }
}

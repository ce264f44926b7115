internal import Bytes
internal import Diagnostics
internal import Records

// What a COPY statement says of its rows.
extension SQLDumpReader {
  /// Reads the rows at hand as their statement says; refuses what the server refuses, and what is not known.
  mutating func apply(_ copy: SQLCopyHeader, _ start: Int) throws(ReadError) {
    if let option = copy.refused { throw refusal(of: option, start) }
    if let encoding = copy.encoding, charset(encoding) != charset(schema.clientEncoding ?? []) {
      throw refusal(of: Array("encoding".utf8), start)
    }
    if copy.hasCondition, let table = run?.table.name {
      notes.note(
        Finding(
          "copy-condition", .warning, "rows of '\(displayed(table))' are given with a condition, which is not applied",
          advice: "a server would take only some of them", table: table, offset: start))
    }
    guard copy.isCSV else {
      if let delimiter = copy.delimiter { run?.copy.delimiter = delimiter }
      if let null = copy.null { run?.copy.null = null }
      if copy.hasHeader { try skipLine() }
      return
    }
    var csv = CSVCopyRule(copy)
    if let run, copy.textColumns != .none || copy.nullColumns != .none {
      let fields = (0..<run.width).map { run.table.columns[run.order?[$0] ?? $0].name }
      guard let texts = copy.textColumns.flags(of: fields), let nulls = copy.nullColumns.flags(of: fields) else {
        throw refusal(of: Array("force".utf8), start)
      }
      csv.isText = texts
      csv.isQuotedNull = nulls
    }
    run?.csv = csv
  }

  private func refusal(of option: [UInt8], _ start: Int) -> ReadError {
    ReadError(
      .refused("rows of COPY with the option '\(displayed(Name(option)))' are not read"), offset: start,
      record: recordCount + 1)
  }

  /// The letters and digits of an encoding's name; UTF-8 when there is none.
  private func charset(_ name: [UInt8]) -> [UInt8] {
    let word = name.map(asciiLower).filter { isWordPart($0) && $0 != UInt8(ascii: "_") }
    return word.isEmpty || word.elementsEqual("unicode".utf8) ? Array("utf8".utf8) : word
  }

  /// Steps over the line at hand.
  private mutating func skipLine() throws(ReadError) {
    while true {
      guard let end = try lineEnd(from: window.position) else { continue }
      window.position = end
      return
    }
  }
}

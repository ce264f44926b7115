internal import Bytes
internal import Conversion
internal import Records

/// Writes objects in the order in which their rows come.
///
/// Lists of a row may come behind it. From the first object with lists on, text is kept aside in a spill file, with marks where
/// lists belong; the elements are kept in memory, up to a limit. With natural keys, all text is kept aside, that of models whose keys
/// stand in those of others before the others.
struct FixtureWriter: RecordWriter, ~Copyable {
  /// Writes to the output, or to the sink that puts the lists in.
  private var output: OutputBuffer?
  private var aside: [TableStream?]
  private let plan: FixturePlan
  private let syntax: FixtureSyntax
  private let index: TableIndex
  private let lists: FixtureLists
  private var text: FixtureText
  private var value = FixtureValue()
  private var tableLosses: [TableLosses]
  /// Rows without a place, by table.
  private var unplaced: [Int]
  /// Objects that were written at once, and those in each stream.
  private var direct = 0
  private var counts: [Int]
  /// Objects whose primary keys refer to rows that get new ones, by table.
  private var lostKeys: [Int]
  private var current = -1
  private var isFinished = false

  init(to output: Output, _ plan: FixturePlan, _ syntax: FixtureSyntax) throws(WriteError) {
    let sink = output.isSingle ? try output.openStream() : try output.openFile(for: "fixture", ending: syntax.rawValue)
    var buffer = OutputBuffer(sink)
    do throws(IOError) { try buffer.append(FixtureText.frame(syntax).head) } catch { throw WriteError(error) }
    self.output = consume buffer
    self.plan = plan
    self.syntax = syntax
    index = TableIndex(plan.schemas)
    lists = FixtureLists(count: plan.listCount, FixtureKeys(count: plan.tables.count, syntax), syntax)
    aside = Array(repeating: nil, count: plan.levelCount)
    counts = Array(repeating: 0, count: plan.levelCount)
    lostKeys = plan.schemas.map { _ in 0 }
    text = FixtureText(syntax)
    tableLosses = plan.schemas.map { TableLosses($0) }
    unplaced = plan.schemas.map { _ in 0 }
  }

  mutating func begin(_ table: TableSchema) throws(WriteError) { current = try index.position(of: table) }

  mutating func write(_ batch: borrowing RecordBatch) throws(WriteError) {
    let table = plan.tables[current]
    do throws(IOError) {
      switch table.role {
      case .none: unplaced[current] += batch.rowCount
      case .list(let list, let owner, let element):
        for row in 0..<batch.rowCount { try keep(batch, row, list, owner: owner, element: element) }
      case .model:
        let level = plan.level(current)
        if !table.lists.isEmpty || plan.levelCount > 1, aside[level] == nil {
          aside[level] = TableStream(in: try TableSpill(), bufferSize: 1 << 16)
        }
        for row in 0..<batch.rowCount where try build(batch, row, table) { try append(level) }
      }
    } catch { throw WriteError(.io(error), table: plan.schemas[current].name) }
  }

  // MARK: Objects

  private mutating func append(_ level: Int) throws(IOError) {
    let separator = FixtureText.frame(syntax).separator
    if let stream = aside[level] {
      if counts[level] > 0 { try stream.buffer.append(separator) }
      counts[level] += 1
      try stream.buffer.append(text.bytes)
    } else {
      if direct > 0 { try output?.append(separator) }
      direct += 1
      try output?.append(text.bytes)
    }
  }

  /// Builds the object of a row; false when it cannot be written.
  private mutating func build(_ batch: borrowing RecordBatch, _ row: Int, _ table: FixtureTable) throws(IOError) -> Bool
  {
    var keys: [FixtureValue] = []
    for field in table.keys {
      guard try load(batch, row, field) else { return false }
      keys.append(value)
    }
    let key = text.key(keys), owner = keys.first.map { FixtureText.word($0) } ?? []
    let isKept = try keepNaturalKey(batch, row, owner)
    text.begin(table.model, key: key, hasKey: !(isKept && plan.natural[current]?.replacesKey ?? false))
    var lists = table.lists[...]
    for field in table.fields where batch[row, field.column].kind != .missing {
      while let list = lists.first, list.place <= field.column {
        text.addList(list.head, mark: FixtureLists.mark(list.list, of: owner))
        lists.removeFirst()
      }
      guard try load(batch, row, field) else { return false }
      if let target = table.references[field.column], value.kind != .null {
        text.addList(
          field.head,
          mark: FixtureKeys.mark(target, of: FixtureText.word(value), isElement: false, plain: text.plain(value)))
      } else {
        text.add(field, value)
      }
    }
    if table.hasLostKey { lostKeys[current] += 1 }
    for list in lists { text.addList(list.head, mark: FixtureLists.mark(list.list, of: owner)) }
    text.end()
    return true
  }

  /// Keeps a row's natural key; false when it has none, or a part is absent.
  private mutating func keepNaturalKey(
    _ batch: borrowing RecordBatch, _ row: Int, _ owner: [UInt8]
  ) throws(IOError) -> Bool {
    guard let key = plan.natural[current] else { return false }
    var parts: [FixtureKeys.Part] = []
    for part in key.parts {
      let column: Int, target: Int?
      switch part {
      case .value(let place): (column, target) = (place, nil)
      case .reference(let place, let table): (column, target) = (place, table)
      }
      guard let field = plan.tables[current].fields.first(where: { $0.column == column }) else { return false }
      try value.load(batch[row, column], field, of: batch, syntax)
      guard value.kind != .null else { return false }
      if let target {
        parts.append(.row(Hash128.of(FixtureText.word(value).span, seed: 0), table: target))
      } else {
        parts.append(.text(text.naturalPart(value)))
      }
    }
    guard lists.keys.add(parts, of: owner, to: current) else {
      throw IOError("hold", detail: "natural keys exceed the limit of \(FixtureLists.limit >> 20) MiB")
    }
    return true
  }

  /// Takes a value over and counts what is lost of it; false when its row cannot be written.
  private mutating func load(_ batch: borrowing RecordBatch, _ row: Int, _ field: FixtureField) throws(IOError) -> Bool
  {
    try value.load(batch[row, field.column], field, of: batch, syntax)
    if value.repeatedKeys > 0 { tableLosses[current].count(.duplicateKey, column: field.column) }
    if value.isCut { tableLosses[current].count(.timePrecision, column: field.column) }
    if value.kind == .json, value.bytes == Array("null".utf8) {
      tableLosses[current].count(.jsonNull, column: field.column)
    }
    let isText = value.kind == .text
    if syntax == .xml || syntax == .yaml, value.hasSurrogates || value.kind == .json && value.holdsSurrogates {
      // JSON in XML keeps its escapes.
      if isText || syntax == .yaml {
        tableLosses[current].count(.loneSurrogate, column: field.column)
        return false
      }
    }
    guard syntax == .xml, isText else { return true }
    if holdsUnwritable(value.bytes) {
      tableLosses[current].count(.controlCharacter, column: field.column)
      return false
    }
    if hasOuterSpace(value.bytes) { tableLosses[current].count(.outerSpace, column: field.column) }
    return true
  }

  // MARK: Lists

  private mutating func keep(
    _ batch: borrowing RecordBatch, _ row: Int, _ list: Int, owner: Int, element: Int
  ) throws(IOError) {
    let columns = plan.schemas[current].columns
    let field = { (column: Int) in FixtureField(column: column, type: columns[column].type, isText: false, head: []) }
    try value.load(batch[row, owner], field(owner), of: batch, syntax)
    let key = FixtureText.word(value)
    guard try load(batch, row, field(element)) else { return }
    for column in columns.indices where column != owner && column != element {
      let kind = batch[row, column].kind
      if kind != .null, kind != .missing { tableLosses[current].count(.listColumn, column: column) }
    }
    var item = text.element(value)
    if let target = plan.tables[current].references[element] {
      item = FixtureKeys.mark(target, of: FixtureText.word(value), isElement: true, plain: item)
    }
    guard lists.add(item, of: key, to: list) else {
      throw IOError("hold", detail: "rows of tables of pairs exceed the limit of \(FixtureLists.limit >> 20) MiB")
    }
  }

  // MARK: The end

  mutating func finish() throws(WriteError) {
    var count = direct
    let isEmpty = direct + counts.reduce(0, +) == 0
    let tail = syntax == .yaml && isEmpty ? Array("[]\n".utf8) : FixtureText.frame(syntax).tail
    do throws(IOError) {
      guard var last = output.take() else { return }
      if aside.contains(where: { $0 != nil }) { last = OutputBuffer(FixtureListSink(last, lists)) }
      for (level, stream) in aside.enumerated() where counts[level] > 0 {
        if count > 0 { try last.append(FixtureText.frame(syntax).separator) }
        count += counts[level]
        try stream?.copy(to: &last)
      }
      try last.append(tail)
      try last.finish()
    } catch { throw WriteError(error) }
    isFinished = true
  }

  var losses: [Loss] {
    var losses = tableLosses.flatMap(\.losses)
    for (t, schema) in plan.schemas.enumerated() {
      if unplaced[t] > 0 {
        losses.append(
          Loss(
            "no-place", "the record of migrations has no place in a fixture: Django keeps its own", table: schema.name,
            count: unplaced[t]))
      }
      if lostKeys[t] > 0 {
        losses.append(
          Loss(
            "new-key", "primary keys are those of rows that get new ones where they are loaded", table: schema.name,
            count: lostKeys[t]))
      }
      if case .list(let list, _, _) = plan.tables[t].role, isFinished, lists.count(list) > lists.taken[list] {
        losses.append(
          Loss(
            "no-parent", "rows belong to one that is not there: left out", table: schema.name,
            count: lists.count(list) - lists.taken[list], isReject: true))
      }
    }
    return losses
  }
}

extension FixtureValue {
  /// Whether a JSON value spells half a surrogate pair.
  var holdsSurrogates: Bool {
    var tokens = JSONTokens()
    guard bytes.contains(UInt8(ascii: "\\")) else { return false }
    while let token = tokens.next(bytes) {
      guard case .text(let range, isEscaped: true) = token else { continue }
      if !Name(JSONTokens.text(bytes, range, isEscaped: true)).isUTF8 { return true }
    }
    return false
  }
}

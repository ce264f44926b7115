internal import Bytes
internal import Records

/// What is known of one column in the search for secrets.
struct ScannedColumn: Sendable {
  /// Bytes of JSON that are looked into in any case; beyond them one value in `jsonStep`.
  private static let jsonLimit = 1 << 15
  private static let jsonStep = 64
  /// Keys that are kept, and keys whose names are looked at.
  private static let keyLimit = 256
  private static let nameLimit = 4096

  /// Values under one key of JSON values.
  struct Key: Sendable {
    var name: Name
    var rule: SecretName?
    var stats = SecretStats()
  }

  let name: Name
  let rule: SecretName?
  private(set) var stats = SecretStats()
  /// Keys within JSON values that are named like secrets, or that hold one.
  private(set) var keys: [Key] = []
  /// Whether JSON values, or keys of them, were passed over.
  private(set) var hasSkippedJSON = false
  /// What names of keys say, by their hashes, so that each is taken apart once.
  private var rules: [UInt64: SecretName?] = [:]
  private var jsonBytes = 0
  private var jsonValues = 0

  init(_ name: Name, rule: SecretName?) {
    self.name = name
    self.rule = rule
  }

  /// Takes a column that is named like a secret.
  mutating func addNamed(_ batch: borrowing RecordBatch, column: Int) {
    for row in 0..<batch.rowCount {
      let cell = batch[row, column]
      switch cell.kind {
      case .text: stats.add(text: batch.bytes(of: cell))
      case .number: stats.add(number: batch.bytes(of: cell))
      case .integer: stats.add(number: Array(cell.integer.description.utf8).span)
      case .boolean: stats.addBoolean()
      case .json: addJSON(cell, in: batch)
      case .null, .missing, .double, .bytes, .external: continue
      }
    }
  }

  /// Takes a column with another name.
  mutating func add(_ batch: borrowing RecordBatch, column: Int) {
    let beginnings = SecretShapes.beginnings
    var at = column
    var passed = 0
    for _ in 0..<batch.rowCount {
      let cell = batch.cells[at]
      at &+= batch.columnCount
      if cell.kind == .text {
        passed &+= 1
        guard cell.count >= SecretShapes.minimumCount else { continue }
        let first = batch.heap[cell.offset]
        if beginnings.holds(first, batch.heap[cell.offset &+ 1]) {
          guard let shape = SecretShapes.search(batch.bytes(of: cell)) else { continue }
          stats.add(shape: shape, length: cell.count)
          passed &-= 1
        } else if first == UInt8(ascii: "{") {
          sampleJSON(cell, in: batch)
        }
      } else if cell.kind == .json {
        sampleJSON(cell, in: batch)
      }
    }
    stats.pass(passed)
  }

  private mutating func sampleJSON(_ cell: Cell, in batch: borrowing RecordBatch) {
    jsonValues &+= 1
    guard jsonBytes < Self.jsonLimit || jsonValues % Self.jsonStep == 0 else {
      hasSkippedJSON = true
      return
    }
    jsonBytes &+= cell.count
    addJSON(cell, in: batch)
  }

  /// Looks at the texts and numbers of a JSON value under the keys they stand under; those under none are the column's own.
  private mutating func addJSON(_ cell: Cell, in batch: borrowing RecordBatch) {
    let end = cell.offset &+ cell.count
    var at = cell.offset
    var key = 0..<0
    while at < end {
      let byte = batch.heap[at]
      if byte == UInt8(ascii: "\"") {
        var flags: UInt32 = 0
        let close = batch.heap.jsonStringEnd(at: at &+ 1, flags: &flags)
        guard close < end else { return }
        let inside = at &+ 1..<close
        at = batch.heap.jsonSpace(from: close &+ 1)
        if at < end && batch.heap[at] == UInt8(ascii: ":") { key = inside } else { add(inside, under: key, in: batch) }
      } else if isDigit(byte) {
        let start = at
        while at < end && isDigit(batch.heap[at]) { at &+= 1 }
        add(number: start..<at, under: key, in: batch)
        while at < end && batch.heap[at] > UInt8(ascii: ",") && batch.heap[at] != UInt8(ascii: "]") { at &+= 1 }
      } else {
        at &+= 1
      }
    }
  }

  private mutating func add(_ text: Range<Int>, under key: Range<Int>, in batch: borrowing RecordBatch) {
    let bytes = batch.heap.span(at: text.lowerBound, count: text.count)
    if key.isEmpty && rule != nil { return stats.add(text: bytes) }
    let keyName = batch.heap.span(at: key.lowerBound, count: key.count)
    if let rule = rule(ofKey: keyName) {
      if let i = position(ofKey: keyName, rule) { keys[i].stats.add(text: bytes) }
    } else if let shape = SecretShapes.index(of: bytes), let i = position(ofKey: keyName, nil) {
      keys[i].stats.add(shape: shape, length: bytes.count)
    }
  }

  private mutating func add(number: Range<Int>, under key: Range<Int>, in batch: borrowing RecordBatch) {
    let keyName = batch.heap.span(at: key.lowerBound, count: key.count)
    guard let rule = rule(ofKey: keyName), let i = position(ofKey: keyName, rule) else { return }
    keys[i].stats.add(number: batch.heap.span(at: number.lowerBound, count: number.count))
  }

  /// What the name of a key says; nil when it says nothing, or when there are too many names.
  private mutating func rule(ofKey name: Span<UInt8>) -> SecretName? {
    guard !name.isEmpty else { return nil }
    let hash = Hash128.of(name, seed: 0).low
    if let known = rules[hash] { return known }
    guard rules.count < Self.nameLimit else {
      hasSkippedJSON = true
      return nil
    }
    let rule = SecretName(Name(name), table: "")
    rules[hash] = .some(rule)
    return rule
  }

  /// Position in `keys`; nil when there are too many. Elements of arrays that stand under no key are under `[]`.
  private mutating func position(ofKey name: Span<UInt8>, _ rule: SecretName?) -> Int? {
    let name = name.isEmpty ? Name("[]") : Name(name)
    if let known = keys.firstIndex(where: { $0.name == name }) { return known }
    guard keys.count < Self.keyLimit else {
      hasSkippedJSON = true
      return nil
    }
    keys.append(Key(name: name, rule: rule))
    return keys.count - 1
  }
}

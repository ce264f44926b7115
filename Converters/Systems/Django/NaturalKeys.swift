internal import Bytes
internal import Records

/// Where a part of a natural key is found in a row of its model.
enum PartSource: Hashable, Sendable {
  /// The value of a field.
  case field(Int)
  /// All values of a list or object in a field, which is the natural key of another model.
  case nested(Int, count: Int)

  /// Number of parts.
  var count: Int {
    switch self {
    case .field: 1
    case .nested(_, let count): count
    }
  }
}

/// The natural keys of one model and the primary keys they stand for.
struct NaturalIndex: Sendable {
  /// Natural keys beyond this number are refused; each takes about 50 bytes.
  static let limit = 1 << 20

  let target: Int?
  let sources: [PartSource]
  /// Number of the key's row, or the key itself where keys are whole numbers.
  private var places: [Hash128: Int64] = [:]
  private var texts: [[UInt8]] = []
  /// Natural keys that occur more than once; the last one counts.
  private(set) var repeated = 0
  /// Rows seen that have no primary key; the next one gets the number after the greatest key.
  private var assigned: Int64 = 0

  init(target: Int?, sources: [PartSource]) {
    self.target = target
    self.sources = sources
  }

  /// The key a natural key stands for.
  enum Key { case number(Int64), text([UInt8]) }

  func key(_ tuple: Hash128) -> Key? {
    guard let place = places[tuple] else { return nil }
    return place < 0 ? .text(texts[Int(-place - 1)]) : .number(place)
  }

  /// Whether a natural key is held.
  func contains(_ tuple: Hash128) -> Bool { places[tuple] != nil }

  /// Learns from the rows of the model.
  mutating func observe(_ batch: borrowing RecordBatch, _ facts: ModelFacts, fields positions: [Int])
    throws(ReadError)
  {
    let columns = sources.map { source -> Int? in
      switch source {
      case .field(let field), .nested(let field, _): positions.firstIndex(of: field)
      }
    }
    let keyColumn = facts.keyField.flatMap(positions.firstIndex(of:))
    for row in 0..<batch.rowCount {
      let key = keyColumn.map { batch[row, $0] } ?? .missing
      if key.isAbsent { assigned += 1 }
      var tuple = Tuple()
      var isWhole = true
      for (source, column) in zip(sources, columns) {
        guard let column, append(batch, batch[row, column], source, to: &tuple) else {
          isWhole = false
          break
        }
      }
      guard isWhole else { continue }
      if key.isAbsent {
        try insert(tuple.hash, facts.largestKey + assigned, of: facts)
      } else if key.kind == .number || key.kind == .text {
        let bytes = Array(batch.bytes(of: key))
        if facts.hasOnlyWholeKeys, let number = wholeNumber(bytes) {
          try insert(tuple.hash, number, of: facts)
        } else {
          texts.append(bytes)
          try insert(tuple.hash, -Int64(texts.count), of: facts)
        }
      }
    }
  }

  /// Adds a natural key whose primary key is chosen by us.
  mutating func insert(_ tuple: Hash128, number: Int64) { places[tuple] = number }

  private mutating func insert(_ tuple: Hash128, _ place: Int64, of facts: ModelFacts) throws(ReadError) {
    if places.updateValue(place, forKey: tuple) != nil { repeated += 1 }
    guard places.count <= Self.limit else {
      throw ReadError(.tooLarge(what: "the natural keys of one model", limit: Self.limit * 64))
    }
  }

  private func append(
    _ batch: borrowing RecordBatch, _ cell: Cell, _ source: PartSource, to tuple: inout Tuple
  ) -> Bool {
    switch source {
    case .field:
      guard cell.kind == .text || cell.kind == .number else { return false }
      tuple.append(batch.bytes(of: cell))
    case .nested(_, let count):
      guard cell.kind == .json, let parts = scalarParts(batch.bytes(of: cell)), parts.count == count else {
        return false
      }
      for part in parts { tuple.append(part.span) }
    }
    return true
  }

  private func wholeNumber(_ digits: [UInt8]) -> Int64? {
    Int64(String(decoding: digits, as: UTF8.self)).flatMap { $0 < 0 ? nil : $0 }
  }
}

/// The scalars of an array, or of an object in byte order of its keys; nil when it holds anything else.
func scalarParts(_ bytes: Span<UInt8>) -> [[UInt8]]? {
  bytes[0] == UInt8(ascii: "[") ? scalarTuple(bytes).map { _ in scalars(bytes) } : objectTuple(bytes)?.parts
}

/// Finds out which fields of a model make up the natural keys seen elsewhere, by looking samples up in its rows.
struct NaturalSearch: Sendable {
  private struct Place: Hashable, Sendable {
    var question: Int
    var sample: Int
    var position: Int
  }
  private struct Source: Hashable, Sendable {
    var question: Int
    var position: Int
    var source: PartSource
  }

  let target: Int
  private var places: [[UInt8]: [Place]] = [:]
  private var samples: [Int: [[[UInt8]]]] = [:]
  /// Which samples a source explains at a position, as bits.
  private var hits: [Source: UInt64] = [:]

  init(target: Int) { self.target = target }

  /// Adds a question's samples, at most 64.
  mutating func add(question: Int, _ tuples: [[[UInt8]]]) {
    samples[question] = tuples
    for (s, parts) in tuples.prefix(64).enumerated() {
      for (p, part) in parts.enumerated() {
        places[part, default: []].append(Place(question: question, sample: s, position: p))
      }
    }
  }

  /// Looks for the samples in rows of the model.
  mutating func observe(_ batch: borrowing RecordBatch, fields positions: [Int], keyField: Int?) {
    for row in 0..<batch.rowCount {
      for (column, field) in positions.enumerated() where field != keyField {
        let cell = batch[row, column]
        switch cell.kind {
        case .text, .number:
          for place in places[Array(batch.bytes(of: cell))] ?? [] { note(place, .field(field)) }
        case .json:
          guard let parts = scalarParts(batch.bytes(of: cell)), let first = parts.first else { continue }
          for place in places[first] ?? [] {
            let sample = samples[place.question]?[place.sample] ?? []
            guard place.position + parts.count <= sample.count,
              Array(sample[place.position..<(place.position + parts.count)]) == parts
            else { continue }
            note(place, .nested(field, count: parts.count))
          }
        default: continue
        }
      }
    }
  }

  private mutating func note(_ place: Place, _ source: PartSource) {
    hits[Source(question: place.question, position: place.position, source: source), default: 0] |=
      1 << UInt64(place.sample)
  }

  /// The sources of a natural key's parts, best explained first; nil when a part is found nowhere. The field that the
  /// question is about, when it is one of this model, explains nothing.
  func sources(question: Int, arity: Int, except field: Int?) -> [PartSource]? {
    var found: [PartSource] = [], position = 0
    while position < arity {
      let options = hits.filter { key, _ in
        key.question == question && key.position == position && !found.contains(key.source) && key.source.field != field
          && position + key.source.count <= arity
      }
      // Most samples; then a plain field; then the field that comes first.
      let best = options.max { a, b in
        (a.value.nonzeroBitCount, -a.key.source.count, -a.key.source.field)
          < (b.value.nonzeroBitCount, -b.key.source.count, -b.key.source.field)
      }
      guard let best else { return nil }
      found.append(best.key.source)
      position += best.key.source.count
    }
    return found
  }
}

extension PartSource {
  /// The field concerned.
  var field: Int {
    switch self {
    case .field(let field), .nested(let field, _): field
    }
  }
}

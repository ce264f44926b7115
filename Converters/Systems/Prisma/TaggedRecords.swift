internal import Bytes
internal import JSONStream
internal import Records

/// Records of several tables in one array or one a line, each of which names its table:
///
///     {"collection": "User", "id": "…", "email": "…"}
///     {"table": "posts", "data": {"id": 7, "title": "…"}}
struct TaggedRecords: ~Copyable {
  /// The kind of backups that they are.
  static let kind = "tagged records"
  /// Members that name the table; the first that all records have is the one.
  static let keys: [Name] = ["collection", "model", "table"]
  /// Members that hold the row when nothing else stands beside the tag.
  private static let wrappers: Set<Name> = ["data", "fields", "document", "record", "row", "values", "attributes"]
  /// A record may not be longer.
  private static let recordLimit = 128 << 20
  /// A table's name may not be longer, nor may there be more of them: each is a private file.
  private static let nameLimit = 128, tableLimit = 256

  private var source: any ByteSource & ~Copyable
  private var heap = ByteHeap(capacity: 1 << 16)
  private var position = 0
  /// Bytes of the source before the heap.
  private var base = 0
  private var isExhausted = false
  private var isArray = false
  private var count = 0

  init(_ source: consuming any ByteSource & ~Copyable) { self.source = source }

  /// A member of a record: the bytes of its key without the quotes, and of its value.
  private struct Member {
    var key: Range<Int>
    var value: Range<Int>
  }

  // MARK: Records

  private func failed(_ code: ReadError.Code, at place: Int) -> ReadError {
    ReadError(code, offset: base + place, record: count + 1)
  }

  /// Reads more; `at` moves with the bytes.
  private mutating func more(_ at: inout Int) throws(ReadError) -> Bool {
    guard !isExhausted else { return false }
    base += position
    at -= position
    heap.removePrefix(position)
    position = 0
    if heap.count == heap.capacity { heap.reserve(heap.capacity * 2) }
    let before = heap.count
    do throws(IOError) { isExhausted = try heap.fill(from: &source) } catch { throw ReadError(.io(error)) }
    return heap.count > before
  }

  /// The next byte that is no white space; nil at the end.
  private mutating func nextByte() throws(ReadError) -> UInt8? {
    while true {
      position = heap.jsonSpace(from: position)
      if position < heap.count { return heap[position] }
      var at = position
      if try !more(&at) { return nil }
    }
  }

  /// Goes on to the next record; its range in the heap, nil at the end.
  private mutating func next() throws(ReadError) -> Range<Int>? {
    if count == 0, base == 0, position == 0, try nextByte() == UInt8(ascii: "[") {
      isArray = true
      position += 1
    }
    guard var byte = try nextByte() else {
      if isArray { throw failed(.truncated, at: position) }
      return nil
    }
    if isArray, byte == UInt8(ascii: "]") {
      position += 1
      if try nextByte() != nil { throw failed(.syntax("something follows the array"), at: position) }
      return nil
    }
    if isArray, count > 0 {
      guard byte == UInt8(ascii: ",") else { throw failed(.syntax("',' or ']' expected"), at: position) }
      position += 1
      byte = try nextByte() ?? 0
    }
    guard byte == UInt8(ascii: "{") else { throw failed(.syntax("a record expected"), at: position) }
    var walk = JSONWalk(python: false), at = position
    while true {
      switch heap.jsonWalk(&walk, at: &at, isLast: isExhausted) {
      case .done: return position..<at
      case .needsMore:
        guard at - position < Self.recordLimit else {
          throw failed(.tooLarge(what: "a record", limit: Self.recordLimit), at: position)
        }
        if try !more(&at), isExhausted, heap.jsonWalk(&walk, at: &at, isLast: true) != .done {
          throw failed(.truncated, at: at)
        }
      case .tooDeep: throw failed(.tooDeep(limit: JSONWalk.depthLimit), at: at)
      default: throw failed(.syntax("no JSON"), at: at)
      }
    }
  }

  /// The members of a record, which is whole.
  private func members(of record: Range<Int>) -> [Member] {
    var members: [Member] = [], at = heap.jsonSpace(from: record.lowerBound + 1)
    while at < record.upperBound, heap[at] == UInt8(ascii: "\"") {
      var flags: UInt32 = 0
      let end = heap.jsonStringEnd(at: at + 1, flags: &flags), key = (at + 1)..<end
      at = heap.jsonSpace(from: heap.jsonSpace(from: end + 1) + 1)
      let start = at
      var walk = JSONWalk(python: false)
      guard heap.jsonWalk(&walk, at: &at, isLast: true) == .done else { break }
      members.append(Member(key: key, value: start..<at))
      at = heap.jsonSpace(from: at)
      if at < record.upperBound, heap[at] == UInt8(ascii: ",") { at = heap.jsonSpace(from: at + 1) }
    }
    return members
  }

  private func bytes(_ range: Range<Int>) -> [UInt8] { Array(heap.span(at: range.lowerBound, count: range.count)) }

  /// The table that a record names; nil when the member is none or no name.
  private func name(_ member: Member) -> Name? {
    let value = member.value
    guard value.count > 2, value.count <= Self.nameLimit, heap[value.lowerBound] == UInt8(ascii: "\"") else {
      return nil
    }
    let text = bytes((value.lowerBound + 1)..<(value.upperBound - 1))
    return text.contains(UInt8(ascii: "\\")) ? nil : Name(text)
  }

  /// The row without its tag.
  private func row(_ members: [Member], without tag: Int) -> [UInt8] {
    let others = members.indices.filter { $0 != tag }.map { members[$0] }
    if others.count == 1, heap[others[0].value.lowerBound] == UInt8(ascii: "{"),
      Self.wrappers.contains(Name(bytes(others[0].key)))
    {
      return bytes(others[0].value)
    }
    var row = [UInt8(ascii: "{")]
    for member in others {
      if row.count > 1 { row.append(UInt8(ascii: ",")) }
      row += bytes((member.key.lowerBound - 1)..<member.value.upperBound)
    }
    return row + [UInt8(ascii: "}")]
  }

  // MARK: What they are for

  /// Parts the records by their tables into private files.
  mutating func split(by key: Name) throws(ReadError) -> [NestedRows] {
    var tables: [NestedRows] = [], places: [Name: Int] = [:]
    while let record = try next() {
      let members = members(of: record)
      guard let tag = members.firstIndex(where: { heap.equals(key.bytes, at: $0.key.lowerBound, count: $0.key.count) }),
        let name = name(members[tag])
      else { throw failed(.syntax("a record names no table"), at: record.lowerBound) }
      do throws(IOError) {
        let place = places[name] ?? tables.count
        if place == tables.count {
          guard place < Self.tableLimit else {
            throw IOError("part the records", detail: "there are more than \(Self.tableLimit) tables")
          }
          places[name] = place
          tables.append(try NestedRows(name, table: -1))
        }
        try tables[place].add(row(members, without: tag).span)
      } catch { throw ReadError(.io(error)) }
      position = record.upperBound
      count += 1
    }
    for i in tables.indices {
      do throws(IOError) { try tables[i].close() } catch { throw ReadError(.io(error)) }
    }
    return tables
  }

  /// What the first bytes show: the member that names tables, and of each table the first row; nil when there is none, or when
  /// what it holds does not tell rows of different kinds apart.
  static func sight(_ head: [UInt8]) -> (key: Name, sections: [PrismaEnvelope.Section])? {
    for key in keys where firstOffset(of: (Array("\"".utf8) + key.bytes + Array("\"".utf8)).span, in: head.span) != nil
    {
      var records = TaggedRecords(MemorySource(head)), sections: [Name: [JSONOutline.Member]] = [:], order: [Name] = []
      do throws(ReadError) {
        while let record = try records.next() {
          let members = records.members(of: record)
          guard let tag = members.firstIndex(where: { Name(records.bytes($0.key)) == key }),
            let name = records.name(members[tag])
          else {
            order = []
            break
          }
          if sections[name] == nil {
            sections[name] = JSONOutline(records.row(members, without: tag))?.members ?? []
            order.append(name)
          }
          records.position = record.upperBound
          records.count += 1
        }
      } catch {
        // The head may end inside a record.
      }
      guard order.count > 1, records.count > order.count || records.count > 2 else { continue }
      let shapes = order.map { Set((sections[$0] ?? []).map(\.key)) }
      let differ = shapes.contains { a in
        shapes.contains { b in a.intersection(b).count * 5 < a.union(b).count * 4 }
      }
      guard differ else { continue }
      return (key, order.map { PrismaEnvelope.Section(name: $0, row: sections[$0] ?? []) })
    }
    return nil
  }
}

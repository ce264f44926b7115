internal import Bytes
internal import Records

// The two forms of a record: a plain object (or any other value), and a Django fixture object.
extension JSONRecordParser {
  /// The column that holds array elements which are no objects.
  static var valueColumn: Name { "value" }

  /// Parses one record at `at`; its cells begin at `row`.
  @inline(__always)
  mutating func plain(_ heap: borrowing ByteHeap, _ at: inout Int, _ cells: inout [Cell], row: Int) -> Status {
    if heap[at] == UInt8(ascii: "{") {
      var inside = at &+ 1
      let status = members(heap, &inside, &cells, row: row)
      if case .record = status { at = inside }
      return status
    }
    return bare(heap, &at, &cells, row: row)
  }

  /// An element that is no object: it goes into the column `value`.
  @inline(never)
  private mutating func bare(_ heap: borrowing ByteHeap, _ at: inout Int, _ cells: inout [Cell], row: Int) -> Status {
    let column = keys.index(of: Self.valueColumn)
    if column < 0 {
      guard learns else { return .newColumn }
      keys.append(Self.valueColumn)
    }
    return value(heap, &at, &cells, slot: learns ? -1 : row + firstColumn + column)
  }

  enum ModelSearch {
    case found(Name)
    case cut, failed
  }

  /// The `model` of the fixture object at `place`, wherever among its keys it stands.
  mutating func findModel(_ heap: borrowing ByteHeap, _ place: Int) -> ModelSearch {
    guard heap[place] == UInt8(ascii: "{") else {
      _ = fail(.syntax("object with \"model\" expected"), place)
      return .failed
    }
    var cells: [Cell] = [], at = place + 1, isFirst = true
    begin()
    while true {
      at = heap.jsonSpace(from: at)
      guard at < heap.count else { return .cut }
      if heap[at] == UInt8(ascii: "}") {
        _ = fail(.syntax("object without \"model\""), place)
        return .failed
      }
      if !isFirst {
        guard heap[at] == UInt8(ascii: ",") else {
          _ = fail(.syntax("',' or '}' expected in an object"), at)
          return .failed
        }
        at = heap.jsonSpace(from: at + 1)
        guard at < heap.count else { return .cut }
      }
      isFirst = false
      switch topKey(heap, &at) {
      case .cut: return .cut
      case .failed: return .failed
      case .model:
        guard heap[at] == UInt8(ascii: "\"") else {
          _ = fail(.syntax("\"model\" must be a string"), at)
          return .failed
        }
        var flags: UInt32 = 0
        let close = heap.jsonStringEnd(at: at + 1, flags: &flags)
        guard close < heap.count else { return .cut }
        if flags & 2 != 0 {
          _ = fail(.syntax("control character in a string"), close)
          return .failed
        }
        if flags != 0 {
          guard let name = unescaped(heap, at + 1, close) else { return .failed }
          return .found(name)
        }
        return .found(Name(heap.span(at: at + 1, count: close - at - 1)))
      default:
        switch value(heap, &at, &cells, slot: -1) {
        case .record: break
        case .cut: return .cut
        default: return .failed
        }
      }
    }
  }

  private enum TopKey { case model, pk, fields, other, cut, failed }

  /// Steps over a key of a fixture object and its colon to the value.
  @inline(__always)
  private mutating func topKey(_ heap: borrowing ByteHeap, _ at: inout Int) -> TopKey {
    let which: TopKey
    if heap.matches("\"model\"", at: at) {
      which = .model
      at &+= 7
    } else if heap.matches("\"pk\"", at: at) {
      which = .pk
      at &+= 4
    } else if heap.matches("\"fields\"", at: at) {
      which = .fields
      at &+= 8
    } else {
      which = otherKey(heap, &at)
      if which != .other { return which }
    }
    at = heap.jsonSpace(from: at)
    guard at < heap.count else { return .cut }
    guard heap[at] == UInt8(ascii: ":") else {
      _ = fail(.syntax("':' expected after a key"), at)
      return .failed
    }
    at = heap.jsonSpace(from: at &+ 1)
    return at < heap.count ? which : .cut
  }

  @inline(never)
  private mutating func otherKey(_ heap: borrowing ByteHeap, _ at: inout Int) -> TopKey {
    guard heap[at] == UInt8(ascii: "\"") else {
      _ = fail(.syntax("key in quotes expected"), at)
      return .failed
    }
    var flags: UInt32 = 0
    let close = heap.jsonStringEnd(at: at + 1, flags: &flags)
    guard close < heap.count else { return .cut }
    if flags & 2 != 0 {
      _ = fail(.syntax("control character in a string"), close)
      return .failed
    }
    at = close + 1
    return .other
  }

  /// Parses one fixture object of `model` at `at`; its cells begin at `row`, the first is the primary key's.
  @inline(__always)
  mutating func fixture(
    _ heap: borrowing ByteHeap, _ place: inout Int, _ cells: inout [Cell], row: Int, model: Name
  ) -> Status {
    guard heap[place] == UInt8(ascii: "{") else { return fail(.syntax("object with \"model\" expected"), place) }
    var at = place &+ 1, isFirst = true, metModel = false
    while true {
      at = heap.jsonSpace(from: at)
      guard at < heap.count else { return .cut }
      let byte = heap[at]
      if byte == UInt8(ascii: "}") { break }
      if !isFirst {
        guard byte == UInt8(ascii: ",") else { return fail(.syntax("',' or '}' expected in an object"), at) }
        at = heap.jsonSpace(from: at &+ 1)
        guard at < heap.count else { return .cut }
      }
      isFirst = false
      switch topKey(heap, &at) {
      case .cut: return .cut
      case .failed: return .failed
      case .model:
        let n = model.bytes.count
        guard heap[at] == UInt8(ascii: "\""), heap.matches(model.bytes, from: 0, count: n, at: at &+ 1),
          at &+ n &+ 1 < heap.count, heap[at &+ n &+ 1] == UInt8(ascii: "\"")
        else { return otherModel(heap, place, &at, model) }
        at = at &+ n &+ 2
        metModel = true
      case .pk:
        let status = value(heap, &at, &cells, slot: learns ? -1 : row)
        guard case .record = status else { return status }
        noteDuplicate("pk")
      case .fields:
        guard heap[at] == UInt8(ascii: "{") else { return fail(.syntax("\"fields\" must be an object"), at) }
        if !metModel {
          // The columns belong to the model, so it has to be known first.
          switch findModel(heap, place) {
          case .found(let name) where name == model: metModel = true
          case .found: return .otherTable
          case .cut: return .cut
          case .failed: return .failed
          }
        }
        at &+= 1
        let status = members(heap, &at, &cells, row: row)
        guard case .record = status else { return status }
      default:
        let status = value(heap, &at, &cells, slot: -1)
        guard case .record = status else { return status }
        met.extraKeys += 1
      }
    }
    guard metModel else { return fail(.syntax("object without \"model\""), place) }
    place = at &+ 1
    return .record
  }

  /// The model is another one, or it is spelt with escapes, or it is cut off.
  @inline(never)
  private mutating func otherModel(_ heap: borrowing ByteHeap, _ place: Int, _ at: inout Int, _ model: Name) -> Status {
    switch findModel(heap, place) {
    case .found(let name): return name == model ? fail(.syntax("\"model\" is spelt with escapes"), at) : .otherTable
    case .cut: return .cut
    case .failed: return .failed
    }
  }
}

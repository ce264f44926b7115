internal import Bytes
internal import Records

/// The paths of the values within the objects of one column; number 0 is the column itself.
struct MemberTree: Sendable {
  /// Members that the objects of one column may have.
  static let limit = 1000
  /// Objects within objects that are taken apart; those below stay JSON.
  static let depthLimit = 8

  /// By number: the member's name, and the object it is in.
  private(set) var names: [Name] = [Name("")]
  private(set) var parents: [Int] = [0]
  private var numbers: [Hash128: Int] = [:]
  /// Whether there were more members than the limit.
  private(set) var isFull = false

  var count: Int { names.count }

  /// The names of the members that lead to a value; none for the column itself.
  func path(_ number: Int) -> [Name] {
    var parts: [Name] = [], at = number
    while at != 0 {
      parts.append(names[at])
      at = parents[at]
    }
    return parts.reversed()
  }

  /// The number of a member whose key is in the heap; nil when it is not known.
  private func number(of key: Range<Int>, in parent: Int, _ heap: borrowing ByteHeap) -> Int? {
    guard let found = numbers[heap.hash(at: key.lowerBound, count: key.count, seed: UInt64(parent))],
      heap.equals(names[found].bytes, at: key.lowerBound, count: key.count)
    else { return nil }
    return found
  }

  private mutating func add(_ key: Range<Int>, to parent: Int, _ heap: borrowing ByteHeap) -> Int? {
    guard count < Self.limit else {
      isFull = true
      return nil
    }
    numbers[heap.hash(at: key.lowerBound, count: key.count, seed: UInt64(parent))] = count
    names.append(Name(heap.span(at: key.lowerBound, count: key.count)))
    parents.append(parent)
    return count - 1
  }

  /// Finds the values within one, by their numbers; `learns`: new members get one. Objects without members, lists, and what is too
  /// deep are values.
  mutating func spread(
    _ cell: Cell, at number: Int = 0, depth: Int = 0, _ batch: inout RecordBatch, learns: Bool,
    into found: inout [(number: Int, cell: Cell)]
  ) {
    guard depth < Self.depthLimit, var parts = JSONParts(cell, in: batch), parts.isObject,
      var part = parts.next(in: &batch)
    else { return found.append((number, cell)) }
    while true {
      let member =
        self.number(of: parts.key, in: number, batch.heap)
        ?? (learns ? add(parts.key, to: number, batch.heap) : nil)
      if let member {
        spread(part, at: member, depth: depth + 1, &batch, learns: learns, into: &found)
      }
      guard let next = parts.next(in: &batch) else { return }
      part = next
    }
  }
}

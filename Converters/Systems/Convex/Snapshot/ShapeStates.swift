internal import Bytes

/// All sets of places in a shape that a value can be at, found before the first value is read.
///
/// A union's members all count: a field of an object is at every place that some member has for it.
struct ShapeStates: Sendable {
  /// What a text without an override stands for.
  enum Meaning: Sendable, Equatable { case text, int64, infinity, bytes }
  struct State: Sendable {
    var meaning = Meaning.text
    /// Whether nothing at or below it stands for anything but itself.
    var isPlain = true
    /// State of an array's elements; -1: nothing is known of them, they are as they stand.
    var element = -1
    /// State of an object's fields without one of their own.
    var rest = -1
    /// In order of their names.
    var fields: [(name: Name, state: Int)] = []
    /// The state's places as the shape writes them.
    var members: [Int] = []
  }
  private(set) var states: [State] = []
  let shape: ConvexShape
  private var known: [[Int]: Int] = [:]

  static let stateLimit = 1 << 16

  /// Nil when there are too many.
  init?(_ shape: ConvexShape) {
    self.shape = shape
    guard state(of: [shape.root]) == 0 else { return nil }
  }

  /// The state of an object's field; -1 when nothing is known of it.
  func field(_ name: Span<UInt8>, of state: Int) -> Int {
    guard state >= 0 else { return -1 }
    return place(of: name, among: states[state].fields.count) { states[state].fields[$0].name }
      .map { states[state].fields[$0].state } ?? states[state].rest
  }

  /// The shape of a state's places as text; without literals, which are values of documents, unless they are asked for.
  func text(of state: Int, literals: Bool) -> [UInt8] {
    shape.text(of: states[state].members, literals: literals)
  }

  /// The state of some places; nil beyond the limit.
  private mutating func state(of places: [Int]) -> Int? {
    let members = flattened(places)
    if let known = known[members] { return known }
    guard states.count < Self.stateLimit else { return nil }
    let index = states.count
    known[members] = index
    var state = State()
    state.members = members
    state.isPlain = !members.contains { shape.mayChange[$0] }
    state.meaning = meaning(members)
    states.append(state)
    let isUnknown = members.contains { shape.nodes[$0] == .unknown }
    let elements = members.compactMap { if case .array(let element) = shape.nodes[$0] { element } else { nil } }
    let values = members.compactMap { if case .record(let value) = shape.nodes[$0] { value } else { nil } }
    let objects = members.compactMap { if case .object(let fields) = shape.nodes[$0] { fields } else { nil } }
    // What may be anything is left as it stands.
    if isUnknown { return index }
    if !elements.isEmpty {
      guard let element = self.state(of: elements) else { return nil }
      states[index].element = element
    }
    if !values.isEmpty {
      guard let rest = self.state(of: values) else { return nil }
      states[index].rest = rest
    }
    var places: [Name: [Int]] = [:]
    for field in objects.joined() { places[field.name, default: values].append(field.shape) }
    for name in places.keys.sorted() {
      guard let field = self.state(of: places[name] ?? []) else { return nil }
      states[index].fields.append((name, field))
    }
    return index
  }

  private func flattened(_ places: [Int]) -> [Int] {
    var open = places, found: Set<Int> = []
    while let place = open.popLast() {
      if case .union(let members) = shape.nodes[place] { open += members } else { found.insert(place) }
    }
    return found.sorted()
  }

  /// The only thing that a text can stand for, when there is only one.
  private func meaning(_ members: [Int]) -> Meaning {
    var meanings: Set<Meaning> = []
    for member in members {
      switch shape.nodes[member] {
      case .int64: meanings.insert(.int64)
      case .infinity: meanings.insert(.infinity)
      case .bytes: meanings.insert(.bytes)
      case .text: meanings.insert(.text)
      // NaN or an infinity, or anything: more than one.
      case .notANumber, .unknown: return .text
      case .plain, .array, .record, .object, .union: break
      }
    }
    return meanings.count == 1 ? meanings.first ?? .text : .text
  }
}

/// The place of a name among `count` names in their order.
func place(of name: Span<UInt8>, among count: Int, _ names: (Int) -> Name) -> Int? {
  var low = 0, high = count
  while low < high {
    let middle = (low + high) / 2, other = names(middle)
    if precedes(other.bytes.span, name) { low = middle + 1 } else { high = middle }
  }
  return low < count && areEqual(names(low).bytes.span, name) ? low : nil
}

private func precedes(_ a: Span<UInt8>, _ b: Span<UInt8>) -> Bool {
  for i in 0..<min(a.count, b.count) where a[i] != b[i] { return a[i] < b[i] }
  return a.count < b.count
}

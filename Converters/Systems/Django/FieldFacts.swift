internal import Bytes
internal import Conversion
internal import Records

/// What the survey learns about one column of a raw table, beyond its profile.
struct FieldFacts: Sendable {
  let name: Name
  var absent = 0
  var booleans = 0
  var texts = 0
  /// Numbers that are whole, and all others.
  var wholeNumbers = 0
  var otherNumbers = 0
  var arrays = 0
  var objects = 0
  var externals = 0
  /// The values, while all of them are whole numbers; of texts only when a later pass asks for them.
  var keySet: KeyIndex.ID?
  /// The elements of the arrays.
  var elementSet: KeyIndex.ID?
  /// Facts about the arrays and objects.
  var lists = ListFacts()
  /// Rows whose value is that of the primary key, and rows with another.
  var equalToKey = 0
  var otherThanKey = 0
  /// Profiles of the column, one for each spelling of the model.
  private(set) var profiles: [ColumnProfile] = []
  /// Whether values are compared with the primary key's: a column `id`, or one that points to a parent model.
  let mayCopyKey: Bool
  /// Whether no value so far is anything but a whole number.
  private var isOnlyWhole = true
  /// Whether objects are looked into: only content types are described by objects.
  private let mayHoldContentTypes: Bool

  init(_ name: Name) {
    self.name = name
    mayCopyKey = name == "id" || name.hasSuffix("_ptr") || name.hasSuffix("_ptr_id")
    mayHoldContentTypes = name == "content_type"
  }

  /// Number of rows with a value.
  var present: Int { booleans + texts + wholeNumbers + otherNumbers + arrays + objects + externals }
  /// Whether all values are whole numbers.
  var isWhole: Bool { wholeNumbers > 0 && wholeNumbers == present }
  /// Whether all values are text.
  var isText: Bool { texts > 0 && texts == present }
  /// Whether all values are text or whole numbers.
  var isKeyLike: Bool { present > 0 && texts + wholeNumbers == present }
  /// Whether all values are arrays small enough to be looked into.
  var isList: Bool { arrays > 0 && arrays == present }

  /// Learns the keys and lists in one column of a batch; everything else is learnt from the profile, which has seen the batch.
  mutating func observe(
    _ batch: borrowing RecordBatch, column: Int, _ profile: ColumnProfile, _ index: inout KeyIndex
  ) throws(IOError) {
    if profile.text.count > 0 || profile.numbers.integerCount < profile.numbers.count { isOnlyWhole = false }
    if isOnlyWhole && profile.numbers.count > 0 {
      try index.add(batch, column: column, to: set(&keySet, &index))
    }
    guard profile.json.count > 0 else { return }
    var at = column, hasArrays = false
    for _ in 0..<batch.rowCount {
      let cell = batch.cells[at]
      at &+= batch.columnCount
      guard cell.kind == .json else { continue }
      let bytes = batch.bytes(of: cell)
      if bytes[0] == UInt8(ascii: "[") {
        hasArrays = true
        lists.observe(array: bytes)
      } else if mayHoldContentTypes {
        lists.observe(object: bytes)
      }
    }
    if hasArrays && lists.others == 0 {
      try index.addElements(batch, column: column, to: set(&elementSet, &index))
    }
  }

  private func set(_ id: inout KeyIndex.ID?, _ index: inout KeyIndex) -> KeyIndex.ID {
    let found = id ?? index.makeSet()
    id = found
    return found
  }

  /// Takes over the counts of the column's profile.
  mutating func take(_ profile: ColumnProfile) {
    absent += profile.absentCount
    booleans += profile.booleanCount
    texts += profile.text.count
    wholeNumbers += profile.numbers.integerCount
    otherNumbers += profile.numbers.count - profile.numbers.integerCount + profile.bytesCount
    arrays += profile.json.arrayCount
    objects += profile.json.objectCount
    externals += profile.externalCount
    if profile.valueCount > 0 { profiles.append(profile) }
  }
}

/// Whether a number's digits are those of an integer in its usual spelling.
func isWholeNumber(_ bytes: Span<UInt8>) -> Bool {
  let first = bytes[0] == UInt8(ascii: "-") ? 1 : 0
  guard bytes.count > first, bytes.count == first + 1 || bytes[first] != UInt8(ascii: "0") else { return false }
  for i in first..<bytes.count where bytes[i] &- UInt8(ascii: "0") > 9 { return false }
  return true
}

/// A tuple of values in a JSON list, such as a natural key.
struct Tuple: Sendable {
  var hash = Hash128()
  var count = 0

  /// Values of a tuple and bytes of each that a natural key may have; what is longer is none.
  static let partLimit = 16, byteLimit = 1024

  /// Adds an element of a list; the number of its bytes, escapes undone.
  mutating func append(_ list: Span<UInt8>, _ element: JSONList.Element) -> Int {
    let (value, byteCount) = scalarHash(list, element, seed: UInt64(count + 1))
    hash = hash.mixed(with: value)
    count += 1
    return byteCount
  }

  /// Adds a value. A tuple of one number is not the tuple of the same digits as text; in keys they are the same.
  mutating func append(_ bytes: Span<UInt8>) {
    hash = hash.mixed(with: Hash128.of(bytes, seed: UInt64(count + 1)))
    count += 1
  }
}

/// What the survey learns about the arrays and objects of one column.
struct ListFacts: Sendable {
  /// Tuples kept in full, to find out which columns they come from.
  static let sampleLimit = 64
  /// Distinct tuples beyond this number are not counted.
  static let tupleLimit = 1 << 20
  /// Distinct objects kept in full, for tables made of them.
  static let objectLimit = 1 << 14

  /// Arrays without elements.
  var empty = 0
  /// Elements by kind; whole numbers and texts can be keys.
  var wholeNumbers = 0
  var texts = 0
  var arraysOfScalars = 0
  /// Arrays of scalars among the elements that hold no text.
  var arraysOfNumbers = 0
  var others = 0
  /// Arrays that hold a scalar twice.
  var repeats = 0
  /// Number of values in every tuple; nil before the first, -1 when it varies.
  var arity: Int?
  /// How often each distinct tuple occurs: an array of scalars, an array within an array, an object's values by key.
  var tuples: [Hash128: Int] = [:]
  var samples: [[[UInt8]]] = []
  /// Keys of the objects, in byte order; nil before the first, empty when they vary.
  var objectKeys: [Name]?
  var lostTuples = false

  var elements: Int { wholeNumbers + texts + arraysOfScalars + others }
  /// Whether every element can be a key.
  var isScalar: Bool { others == 0 && arraysOfScalars == 0 && wholeNumbers + texts > 0 }
  /// Whether every element is an array of scalars, and all are of one length.
  var isTuples: Bool { others == 0 && wholeNumbers + texts == 0 && arraysOfScalars > 0 && (arity ?? -1) > 0 }
  /// Whether every array is one tuple: scalars, always as many.
  var isTuple: Bool { isScalar && empty == 0 && (arity ?? -1) > 0 }

  mutating func observe(array bytes: Span<UInt8>) {
    var list = JSONList(), tuple = Tuple(), seen = 0, isFlat = true
    var last: Int64 = -1, isAscending = true, nested = false, isLong = false
    while let element = list.next(bytes) {
      seen += 1
      switch element.kind {
      case .number where isWholeNumber(bytes.extracting(element.range)):
        wholeNumbers += 1
        let value = shortInteger(bytes.extracting(element.range))
        if value <= last { isAscending = false }
        last = value
      case .text:
        texts += 1
        isAscending = false
        let count = tuple.append(bytes, element)
        if count > Tuple.byteLimit { isLong = true }
      case .array:
        nested = true
        observe(tuple: bytes.extracting(element.range))
      default:
        others += 1
        isFlat = false
      }
    }
    if seen == 0 { return empty += 1 }
    if nested { return }
    if seen > 1, !isAscending, isFlat, hasRepeats(bytes) { repeats += 1 }
    if tuple.count == seen && !isLong { note(tuple, of: bytes) } else { arity = -1 }
  }

  /// An array within the array.
  private mutating func observe(tuple bytes: Span<UInt8>) {
    guard let (tuple, texts) = scalarTuple(bytes), tuple.count > 0 else { return others += 1 }
    arraysOfScalars += 1
    if texts == 0 { arraysOfNumbers += 1 }
    note(tuple, of: bytes)
  }

  /// Counts the values of an object, in byte order of their keys, as a tuple.
  mutating func observe(object bytes: Span<UInt8>) {
    guard objectKeys != [], let (names, tuple, parts) = objectTuple(bytes), objectKeys == nil || objectKeys == names,
      samples.count < Self.objectLimit
    else {
      objectKeys = []
      return
    }
    objectKeys = names
    if tuples[tuple.hash] == nil { samples.append(parts) }
    tuples[tuple.hash, default: 0] += 1
  }

  /// Counts the tuple of an array's scalars.
  private mutating func note(_ tuple: Tuple, of array: Span<UInt8>) {
    if arity == nil { arity = tuple.count } else if arity != tuple.count { arity = -1 }
    guard tuples.count < Self.tupleLimit || tuples[tuple.hash] != nil else { return lostTuples = true }
    let before = tuples.count
    tuples[tuple.hash, default: 0] += 1
    if tuples.count > before && samples.count < Self.sampleLimit { samples.append(scalars(array)) }
  }

  /// Whether a scalar occurs twice.
  private func hasRepeats(_ bytes: Span<UInt8>) -> Bool {
    var seen = HashSet128(), list = JSONList()
    while let element = list.next(bytes) {
      if !seen.insert(scalarHash(bytes, element, seed: 0).hash) { return true }
    }
    return false
  }
}

/// The value of at most 18 digits; -1 for all else.
private func shortInteger(_ bytes: Span<UInt8>) -> Int64 {
  guard bytes.count <= 18, bytes[0] != UInt8(ascii: "-") else { return -1 }
  var value: Int64 = 0
  for i in bytes.indices { value = value &* 10 &+ Int64(bytes[i] &- UInt8(ascii: "0")) }
  return value
}

/// Hash of an element's text, escapes undone, and the number of its bytes.
private func scalarHash(
  _ list: Span<UInt8>, _ element: JSONList.Element, seed: UInt64
) -> (hash: Hash128, byteCount: Int) {
  if element.isEscaped {
    let text = unescapedText(list, element)
    return (Hash128.of(text.span, seed: seed), text.count)
  }
  return (Hash128.of(list.extracting(element.range), seed: seed), element.range.count)
}

/// The scalars of a JSON array and how many are texts; nil when it holds anything else, or more than a key may.
func scalarTuple(_ bytes: Span<UInt8>) -> (tuple: Tuple, texts: Int)? {
  var list = JSONList(), tuple = Tuple(), texts = 0
  while let element = list.next(bytes) {
    guard element.kind == .text || element.kind == .number, tuple.count < Tuple.partLimit,
      element.range.count <= Tuple.byteLimit
    else { return nil }
    if element.kind == .text { texts += 1 }
    _ = tuple.append(bytes, element)
  }
  return (tuple, texts)
}

/// The texts of a JSON array's elements, as many as a key may have, escapes undone.
func scalars(_ bytes: Span<UInt8>) -> [[UInt8]] {
  var list = JSONList(), parts: [[UInt8]] = []
  while parts.count < Tuple.partLimit, let element = list.next(bytes) { parts.append(unescapedText(bytes, element)) }
  return parts
}

/// The scalars of a JSON object in byte order of their keys; nil when it holds anything else, or more than a key may.
func objectTuple(_ bytes: Span<UInt8>) -> (names: [Name], tuple: Tuple, parts: [[UInt8]])? {
  var list = JSONList(), members: [(name: Name, value: [UInt8])] = []
  while let key = list.next(bytes) {
    guard let value = list.next(bytes), value.kind == .text || value.kind == .number,
      members.count < Tuple.partLimit, key.range.count + value.range.count <= Tuple.byteLimit
    else { return nil }
    members.append((Name(unescapedText(bytes, key)), unescapedText(bytes, value)))
  }
  members.sort { $0.name < $1.name }
  var tuple = Tuple()
  for member in members { tuple.append(member.value.span) }
  return members.isEmpty ? nil : (members.map(\.name), tuple, members.map(\.value))
}

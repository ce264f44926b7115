internal import Bytes
internal import Records
internal import YAMLStream

/// A fixture in YAML as lines of JSON: each element of the sequence that is the document becomes one.
///
/// Plain scalars mean what they mean to Django, whose loader follows YAML 1.1; aliases are replaced by what they stand for,
/// as long as that does not make a little text a great deal; tags of Python's own are refused.
struct FixtureYAML: ~Copyable {
  /// Bytes of one object, of all anchored values together, and of what aliases may add beyond ten times the text.
  static var objectLimit: Int { 256 << 20 }
  static var anchorLimit: Int { 16 << 20 }
  private static var aliasAllowance: Int { 1 << 20 }

  private struct Frame {
    var isMapping = false
    var count = 0
    var isKeyNext = true
    var keys = KeyNames()
    /// Where its text begins.
    var start = 0
    var anchor: Name?
    /// Where the value of `<<` begins, while it is being read.
    var mergeStart: Int?
    /// Objects or arrays of objects to be merged in.
    var merged: [[UInt8]] = []
  }

  private var stream: YAMLStream
  private let notes: FixtureNotes
  private var frames: [Frame] = []
  private var depth = 0
  private var anchors: [Name: [UInt8]] = [:]
  private var openAnchors: Set<Name> = []
  private var anchorBytes = 0
  private var aliasBytes = 0
  private var hasDocument = false
  private(set) var isOver = false

  /// Lines of JSON; whole up to `ready`.
  var out = ByteHeap(capacity: 1 << 16)
  var ready = 0

  init(_ source: consuming any ByteSource & ~Copyable, _ notes: FixtureNotes) throws(IOError) {
    stream = try YAMLStream(source)
    self.notes = notes
  }

  private func wrong(_ what: String) -> ReadError { ReadError(.syntax(what), offset: stream.offset) }
  private func refused(_ what: String) -> ReadError { ReadError(.refused(what), offset: stream.offset) }

  private func note(_ kind: FixtureNotes.Kind) {
    if notes.isFirst(kind) { notes.place(kind, at: stream.offset) }
  }

  /// Takes the next piece.
  mutating func advance() throws(ReadError) {
    let event = try stream.next()
    switch event.kind {
    case .end: isOver = true
    case .beginDocument:
      guard !hasDocument else { throw refused("a second document follows; fixtures are one") }
      hasDocument = true
    case .endDocument: break
    case .beginMapping, .beginSequence: try begin(event)
    case .endMapping, .endSequence: try end()
    case .scalar: try scalar(event)
    case .alias: try alias(event)
    }
    if out.count - ready > Self.objectLimit {
      throw ReadError(.tooLarge(what: "an object", limit: Self.objectLimit), offset: stream.offset)
    }
  }

  // MARK: Nodes

  /// Prepares for a value: what stands before it, and whether it may stand here.
  private mutating func beginValue() throws(ReadError) {
    guard depth > 1 else { return }
    if frames[depth - 1].isMapping {
      guard !frames[depth - 1].isKeyNext else { throw refused("a key that is no scalar stands in a mapping") }
      frames[depth - 1].isKeyNext = true
    } else if frames[depth - 1].count > 0 {
      out.append(UInt8(ascii: ","))
    }
    frames[depth - 1].count += 1
  }

  /// A value is whole, and begins at `start`.
  private mutating func endValue(_ start: Int, anchor: Name?) throws(ReadError) {
    if let anchor { try keep(anchor, from: start) }
    if depth == 1 {
      out.append(UInt8(ascii: "\n"))
      ready = out.count
    } else if depth > 1, let start = frames[depth - 1].mergeStart {
      frames[depth - 1].mergeStart = nil
      try takeMerged(from: start)
    }
  }

  private mutating func begin(_ event: YAMLEvent) throws(ReadError) {
    let isMapping = event.kind == .beginMapping
    if let tag = event.tag { try check(tag, isMapping ? "map" : "seq") }
    guard depth > 0 || !isMapping else { throw refused("no fixture: the document is no sequence") }
    guard depth != 1 || isMapping else { throw refused("no fixture: an element of the sequence is no mapping") }
    try beginValue()
    if let anchor = event.anchor { openAnchors.insert(anchor) }
    if frames.count == depth { frames.append(Frame()) }
    frames[depth].isMapping = isMapping
    frames[depth].count = 0
    frames[depth].isKeyNext = true
    frames[depth].keys.removeAll()
    frames[depth].start = out.count
    frames[depth].anchor = event.anchor
    frames[depth].mergeStart = nil
    if !frames[depth].merged.isEmpty { frames[depth].merged = [] }
    depth += 1
    if depth > 1 { out.append(isMapping ? UInt8(ascii: "{") : UInt8(ascii: "[")) }
  }

  private mutating func end() throws(ReadError) {
    if !frames[depth - 1].merged.isEmpty { try appendMerged() }
    depth -= 1
    let isMapping = frames[depth].isMapping
    if let anchor = frames[depth].anchor { openAnchors.remove(anchor) }
    guard depth > 0 else { return }
    out.append(isMapping ? UInt8(ascii: "}") : UInt8(ascii: "]"))
    try endValue(frames[depth].start, anchor: frames[depth].anchor)
  }

  private mutating func scalar(_ event: YAMLEvent) throws(ReadError) {
    guard depth > 0 else {
      // An empty document is an empty fixture.
      guard event.isPlain, case .null = YAMLScalar.meaning(stream.text.span) else {
        throw refused("no fixture: the document is no sequence")
      }
      return
    }
    guard depth > 1 else { throw refused("no fixture: an element of the sequence is no mapping") }
    if frames[depth - 1].isMapping, frames[depth - 1].isKeyNext { return try key(event) }
    try beginValue()
    let start = out.count
    try appendScalar(event)
    try endValue(start, anchor: event.anchor)
  }

  private mutating func key(_ event: YAMLEvent) throws(ReadError) {
    if event.isPlain, event.tag == nil, stream.text.count == 2, stream.text.matches("<<", at: 0) {
      // A merged value is taken out again when it is whole.
      frames[depth - 1].mergeStart = out.count
      frames[depth - 1].isKeyNext = false
      frames[depth - 1].count -= 1
      note(.mergedKeys)
      return
    }
    guard frames[depth - 1].keys.insert(Hash128.of(stream.text.span, seed: 0)) else {
      throw wrong("a mapping names a key twice")
    }
    if frames[depth - 1].count > 0 { out.append(UInt8(ascii: ",")) }
    let start = out.count
    out.append(jsonString: stream.text)
    if let anchor = event.anchor { try keep(anchor, from: start) }
    out.append(UInt8(ascii: ":"))
    frames[depth - 1].isKeyNext = false
  }

  private mutating func appendScalar(_ event: YAMLEvent) throws(ReadError) {
    if let tag = event.tag, tag != [UInt8(ascii: "!")] { return try appendTagged(tag) }
    guard event.isPlain, event.tag == nil else { return out.append(jsonString: stream.text) }
    appendPlain()
  }

  private mutating func appendPlain() {
    // Most that are no text are written as JSON has them.
    if YAMLScalar.isJSON(stream.text) {
      out.append(from: stream.text, at: 0, count: stream.text.count)
      return
    }
    switch YAMLScalar.meaning(stream.text.span) {
    case .null: out.append("null")
    case .boolean(let value):
      // Only `true` and `false` say to everyone what they mean.
      if asciiLower(stream.text[0]) != (value ? UInt8(ascii: "t") : UInt8(ascii: "f")) { note(.respelt) }
      if value { out.append("true") } else { out.append("false") }
    case .number(let digits, let isSpelt):
      if !isSpelt { note(.respelt) }
      out.append(digits)
    case .moment(let text): out.append(jsonString: text)
    case .text: out.append(jsonString: stream.text)
    }
  }

  // MARK: Tags

  private static let prefix = Array("tag:yaml.org,2002:".utf8)

  private func check(_ tag: [UInt8], _ kind: StaticString) throws(ReadError) {
    guard tag == [UInt8(ascii: "!")] || Name(tag) == Name(Self.prefix) + Name(kind) else {
      throw refused("a tag stands there that Django's loader does not construct, or that could run code")
    }
  }

  private mutating func appendTagged(_ tag: [UInt8]) throws(ReadError) {
    guard tag.starts(with: Self.prefix) else { return try check(tag, "str") }
    switch Name(Array(tag[Self.prefix.count...])) {
    case "str": out.append(jsonString: stream.text)
    case "binary": try appendBinary()
    case "null": out.append("null")
    case "int", "float":
      guard case .number(let digits, _) = YAMLScalar.meaning(stream.text.span) else {
        throw wrong("a value is no number")
      }
      out.append(digits)
    case "bool":
      guard case .boolean(let value) = YAMLScalar.meaning(stream.text.span) else {
        throw wrong("a value is no boolean")
      }
      if value { out.append("true") } else { out.append("false") }
    case "timestamp":
      guard case .moment(let text) = YAMLScalar.meaning(stream.text.span) else { throw wrong("a value is no date") }
      out.append(jsonString: text)
    default: try check(tag, "str")
    }
  }

  /// Base64 without the white space between its lines, as fixtures in JSON have it.
  private mutating func appendBinary() throws(ReadError) {
    out.append(UInt8(ascii: "\""))
    for i in 0..<stream.text.count where stream.text[i] > UInt8(ascii: " ") {
      guard isBase64(stream.text[i]) else { throw wrong("a value is no base64") }
      out.append(stream.text[i])
    }
    out.append(UInt8(ascii: "\""))
  }

  private func isBase64(_ byte: UInt8) -> Bool {
    asciiLower(byte) &- UInt8(ascii: "a") < 26 || byte &- UInt8(ascii: "0") < 10
      || [UInt8(ascii: "+"), UInt8(ascii: "/"), UInt8(ascii: "=")].contains(byte)
  }

  // MARK: Anchors

  private mutating func keep(_ anchor: Name, from start: Int) throws(ReadError) {
    let text = Array(out.span(at: start, count: out.count - start))
    anchorBytes += text.count - (anchors[anchor]?.count ?? 0)
    guard anchorBytes <= Self.anchorLimit else {
      throw ReadError(.tooLarge(what: "values with anchors", limit: Self.anchorLimit), offset: stream.offset)
    }
    anchors[anchor] = text
  }

  private mutating func alias(_ event: YAMLEvent) throws(ReadError) {
    guard depth > 0, let anchor = event.anchor else { throw refused("no fixture: the document is no sequence") }
    guard !openAnchors.contains(anchor) else { throw refused("an alias stands in the value it stands for") }
    guard let text = anchors[anchor] else { throw wrong("an alias has no anchor") }
    aliasBytes += text.count
    guard aliasBytes <= Self.aliasAllowance + 10 * stream.byteCount else {
      throw refused("aliases make the text many times longer than it is")
    }
    if frames[depth - 1].isMapping, frames[depth - 1].isKeyNext { throw refused("a key is an alias") }
    guard depth > 1 || text.first == UInt8(ascii: "{") else {
      throw refused("no fixture: an element of the sequence is no mapping")
    }
    try beginValue()
    let start = out.count
    out.append(text)
    try endValue(start, anchor: nil)
  }

  // MARK: Merged mappings

  /// Takes the value of `<<` out of the text, to be merged in at the end of the mapping.
  private mutating func takeMerged(from start: Int) throws(ReadError) {
    let text = Array(out.span(at: start, count: out.count - start))
    out.truncate(to: start)
    var isRight = text.first == UInt8(ascii: "{")
    if text.first == UInt8(ascii: "[") {
      var list = JSONList()
      isRight = true
      while let element = list.next(text.span) { if element.kind != .object { isRight = false } }
    }
    guard isRight else { throw wrong("what '<<' merges in is no mapping") }
    frames[depth - 1].merged.append(text)
  }

  /// Adds the members of merged mappings whose keys the mapping does not have itself.
  private mutating func appendMerged() throws(ReadError) {
    for text in frames[depth - 1].merged {
      if text[0] == UInt8(ascii: "{") {
        appendMembers(text.span)
      } else {
        var list = JSONList()
        let bytes = text.span
        while let element = list.next(bytes) { appendMembers(bytes.extracting(element.range)) }
      }
    }
  }

  private mutating func appendMembers(_ object: Span<UInt8>) {
    var list = JSONList()
    while let key = list.next(object), let value = list.next(object) {
      let name = unescapedText(object, key)
      guard frames[depth - 1].keys.insert(Hash128.of(name.span, seed: 0)) else { continue }
      if frames[depth - 1].count > 0 { out.append(UInt8(ascii: ",")) }
      frames[depth - 1].count += 1
      out.append(jsonString: name)
      out.append(UInt8(ascii: ":"))
      let isText = value.kind == .text
      let range = isText ? (value.range.lowerBound - 1)..<(value.range.upperBound + 1) : value.range
      out.append(object.extracting(range))
    }
  }
}

/// The keys of one mapping: most have a few.
private struct KeyNames {
  private var few: [Hash128] = []
  private var many: Set<Hash128> = []

  mutating func removeAll() {
    few.removeAll(keepingCapacity: true)
    if !many.isEmpty { many = [] }
  }

  /// Adds a key; false when it is there.
  mutating func insert(_ key: Hash128) -> Bool {
    if !many.isEmpty { return many.insert(key).inserted }
    if few.contains(key) { return false }
    few.append(key)
    if few.count == 32 { many = Set(few) }
    return true
  }
}

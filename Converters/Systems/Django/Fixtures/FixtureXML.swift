internal import Bytes
internal import Records
internal import XMLStream

/// A fixture in XML, walked through piece by piece.
///
///     <django-objects version="1.0">
///       <object model="shop.book" pk="1">
///         <field name="title" type="CharField">text</field>             or <None></None>
///         <field name="author" rel="ManyToOneRel" to="shop.author">1</field>   or <natural>a</natural>…
///         <field name="tags" rel="ManyToManyRel" to="shop.tag"><object pk="1"></object>…</field>
///
/// Walked through once to learn the outline, then again to write a line of JSON for each object. Values of text go straight to
/// the output, however long they are; others are kept until they end.
struct FixtureXML: ~Copyable {
  /// Bytes of a value that is no text.
  static var valueLimit: Int { 64 << 20 }
  /// White space that may turn out to stand beside an element.
  private static var spaceLimit: Int { 1 << 12 }

  private enum Place { case outside, root, object, field, null, natural, listObject, listNatural, unknown }

  private var stream: XMLStream
  private let isLearning: Bool
  private let notes: FixtureNotes
  private(set) var outline: FixtureOutline
  /// Lines of JSON.
  var out = ByteHeap(capacity: 1 << 16)

  private var place = Place.outside
  /// Where the last tag begins, for errors.
  private var tagAt = 0
  /// Open elements that are not looked into.
  private var unknownDepth = 0
  private var model = 0
  private var field = 0
  private var fieldCount = 0
  // The value of the field.
  private var value = ByteHeap(capacity: 1 << 10)
  private var isNull = false
  private var hasText = false
  private var partCount = 0
  private var keyOfPart = ByteHeap(capacity: 64)
  private var hasKey = false
  private var hasNatural = false

  init(
    _ source: consuming any ByteSource & ~Copyable, outline: FixtureOutline?, _ notes: FixtureNotes
  ) throws(IOError) {
    stream = try XMLStream(source)
    isLearning = outline == nil
    self.outline = outline ?? FixtureOutline()
    self.notes = notes
  }

  /// Goes on through the pieces at hand; false at the end.
  mutating func advance() throws(ReadError) -> Bool {
    guard try stream.advance() else { return false }
    let events = stream.events
    var i = 0
    while i < events.count {
      let event = events[i]
      switch event.kind {
      case .begin:
        var end = i + 1
        while end + 1 < events.count, events[end].kind == .attribute { end += 2 }
        try begin(event, events[(i + 1)..<end])
        i = end
        continue
      case .text: try text(event)
      case .end: try end()
      case .attribute, .value: break
      }
      i += 1
    }
    return true
  }

  private func name(_ event: XMLEvent) -> Name { Name(stream.bytes.span(at: event.at, count: event.count)) }
  private func matches(_ event: XMLEvent, _ text: StaticString) -> Bool {
    event.count == text.utf8CodeUnitCount && stream.bytes.matches(text, at: event.at)
  }
  private func wrong(_ what: String) -> ReadError { ReadError(.syntax(what), offset: tagAt) }

  // MARK: Elements

  private mutating func begin(_ event: XMLEvent, _ attributes: ArraySlice<XMLEvent>) throws(ReadError) {
    tagAt = event.offset
    switch place {
    case .outside:
      guard matches(event, "django-objects") else {
        throw wrong("no fixture: the root element is not 'django-objects'")
      }
      place = .root
    case .root:
      guard matches(event, "object") else { throw wrong("an element that is no 'object' stands among the objects") }
      try beginObject(attributes)
    case .object:
      guard matches(event, "field") else { return pass(event) }
      try beginField(attributes)
    case .field: try beginPart(event, attributes)
    case .listObject:
      guard matches(event, "natural") else {
        throw wrong("an element that is no 'natural' stands in an object of a list")
      }
      place = .listNatural
      value.removeAll()
    case .unknown: unknownDepth += 1
    case .null, .natural, .listNatural: throw wrong("an element stands in a value")
    }
  }

  private mutating func pass(_ event: XMLEvent) {
    if !isLearning, notes.isFirst(.pastValues) { notes.place(.pastValues, at: stream.offset) }
    place = .unknown
    unknownDepth = 1
  }

  private mutating func beginObject(_ attributes: ArraySlice<XMLEvent>) throws(ReadError) {
    guard let named = attribute("model", attributes), named.count > 0 else { throw wrong("an object names no model") }
    model = try outline.model(name(named))
    place = .object
    field = -1
    fieldCount = 0
    let key = attribute("pk", attributes)
    if isLearning {
      if let key, !isList(key) { outline.noteKey(model, stream.bytes, key.at, key.count) }
      return
    }
    out.append(outline.models[model].head)
    if let key {
      out.append(",\"pk\":")
      if isList(key) {
        out.append(from: stream.bytes, at: key.at, count: key.count)
      } else {
        appendScalar(key, isWhole: outline.models[model].isKeyWhole)
      }
    }
    out.append(",\"fields\":{")
  }

  /// Whether the text of a primary key is a list of the parts of a composite one.
  private func isList(_ key: XMLEvent) -> Bool {
    guard stream.bytes[key.at] == UInt8(ascii: "[") else { return false }
    var heap = ByteHeap(capacity: key.count)
    heap.append(from: stream.bytes, at: key.at, count: key.count)
    return heap.isJSON
  }

  private mutating func appendScalar(_ event: XMLEvent, isWhole: Bool) {
    if isWhole {
      out.append(from: stream.bytes, at: event.at, count: event.count)
    } else {
      out.append(jsonString: stream.bytes, at: event.at, count: event.count)
    }
  }

  private mutating func beginField(_ attributes: ArraySlice<XMLEvent>) throws(ReadError) {
    guard let named = attribute("name", attributes), named.count > 0 else { throw wrong("a field has no name") }
    try find(named, attributes)
    place = .field
    (isNull, hasText, partCount) = (false, false, 0)
    value.removeAll()
    if isLearning { return }
    if fieldCount > 0 { out.append(UInt8(ascii: ",")) }
    fieldCount += 1
    out.append(outline.models[model].fields[field].key)
    if outline.models[model].fields[field].form == .list { out.append(UInt8(ascii: "[")) }
  }

  /// Finds the field of a name, most often the one behind that before.
  private mutating func find(_ named: XMLEvent, _ attributes: ArraySlice<XMLEvent>) throws(ReadError) {
    if !isLearning {
      if field + 1 < outline.models[model].fields.count,
        stream.bytes.equals(outline.models[model].fields[field + 1].name.bytes, at: named.at, count: named.count)
      {
        return field += 1
      }
      if let known = outline.models[model].index[name(named)] { return field = known }
      // The text is not what it was when it was learnt.
      throw ReadError(.changed)
    }
    // Nearly all objects of a model repeat the one before them.
    if isRepeated(named, attributes) { return field += 1 }
    let target = text("to", attributes)
    field = try outline.field(
      model, name(named), type: text("type", attributes), relation: text("rel", attributes),
      target: target.isEmpty ? nil : target.lowercased)
  }

  /// Whether the next field of the outline has this name and these attributes.
  private func isRepeated(_ named: XMLEvent, _ attributes: ArraySlice<XMLEvent>) -> Bool {
    guard field + 1 < outline.models[model].fields.count,
      stream.bytes.equals(outline.models[model].fields[field + 1].name.bytes, at: named.at, count: named.count)
    else { return false }
    return isSame("type", attributes, outline.models[model].fields[field + 1].type.bytes)
      && isSame("rel", attributes, outline.models[model].fields[field + 1].relation.bytes)
  }

  private func isSame(_ key: StaticString, _ attributes: ArraySlice<XMLEvent>, _ bytes: [UInt8]) -> Bool {
    guard let value = attribute(key, attributes) else { return bytes.isEmpty }
    return stream.bytes.equals(bytes, at: value.at, count: value.count)
  }

  /// The value of an attribute; empty when there is none.
  private func text(_ key: StaticString, _ attributes: ArraySlice<XMLEvent>) -> Name {
    guard let value = attribute(key, attributes) else { return "" }
    return name(value)
  }

  private func attribute(_ key: StaticString, _ attributes: ArraySlice<XMLEvent>) -> XMLEvent? {
    var i = attributes.startIndex
    while i + 1 < attributes.endIndex {
      if matches(attributes[i], key) { return attributes[i + 1] }
      i += 2
    }
    return nil
  }

  /// An element in a field.
  private mutating func beginPart(_ event: XMLEvent, _ attributes: ArraySlice<XMLEvent>) throws(ReadError) {
    let form = outline.models[model].fields[field].form
    guard !hasText else { throw wrong("an element stands beside the text of a value") }
    value.removeAll()
    if matches(event, "None"), partCount == 0, form != .list || !isNull {
      isNull = true
      place = .null
    } else if form != .reference, form != .list, matches(event, "natural"), !isNull {
      place = .natural
    } else if form == .reference, matches(event, "natural"), !isNull {
      if !isLearning { out.append(partCount == 0 ? UInt8(ascii: "[") : UInt8(ascii: ",")) }
      partCount += 1
      place = .natural
    } else if form == .list, matches(event, "object"), !isNull {
      if !isLearning, partCount > 0 { out.append(UInt8(ascii: ",")) }
      partCount += 1
      place = .listObject
      beginListObject(attributes)
    } else {
      throw wrong("an element stands in a value that holds none")
    }
  }

  private mutating func beginListObject(_ attributes: ArraySlice<XMLEvent>) {
    keyOfPart.removeAll()
    hasNatural = false
    let key = attribute("pk", attributes)
    hasKey = key != nil
    if let key { keyOfPart.append(from: stream.bytes, at: key.at, count: key.count) }
  }

  private mutating func end() throws(ReadError) {
    switch place {
    case .outside, .root: place = .outside
    case .object:
      place = .root
      if !isLearning { out.append("}}\n") }
    case .field:
      try endField()
      place = .object
    case .null:
      place = .field
      value.removeAll()
    case .natural:
      place = .field
      try endNatural()
    case .listNatural:
      place = .listObject
      if !isLearning {
        out.append(hasNatural ? UInt8(ascii: ",") : UInt8(ascii: "["))
        out.append(jsonString: value)
      }
      hasNatural = true
      value.removeAll()
    case .listObject:
      place = .field
      try endListObject()
    case .unknown:
      unknownDepth -= 1
      if unknownDepth == 0 { place = .object }
    }
  }

  /// The end of a part of a natural key; of a field that is no reference it is the value, as for Django.
  private mutating func endNatural() throws(ReadError) {
    let form = outline.models[model].fields[field].form
    guard form != .reference else {
      if !isLearning { out.append(jsonString: value) }
      return value.removeAll()
    }
    hasText = true
    guard form == .text, !isLearning else { return }
    out.append(UInt8(ascii: "\""))
    out.append(jsonEscaping: value, at: 0, count: value.count)
    value.removeAll()
  }

  private mutating func endListObject() throws(ReadError) {
    value.removeAll()
    if hasNatural {
      if !isLearning { out.append(UInt8(ascii: "]")) }
    } else if hasKey {
      if isLearning { return outline.noteValue(model, field, keyOfPart) }
      if outline.isWhole(outline.models[model].fields[field]) {
        out.append(from: keyOfPart, at: 0, count: keyOfPart.count)
      } else {
        out.append(jsonString: keyOfPart)
      }
    } else {
      throw wrong("an object of a list has neither 'pk' nor a natural key")
    }
  }

  // MARK: Text

  private mutating func text(_ event: XMLEvent) throws(ReadError) {
    switch place {
    case .field:
      if isNull || partCount > 0 || outline.models[model].fields[field].form == .list {
        guard isBlank(event) else { throw wrong("text stands beside the elements of a value") }
      } else if outline.models[model].fields[field].form == .text {
        if !isLearning {
          appendText(event)
        } else if !hasText {
          hasText = !isBlank(event)
        }
      } else {
        if !hasText { hasText = !isBlank(event) }
        try keep(event)
      }
    case .natural, .listNatural: try keep(event)
    case .unknown: break
    case .outside, .root, .object, .null, .listObject:
      guard isBlank(event) else { throw wrong("text stands outside the fields") }
    }
  }

  private mutating func keep(_ event: XMLEvent) throws(ReadError) {
    guard value.count + event.count <= Self.valueLimit else {
      throw ReadError(.tooLarge(what: "a value that is no text", limit: Self.valueLimit), offset: stream.offset)
    }
    value.append(from: stream.bytes, at: event.at, count: event.count)
  }

  /// Appends text to the output; white space waits, as an element may follow.
  private mutating func appendText(_ event: XMLEvent) {
    if !hasText {
      if isBlank(event), value.count + event.count <= Self.spaceLimit {
        value.append(from: stream.bytes, at: event.at, count: event.count)
        return
      }
      hasText = true
      out.append(UInt8(ascii: "\""))
      out.append(jsonEscaping: value, at: 0, count: value.count)
    }
    out.append(jsonEscaping: stream.bytes, at: event.at, count: event.count)
  }

  private func isBlank(_ event: XMLEvent) -> Bool {
    let bytes = stream.bytes.span(at: event.at, count: event.count)
    for i in bytes.indices where !isXMLSpace(bytes[i]) { return false }
    return true
  }

  // MARK: Values

  private mutating func endField() throws(ReadError) {
    let form = outline.models[model].fields[field].form
    if isLearning {
      if form == .reference || form == .unknown, !isNull, partCount == 0 {
        trimValue()
        outline.noteValue(model, field, value)
      }
      return
    }
    switch form {
    case .list: return out.append(UInt8(ascii: "]"))
    case _ where isNull: return out.append("null")
    case .reference where partCount > 0: return out.append(UInt8(ascii: "]"))
    case .text:
      if !hasText {
        out.append(UInt8(ascii: "\""))
        out.append(jsonEscaping: value, at: 0, count: value.count)
      }
      return out.append(UInt8(ascii: "\""))
    case .json:
      value.clearPadding()
      if value.isJSON { return appendLine() }
    case .number, .boolean:
      trimValue()
      if let literal = literal(form) {
        out.append(literal)
        return
      }
    case .reference, .unknown:
      if outline.isWhole(outline.models[model].fields[field]) {
        trimValue()
        out.append(from: value, at: 0, count: value.count)
        return
      }
    }
    out.append(jsonString: value)
  }

  /// Appends the JSON of the value, on one line.
  private mutating func appendLine() {
    var from = 0
    // Line feeds stand only between the tokens of JSON.
    for i in 0..<value.count where value[i] == UInt8(ascii: "\n") || value[i] == UInt8(ascii: "\r") {
      out.append(from: value, at: from, count: i - from)
      from = i + 1
    }
    out.append(from: value, at: from, count: value.count - from)
  }

  private mutating func trimValue() {
    var end = value.count, start = 0
    while end > 0, isXMLSpace(value[end - 1]) { end -= 1 }
    while start < end, isXMLSpace(value[start]) { start += 1 }
    value.truncate(to: end)
    value.removePrefix(start)
    value.clearPadding()
  }

  /// What JSON writes for the value of a number or boolean; nil when that is none.
  private func literal(_ form: FixtureOutline.Form) -> [UInt8]? {
    if form == .boolean {
      if value.count == 4, value.matches("True", at: 0) || value.matches("true", at: 0) { return Array("true".utf8) }
      if value.count == 5, value.matches("False", at: 0) || value.matches("false", at: 0) { return Array("false".utf8) }
      return nil
    }
    guard value.count > 0 else { return nil }
    if value.jsonNumberCount(at: 0) == value.count { return Array(value.span) }
    if value.count == 3, value.matches("nan", at: 0) { return Array("NaN".utf8) }
    if value.count == 3, value.matches("inf", at: 0) { return Array("Infinity".utf8) }
    if value.count == 4, value.matches("-inf", at: 0) { return Array("-Infinity".utf8) }
    return nil
  }
}

private func isXMLSpace(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 }

extension ByteHeap {
  /// Whether the bytes are one JSON value, as Python reads it.
  var isJSON: Bool {
    var at = jsonSpace(from: 0)
    guard at < count else { return false }
    if jsonNested(at: &at, python: true, isLast: true).stop != .done { return false }
    return jsonSpace(from: at) == count
  }
}

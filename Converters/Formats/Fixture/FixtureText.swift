internal import Bytes
internal import Conversion
internal import Records

/// Builds one object's text.
struct FixtureText: Sendable {
  let syntax: FixtureSyntax
  /// Text of JSON and XML.
  private var plain: [UInt8] = []
  private var yaml = YAMLText()
  private var hasFields = false

  init(_ syntax: FixtureSyntax) { self.syntax = syntax }

  var bytes: [UInt8] { syntax == .yaml ? yaml.bytes : plain }

  /// What stands before all objects, between two and behind the last.
  static func frame(_ syntax: FixtureSyntax) -> (head: [UInt8], separator: [UInt8], tail: [UInt8]) {
    switch syntax {
    case .json: return (Array("[".utf8), Array(", ".utf8), Array("]\n".utf8))
    case .jsonl, .yaml: return ([], [], [])
    case .xml:
      let head = "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<django-objects version=\"1.0\">"
      return (Array(head.utf8), [], Array("</django-objects>".utf8))
    }
  }

  // MARK: Objects

  /// Begins an object. `key`: its primary key as the syntax spells it; nil for none. Without `hasKey` there is not even a place for it.
  mutating func begin(_ model: Name, key: [UInt8]?, hasKey: Bool = true) {
    plain.removeAll(keepingCapacity: true)
    yaml.removeAll()
    hasFields = false
    switch syntax {
    case .json, .jsonl:
      plain += Array("{\"model\": ".utf8)
      plain.append(jsonString: model.bytes, isASCII: false)
      if hasKey { plain += comma + Array("\"pk\": ".utf8) + (key ?? Array("null".utf8)) }
      plain += comma + Array("\"fields\": {".utf8)
    case .xml:
      plain += Array("<object model=".utf8)
      plain.append(xmlAttribute: model.bytes)
      if hasKey, let key {
        plain += Array(" pk=".utf8)
        plain.append(xmlAttribute: key)
      }
      plain.append(UInt8(ascii: ">"))
    case .yaml:
      yaml.put("- ")
      yaml.key(Array("model".utf8), indent: 2)
      yaml.scalar(model.bytes, isString: true, indent: 4)
      if hasKey {
        yaml.newLine(indent: 2)
        yaml.put("pk:")
        if let key { yaml.put(key) } else { yaml.put(" null") }
      }
      yaml.newLine(indent: 2)
      yaml.put("fields:")
    }
  }

  private var comma: [UInt8] { Array((syntax == .json ? ", " : ",").utf8) }

  /// Adds a field with its value.
  mutating func add(_ field: FixtureField, _ value: FixtureValue) {
    begin(field.head)
    switch syntax {
    case .json, .jsonl: append(json: value)
    case .xml:
      append(xml: value)
      plain += Array("</field>".utf8)
    case .yaml: append(yaml: value, indent: 4)
    }
  }

  /// Adds a list whose elements are known later: they take the place of `mark`.
  mutating func addList(_ head: [UInt8], mark: [UInt8]) {
    begin(head)
    if syntax == .yaml { yaml.put(mark) } else { plain += mark }
    if syntax == .xml { plain += Array("</field>".utf8) }
  }

  private mutating func begin(_ head: [UInt8]) {
    switch syntax {
    case .json, .jsonl: if hasFields { plain += comma }
    case .xml: break
    case .yaml: yaml.newLine(indent: 4)
    }
    hasFields = true
    if syntax == .yaml { yaml.put(Array(head.drop { $0 == UInt8(ascii: " ") })) } else { plain += head }
  }

  /// Ends the object.
  mutating func end() {
    switch syntax {
    case .json: plain += Array("}}".utf8)
    case .jsonl: plain += Array("}}\n".utf8)
    case .xml: plain += Array("</object>".utf8)
    case .yaml:
      if !hasFields { yaml.put(" {}") }
      yaml.newLine(indent: 0)
    }
  }

  // MARK: Values

  private mutating func append(json value: FixtureValue) {
    switch value.kind {
    case .null: plain += Array("null".utf8)
    case .boolean(let value): plain += Array((value ? "true" : "false").utf8)
    case .number: plain += value.bytes
    case .text, .moment: plain.append(jsonString: value.bytes, isASCII: false)
    case .json: plain.append(json: value.bytes, isTight: syntax == .jsonl, isASCII: false)
    }
  }

  private mutating func append(xml value: FixtureValue) {
    switch value.kind {
    case .null: plain += Array("<None></None>".utf8)
    case .json:
      var text: [UInt8] = []
      text.append(json: value.bytes, isTight: false, isASCII: true)
      plain.append(xmlText: text)
    default: plain.append(xmlText: Self.word(value))
    }
  }

  /// A value as Python's `str` writes it.
  static func word(_ value: FixtureValue) -> [UInt8] {
    switch value.kind {
    case .null: return Array("None".utf8)
    case .boolean(let value): return Array((value ? "True" : "False").utf8)
    case .number where value.bytes == Array("NaN".utf8): return Array("nan".utf8)
    case .number where value.bytes == Array("Infinity".utf8): return Array("inf".utf8)
    case .number where value.bytes == Array("-Infinity".utf8): return Array("-inf".utf8)
    default: return value.bytes
    }
  }

  private mutating func append(yaml value: FixtureValue, indent: Int) {
    switch value.kind {
    case .null: yaml.put(" null")
    case .boolean(let value): yaml.put(value ? " true" : " false")
    case .number: yaml.put([UInt8(ascii: " ")] + Self.yamlNumber(value.bytes))
    case .text: yaml.scalar(value.bytes, isString: true, indent: indent + 2)
    case .moment:
      // PyYAML puts a space between date and time.
      var text = value.bytes
      if text.count > 10, text[10] == UInt8(ascii: "T") { text[10] = UInt8(ascii: " ") }
      yaml.scalar(text, isString: false, indent: indent + 2)
    case .json: yaml.append(json: value.bytes, indent: indent)
    }
  }

  /// A number as PyYAML writes it, whose floats need a point and a sign.
  static func yamlNumber(_ digits: [UInt8]) -> [UInt8] {
    switch Name(digits) {
    case "NaN": return Array(".nan".utf8)
    case "Infinity": return Array(".inf".utf8)
    case "-Infinity": return Array("-.inf".utf8)
    default: break
    }
    guard let first = digits.first, isDigit(first) || first == UInt8(ascii: "-") else { return digits }
    let small = digits.map(asciiLower)
    guard let at = small.firstIndex(of: UInt8(ascii: "e")) else { return small }
    var exponent = Array(small[(at + 1)...])
    if let first = exponent.first, isDigit(first) { exponent.insert(UInt8(ascii: "+"), at: 0) }
    let isWhole = !small[..<at].contains(UInt8(ascii: "."))
    return small[..<at] + Array((isWhole ? ".0e" : "e").utf8) + exponent
  }

  // MARK: Keys and elements

  /// A primary key as `begin` takes it, of one value or several.
  mutating func key(_ values: [FixtureValue]) -> [UInt8]? {
    let isMany = values.count > 1
    if !isMany, values.first.map({ $0.kind == .null }) ?? true { return nil }
    if syntax == .xml {
      guard isMany else { return Self.word(values[0]) }
      var text = [UInt8(ascii: "[")]
      for (i, value) in values.enumerated() {
        if i > 0 { text += Array(", ".utf8) }
        text.append(jsonString: Self.word(value), isASCII: true)
      }
      return text + [UInt8(ascii: "]")]
    }
    return elements(values, isMany: isMany, indent: 2)
  }

  /// An element of a list, as it stands in it.
  mutating func element(_ value: FixtureValue) -> [UInt8] {
    if syntax == .xml {
      var text = Array("<object pk=".utf8)
      text.append(xmlAttribute: Self.word(value))
      return text + Array("></object>".utf8)
    }
    if syntax == .json || syntax == .jsonl { return elements([value], isMany: false, indent: 0) }
    return elements([value], isMany: true, indent: 4)
  }

  mutating func elements(_ values: [FixtureValue], isMany: Bool, indent: Int) -> [UInt8] {
    let kept = (plain, yaml)
    defer { (plain, yaml) = kept }
    (plain, yaml) = ([], YAMLText())
    if isMany, syntax != .yaml { plain.append(UInt8(ascii: "[")) }
    for (i, value) in values.enumerated() {
      if syntax == .yaml {
        if isMany {
          yaml.newLine(indent: indent)
          yaml.put("-")
        }
        append(yaml: value, indent: indent)
      } else {
        if i > 0 { plain += comma }
        append(json: value)
      }
    }
    if isMany, syntax != .yaml { plain.append(UInt8(ascii: "]")) }
    return bytes
  }

  /// A list of elements.
  static func list(_ elements: [[UInt8]], _ syntax: FixtureSyntax) -> [UInt8] {
    switch syntax {
    case .json: [UInt8(ascii: "[")] + Array(elements.joined(separator: Array(", ".utf8))) + [UInt8(ascii: "]")]
    case .jsonl: [UInt8(ascii: "[")] + Array(elements.joined(separator: [UInt8(ascii: ",")])) + [UInt8(ascii: "]")]
    case .xml: Array(elements.joined())
    case .yaml: elements.isEmpty ? Array(" []".utf8) : Array(elements.joined())
    }
  }
}

extension YAMLText {
  /// A list or object that is being written.
  private struct Frame {
    let isObject: Bool
    let indent: Int
    /// Whether the next item goes on in the line that has begun.
    var isInline: Bool
    var isKeyNext = true
  }

  /// Appends JSON behind a key that stands at an indent, in block style.
  mutating func append(json bytes: [UInt8], indent: Int) {
    var tokens = JSONTokens(), frames: [Frame] = []
    // Whether the value stands behind a key in its line, and so does not go further in.
    var isBehindKey = true
    var token = tokens.next(bytes)
    while let current = token {
      token = tokens.next(bytes)
      let parent = frames.last?.indent ?? indent
      if let top = frames.last, !top.isObject, Self.beginsValue(current) {
        startItem(&frames)
        put(UInt8(ascii: "-"))
        isBehindKey = false
      }
      switch current {
      case .open(let isObject):
        if let next = token, case .close = next {
          put(isObject ? " {}" : " []")
          token = tokens.next(bytes)
          continue
        }
        frames.append(
          Frame(isObject: isObject, indent: isObject || !isBehindKey ? parent + 2 : parent, isInline: !isBehindKey))
      case .close: _ = frames.popLast()
      case .text(let range, let isEscaped):
        let text = JSONTokens.text(bytes, range, isEscaped: isEscaped)
        if let top = frames.last, top.isObject, top.isKeyNext {
          startItem(&frames)
          isBehindKey = !key(text, indent: top.indent)
          frames[frames.count - 1].isKeyNext = false
        } else {
          scalar(text, isString: true, indent: parent + 2)
        }
      case .word(let range): put([UInt8(ascii: " ")] + FixtureText.yamlNumber(Array(bytes[range])))
      case .comma: if let last = frames.indices.last { frames[last].isKeyNext = true }
      case .colon: continue
      }
    }
  }

  private static func beginsValue(_ token: JSONTokens.Token) -> Bool {
    switch token {
    case .open, .text, .word: true
    default: false
    }
  }

  private mutating func startItem(_ frames: inout [Frame]) {
    guard let last = frames.indices.last else { return }
    if frames[last].isInline { put(UInt8(ascii: " ")) } else { newLine(indent: frames[last].indent) }
    frames[last].isInline = false
  }
}

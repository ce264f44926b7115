internal import Bytes
internal import Records
internal import YAMLStream

/// Recognises fixtures in XML and YAML by their first bytes.
enum MarkupSighting {
  static func fixture(_ head: [UInt8]) -> DjangoDocument.Sighting? {
    guard let start = head.firstIndex(where: { $0 > UInt8(ascii: " ") }) else { return nil }
    return head[start] == UInt8(ascii: "<") ? xml(head[start...]) : yaml(head)
  }

  // MARK: XML

  private static func xml(_ head: ArraySlice<UInt8>) -> DjangoDocument.Sighting? {
    var rest = head
    while let first = rest.dropFirst().first {
      if first == UInt8(ascii: "?") {
        guard let next = skip(rest, "?>") else { return nil }
        rest = next
      } else if rest.starts(with: "<!--".utf8) {
        guard let next = skip(rest.dropFirst(4), "-->") else { return nil }
        rest = next
      } else {
        break
      }
    }
    let root = Array("<django-objects".utf8)
    if rest.starts(with: root), let end = rest.dropFirst(root.count).first, end <= 0x20 || end == 0x3E || end == 0x2F {
      return DjangoDocument.Sighting(
        document: .fixtureXML, confidence: 1, evidence: ["root element 'django-objects'"])
    }
    // What declares a document type is refused, by name, when it is read.
    guard rest.starts(with: "<!DOCTYPE".utf8), holds(rest, root) else { return nil }
    return DjangoDocument.Sighting(
      document: .fixtureXML, confidence: 0.9, evidence: ["element 'django-objects' behind a document type declaration"])
  }

  /// What follows a mark and the white space behind it.
  private static func skip(_ text: ArraySlice<UInt8>, _ mark: String) -> ArraySlice<UInt8>? {
    let mark = Array(mark.utf8)
    var at = text.startIndex
    while at < text.endIndex, !text[at...].starts(with: mark) { at += 1 }
    guard at < text.endIndex else { return nil }
    return text[(at + mark.count)...].drop { $0 <= UInt8(ascii: " ") }
  }

  private static func holds(_ text: ArraySlice<UInt8>, _ part: [UInt8]) -> Bool {
    text.indices.contains { text[$0] == part[0] && text[$0...].starts(with: part) }
  }

  // MARK: YAML

  /// Pieces that are looked at before a text is taken for something else.
  private static let pieceLimit = 4096

  private static func yaml(_ head: [UInt8]) -> DjangoDocument.Sighting? {
    guard beginsSequence(head), holds(head[...], Array("model".utf8)), holds(head[...], Array("fields".utf8)),
      var stream = try? YAMLStream(MemorySource(head))
    else { return nil }
    // The text may be cut off anywhere: what was seen before counts.
    var depth = 0, isKey = true, key: Name = "", model: [UInt8] = [], keys: Set<Name> = []
    for _ in 0..<pieceLimit {
      guard let event = try? stream.next() else { break }
      switch event.kind {
      case .beginDocument: continue
      case .beginMapping, .beginSequence:
        // A sequence of mappings.
        guard depth > 1 || (event.kind == .beginMapping) == (depth == 1) else { return nil }
        if depth == 2, key == "fields", event.kind == .beginSequence { return nil }
        depth += 1
      case .endMapping, .endSequence:
        depth -= 1
        if depth == 2 { isKey = true }
      case .scalar, .alias:
        guard depth >= 2 else { return nil }
        guard depth == 2 else { continue }
        if isKey { key = Name(stream.text.span) } else if key == "model" { model = Array(stream.text.span) }
        if isKey { keys.insert(key) }
        isKey.toggle()
      case .end, .endDocument: return nil
      }
      if depth == 2, event.kind == .beginMapping { isKey = true }
      if depth < 2 && !keys.isEmpty { break }
      if !model.isEmpty, keys.contains("fields") { break }
    }
    guard DjangoDocument.isModelName(model), keys.contains("fields"), keys.isSubset(of: ["model", "pk", "fields"])
    else {
      return nil
    }
    return DjangoDocument.Sighting(
      document: .fixtureYAML, confidence: 0.95, evidence: ["sequence of mappings with 'model' and 'fields'"])
  }

  /// Whether the first line that is no comment begins an element of a sequence.
  private static func beginsSequence(_ head: [UInt8]) -> Bool {
    for line in head.split(separator: UInt8(ascii: "\n")) {
      let text = line.drop { $0 <= UInt8(ascii: " ") }
      guard let first = text.first, first != UInt8(ascii: "#"), first != UInt8(ascii: "%"),
        !text.starts(with: "---".utf8)
      else { continue }
      return first == UInt8(ascii: "-") && (text.count == 1 || text[text.startIndex + 1] <= UInt8(ascii: " "))
    }
    return false
  }
}

internal import Bytes
internal import CYAML
internal import Records

/// libyaml's parser, of what is left of an input.
final class YAMLParser {
  private let functions: UnsafePointer<cy_library>
  private let parser: UnsafeMutablePointer<yaml_parser_t>
  private let input: YAMLInput

  init(_ input: YAMLInput) throws(IOError) {
    self.input = input
    input.beginLibrary()
    functions = try YAMLLibrary.functions()
    parser = .allocate(capacity: 1)
    guard functions.pointee.yaml_parser_initialize(parser) == 1 else {
      parser.deallocate()
      throw IOError("read YAML", detail: "no memory")
    }
    functions.pointee.yaml_parser_set_encoding(parser, YAML_UTF8_ENCODING)
    functions.pointee.yaml_parser_set_input(parser, readYAML, Unmanaged.passUnretained(input).toOpaque())
  }
  deinit {
    functions.pointee.yaml_parser_delete(parser)
    parser.deallocate()
  }

  /// The next piece; the text of a scalar goes to `text`. `place`: the character it begins with.
  func next(_ text: inout ByteHeap, _ place: inout Int) throws(ReadError) -> YAMLEvent {
    var event = yaml_event_t()
    while true {
      guard functions.pointee.yaml_parser_parse(parser, &event) == 1 else { throw failure() }
      defer { functions.pointee.yaml_event_delete(&event) }
      guard let kind = Self.kind(event.type) else { continue }
      place = Int(clamping: event.start_mark.index)
      let facts = cy_facts_of(&event)
      if kind == .scalar {
        text.removeAll()
        text.append(UnsafeBufferPointer(start: facts.value, count: facts.length).span)
        text.clearPadding()
      }
      return YAMLEvent(
        kind: kind, isPlain: facts.is_plain != 0, tag: Self.bytes(facts.tag),
        anchor: Self.bytes(facts.anchor).map(Name.init))
    }
  }

  private static func kind(_ type: yaml_event_type_t) -> YAMLEvent.Kind? {
    switch type {
    case YAML_STREAM_START_EVENT: nil
    case YAML_STREAM_END_EVENT, YAML_NO_EVENT: .end
    case YAML_DOCUMENT_START_EVENT: .beginDocument
    case YAML_DOCUMENT_END_EVENT: .endDocument
    case YAML_ALIAS_EVENT: .alias
    case YAML_SCALAR_EVENT: .scalar
    case YAML_SEQUENCE_START_EVENT: .beginSequence
    case YAML_SEQUENCE_END_EVENT: .endSequence
    case YAML_MAPPING_START_EVENT: .beginMapping
    default: .endMapping
    }
  }

  private static func bytes(_ text: UnsafePointer<UInt8>?) -> [UInt8]? {
    guard let text else { return nil }
    var count = 0
    while text[count] != 0 { count += 1 }
    return Array(UnsafeBufferPointer(start: text, count: count))
  }

  /// Why the parser cannot go on. The library's words are its own and hold nothing of the text.
  private func failure() -> ReadError {
    if let failure = input.failure { return failure }
    let state = parser.pointee, words = state.problem.map { String(cString: $0) } ?? "it breaks YAML's rules"
    switch state.error {
    case YAML_READER_ERROR:
      let isControl = words.utf8.starts(with: "control".utf8)
      let code = isControl ? ReadError.Code.syntax("a control character stands in YAML") : .invalidUTF8
      return ReadError(code, offset: input.parserStart + Int(clamping: state.problem_offset))
    case YAML_MEMORY_ERROR: return ReadError(.io(IOError("read YAML", detail: "no memory")))
    default:
      return ReadError(
        .syntax("not YAML: \(words)"), offset: input.offset(ofCharacter: Int(clamping: state.problem_mark.index)))
    }
  }
}

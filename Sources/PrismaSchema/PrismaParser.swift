internal import Bytes
internal import Diagnostics

/// Reads the blocks of one schema file.
///
/// Nothing is run. A line that is not understood is noted and passed over.
struct PrismaParser {
  /// How deep values may be nested.
  private static let depthLimit = 32

  private(set) var models: [PrismaModel] = []
  private(set) var enums: [PrismaEnum] = []
  private(set) var source: PrismaSource?
  private(set) var generatorCount = 0
  /// Offset of the first line that was not understood, and how many there are.
  private(set) var unread: (offset: Int, count: Int)?

  private let lexer: PrismaLexer
  private var at = 0
  private var documentation: [UInt8] = []

  init(_ bytes: [UInt8]) {
    lexer = PrismaLexer(bytes)
    if lexer.isCut { noteUnread(bytes.count) }
    while at < lexer.tokens.count { block() }
  }

  // MARK: Tokens

  private var token: PrismaToken? { at < lexer.tokens.count ? lexer.tokens[at] : nil }
  private func bytes(_ token: PrismaToken) -> ArraySlice<UInt8> { lexer.bytes[token.range] }
  private func isSymbol(_ symbol: Unicode.Scalar, ahead: Int = 0) -> Bool {
    guard at + ahead < lexer.tokens.count else { return false }
    let token = lexer.tokens[at + ahead]
    return token.kind == .symbol && lexer.bytes[token.range.lowerBound] == UInt8(ascii: symbol)
  }
  private mutating func accept(_ symbol: Unicode.Scalar) -> Bool {
    guard isSymbol(symbol) else { return false }
    at += 1
    return true
  }
  private mutating func word() -> Name? {
    guard let token, token.kind == .word || token.kind == .number else { return nil }
    at += 1
    return Name(Array(bytes(token)))
  }
  private mutating func skipLine() {
    while let token, token.kind != .lineEnd { at += 1 }
  }
  /// Steps over ends of lines; documentation on the way is kept.
  private mutating func skipLines() {
    while let token, token.kind == .lineEnd || token.kind == .documentation {
      if token.kind == .documentation { document(token) }
      at += 1
    }
  }
  private mutating func document(_ token: PrismaToken) {
    if !documentation.isEmpty { documentation.append(UInt8(ascii: "\n")) }
    var line = bytes(token)
    if line.first == UInt8(ascii: " ") { line = line.dropFirst() }
    if line.last == UInt8(ascii: "\r") { line = line.dropLast() }
    documentation += line
  }
  private mutating func takeDocumentation() -> [UInt8] {
    defer { documentation = [] }
    return documentation
  }
  private mutating func noteUnread(_ offset: Int) { unread = (unread?.offset ?? offset, (unread?.count ?? 0) + 1) }

  // MARK: Blocks

  private mutating func block() {
    skipLines()
    guard let start = token else { return }
    let keyword = word(), name = keyword == nil ? nil : word()
    guard let keyword, let name, accept("{") else {
      noteUnread(start.range.lowerBound)
      skipLine()
      return
    }
    switch keyword {
    case "model", "view", "type":
      var found = model(name, PrismaModel.Kind(rawValue: String(decoding: keyword.bytes, as: UTF8.self)) ?? .model)
      found.definition = Array(lexer.bytes[start.range.lowerBound..<lexer.tokens[at - 1].range.upperBound])
      models.append(found)
    case "enum": enums.append(enumeration(name))
    case "datasource": datasource()
    case "generator":
      generatorCount += 1
      _ = settings()
    default: _ = settings()
    }
    documentation = []
  }

  private mutating func model(_ name: Name, _ kind: PrismaModel.Kind) -> PrismaModel {
    var model = PrismaModel(kind: kind, name: name)
    model.documentation = takeDocumentation()
    while true {
      skipLines()
      guard let start = token else { return model }
      if accept("}") { return model }
      if isSymbol("@"), isSymbol("@", ahead: 1) {
        at += 1
        if let attribute = attribute() {
          model.attributes.append(attribute)
          endLine(start)
        } else {
          giveUp(start)
        }
      } else if let field = field() {
        model.fields.append(field)
        endLine(start)
      } else {
        giveUp(start)
      }
    }
  }

  /// Passes over a line that is not understood.
  private mutating func giveUp(_ start: PrismaToken) {
    noteUnread(start.range.lowerBound)
    documentation = []
    // A brace on it may be the block's own.
    while let token, token.kind != .lineEnd, !isSymbol("}") { at += 1 }
  }
  /// Nothing but documentation may stand behind a field.
  private mutating func endLine(_ start: PrismaToken) {
    guard let token, token.kind != .lineEnd, token.kind != .documentation, !isSymbol("}") else { return }
    giveUp(start)
  }

  private mutating func field() -> PrismaField? {
    guard let name = word() else { return nil }
    // `name: Type` is an older form.
    _ = accept(":")
    var field = PrismaField(name: name, type: "")
    field.documentation = takeDocumentation()
    let isOldList = accept("[")
    guard let type = word() else { return nil }
    field.type = type
    if isOldList {
      guard accept("]") else { return nil }
      field.isList = true
    }
    if isSymbol("(") {
      guard let arguments = arguments(depth: 0) else { return nil }
      if type == "Unsupported" { field.unsupported = arguments.first?.value.text ?? [] }
    }
    if isSymbol("["), isSymbol("]", ahead: 1) {
      at += 2
      field.isList = true
    }
    if accept("?") { field.isOptional = true } else { _ = accept("!") }
    while isSymbol("@"), !isSymbol("@", ahead: 1) {
      guard let attribute = attribute() else { return nil }
      field.attributes.append(attribute)
    }
    return field
  }

  private mutating func enumeration(_ name: Name) -> PrismaEnum {
    var result = PrismaEnum(name: name)
    documentation = []
    while true {
      skipLines()
      guard let start = token else { return result }
      if accept("}") { return result }
      if isSymbol("@"), isSymbol("@", ahead: 1) {
        at += 1
        if let attribute = attribute() { result.attributes.append(attribute) } else { giveUp(start) }
        continue
      }
      guard let name = word() else {
        giveUp(start)
        continue
      }
      var value = PrismaEnum.Value(name: name, stored: name)
      while isSymbol("@") {
        guard let attribute = attribute() else {
          giveUp(start)
          break
        }
        if attribute.name == "map", let stored = attribute.argument("name", or: 0)?.text { value.stored = Name(stored) }
      }
      result.values.append(value)
      documentation = []
    }
  }

  private mutating func datasource() {
    var found = PrismaSource()
    for (key, value) in settings() {
      switch key {
      case "provider":
        let word = value.parts.first?.text ?? []
        let name = word.elementsEqual("postgres".utf8) ? Array("postgresql".utf8) : word
        found.provider =
          PrismaSource.Provider.allCases.first { $0.rawValue.utf8.elementsEqual(name) } ?? found.provider
      case "url", "directUrl", "shadowDatabaseUrl": if value.text != nil { found.holdsURL = true }
      case "relationMode": found.emulatesRelations = value.text.map { $0.elementsEqual("prisma".utf8) } ?? false
      case "schemas": found.schemas = value.parts.compactMap { $0.text.map { Name($0) } }
      default: break
      }
    }
    if source == nil { source = found }
  }

  /// The lines `key = value` of a block.
  private mutating func settings() -> [(Name, PrismaValue)] {
    var settings: [(Name, PrismaValue)] = []
    while true {
      skipLines()
      guard let start = token else { return settings }
      if accept("}") { return settings }
      guard let key = word(), accept("="), let value = value(depth: 0) else {
        giveUp(start)
        continue
      }
      settings.append((key, value))
    }
  }

  // MARK: Attributes and values

  /// The attribute that comes next; the cursor stands at its last `@`.
  private mutating func attribute() -> PrismaAttribute? {
    guard accept("@"), let name = path() else { return nil }
    guard isSymbol("(") else { return PrismaAttribute(name: name, arguments: []) }
    return arguments(depth: 0).map { PrismaAttribute(name: name, arguments: $0) }
  }

  private mutating func path() -> Name? {
    guard var name = word() else { return nil }
    while isSymbol(".") {
      at += 1
      guard let next = word() else { return nil }
      name = name + "." + next
    }
    return name
  }

  private mutating func arguments(depth: Int) -> [PrismaArgument]? {
    guard depth < Self.depthLimit, accept("(") else { return nil }
    var arguments: [PrismaArgument] = []
    while true {
      skipLines()
      if accept(")") { return arguments }
      var name: Name?
      if token?.kind == .word, isSymbol(":", ahead: 1) {
        name = word()
        at += 1
        skipLines()
      }
      guard let value = value(depth: depth + 1) else { return nil }
      arguments.append(PrismaArgument(name: name, value: value))
      skipLines()
      if !accept(",") {
        guard isSymbol(")") else { return nil }
      }
    }
  }

  private mutating func value(depth: Int) -> PrismaValue? {
    guard depth < Self.depthLimit, let token else { return nil }
    switch token.kind {
    case .text:
      at += 1
      return .text(prismaText(bytes(token)))
    case .number:
      at += 1
      return .number(Array(bytes(token)))
    case .word:
      guard let name = path() else { return nil }
      guard isSymbol("(") else { return .word(name) }
      return arguments(depth: depth + 1).map { .call(name, $0) }
    case .symbol where accept("["):
      var parts: [PrismaValue] = []
      while true {
        skipLines()
        if accept("]") { return .list(parts) }
        guard let part = value(depth: depth + 1) else { return nil }
        parts.append(part)
        skipLines()
        if !accept(",") {
          guard isSymbol("]") else { return nil }
        }
      }
    default: return nil
    }
  }
}

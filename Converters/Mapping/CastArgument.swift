internal import Bytes
internal import Diagnostics
internal import Records

// Rules as `--cast` states them.
extension Mapping {
  /// Adds `table.column=type`, `table.column=type using function, function` or `table.column=using function`; what a file says of
  /// the same column's type and functions counts no more.
  package mutating func add(cast argument: [UInt8]) throws(MappingError) {
    let place = RulePlace.flag(argument)
    let form = "it is 'table.column=type', with 'using FUNCTION' behind it if need be"
    guard let equals = argument.firstIndex(of: UInt8(ascii: "=")),
      let dot = argument[..<equals].lastIndex(of: UInt8(ascii: ".")), dot > 0, dot + 1 < equals
    else { throw MappingError(place, "the rule names no column and type", advice: form) }
    let (type, functions) = Self.split(Array(argument[(equals + 1)...]))
    guard !type.isEmpty || functions != nil else {
      throw MappingError(place, "the rule names no type", advice: form)
    }
    let wanted = type.isEmpty ? nil : try logicalType(type, place)
    var steps: [CastFunction] = []
    let words = functions?.split(separator: UInt8(ascii: ","), omittingEmptySubsequences: false)
    for word in words ?? [] {
      steps.append(try castFunction(trimmed(word), place))
    }
    let column = Name(Array(argument[(dot + 1)..<equals]))
    try change(Name(Array(argument[..<dot])), place) { (table) throws(MappingError) in
      try table.change(column, place) { (rule) throws(MappingError) in
        (rule.isDropped, rule.type, rule.functions) = (false, wanted, steps)
      }
    }
  }

  /// The type, and what follows the word `using`.
  private static func split(_ text: [UInt8]) -> (type: [UInt8], functions: [UInt8]?) {
    let words = text.split(separator: UInt8(ascii: " "))
    guard let using = words.firstIndex(where: { $0.elementsEqual("using".utf8) }) else {
      return (trimmed(text[...]), nil)
    }
    return (
      Array(words[..<using].joined(separator: [UInt8(ascii: " ")])), Array(words[(using + 1)...].joined())
    )
  }
}

/// Text without spaces around it.
private func trimmed(_ text: ArraySlice<UInt8>) -> [UInt8] {
  var text = text
  while text.first == UInt8(ascii: " ") { text.removeFirst() }
  while text.last == UInt8(ascii: " ") { text.removeLast() }
  return Array(text)
}

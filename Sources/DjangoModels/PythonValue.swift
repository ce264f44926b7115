internal import Bytes

/// An expression of Python source, as far as it can be known without running it.
indirect enum PythonValue: Sendable {
  case none
  case boolean(Bool)
  case number([UInt8])
  case string([UInt8])
  /// A name, with dots: `settings.AUTH_USER_MODEL`.
  case name([UInt8])
  case call(PythonCall)
  /// A list, tuple or set.
  case list([PythonValue])
  case dictionary([(key: PythonValue, value: PythonValue)])
  /// Computed.
  case unknown

  var string: Name? { if case .string(let text) = self { Name(text) } else { nil } }
  var boolean: Bool? { if case .boolean(let value) = self { value } else { nil } }
  var list: [PythonValue]? { if case .list(let items) = self { items } else { nil } }
  var call: PythonCall? { if case .call(let call) = self { call } else { nil } }
  /// A name, or the text that names the same.
  var named: Name? {
    switch self {
    case .string(let text), .name(let text): Name(text)
    default: nil
    }
  }
  var integer: Int? {
    guard case .number(let digits) = self, !digits.isEmpty, digits.count < 10 else { return nil }
    var value = 0
    for digit in digits {
      guard digit &- UInt8(ascii: "0") < 10 else { return nil }
      value = value * 10 + Int(digit - UInt8(ascii: "0"))
    }
    return value
  }
  /// The texts of a list of texts.
  var strings: [Name]? {
    guard let list else { return nil }
    let found = list.compactMap(\.string)
    return found.count == list.count ? found : nil
  }
  /// What a dictionary has under a text.
  subscript(_ key: Name) -> PythonValue? {
    guard case .dictionary(let members) = self else { return nil }
    return members.last { $0.key.string == key }?.value
  }
}

/// A call.
struct PythonCall: Sendable {
  /// With dots: `models.CharField`.
  var name: [UInt8]
  var arguments: [PythonValue] = []
  var keywords: [(name: Name, value: PythonValue)] = []

  /// The last part of the name.
  var short: Name {
    Name(Array(name[(name.lastIndex(of: UInt8(ascii: ".")).map { $0 + 1 } ?? 0)...]))
  }
  subscript(_ keyword: Name) -> PythonValue? { keywords.last { $0.name == keyword }?.value }
  /// An argument by its name or place.
  func argument(_ keyword: Name, at place: Int) -> PythonValue? {
    self[keyword] ?? (place < arguments.count ? arguments[place] : nil)
  }
}

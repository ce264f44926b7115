package import Bytes
package import Records

/// Where values come from, which says how much their kinds mean.
package enum ValueOrigin: Sendable {
  /// Kinds are real: a number is a number and a text is a text.
  case json
  /// Every value is text or, when the field is empty, null.
  case csv
}

/// A column's logical type, and how it is known.
package struct TypeInference: Equatable, Sendable {
  package var type: LogicalType
  /// From 0 to 1.
  package var confidence: Double
  /// Id of the rule that decided, such as `constant-scale`.
  package var rule: String
  /// Why, in one phrase.
  package var evidence: String
  /// Whether a float column holds `NaN` or an infinity.
  package var hasSpecials: Bool
}

extension ColumnProfile {
  /// The type that keeps every value so that its literal can be printed back, by the first rule that applies. The cells keep
  /// their digits and letters whatever the type.
  package func inferredType(from origin: ValueOrigin, name: Name) -> TypeInference {
    for rule in TypeRule.all where rule.origin == nil || rule.origin == origin {
      guard let type = rule.type(self, name) else { continue }
      return TypeInference(
        type: type, confidence: rule.confidence, rule: rule.id, evidence: rule.evidence,
        hasSpecials: type == .float64 && (numbers.specialCount > 0 || text.numbers.specialCount > 0))
    }
    return TypeInference(type: .text, confidence: 1, rule: "text", evidence: "texts", hasSpecials: false)
  }
}

extension TableProfile {
  /// The columns with the types their values suggest; all may be null, since values never prove the contrary.
  package func inferredColumns(from origin: ValueOrigin) -> [Column] {
    zip(names, columns).map { Column($0, $1.inferredType(from: origin, name: $0).type) }
  }
}

/// One rule of inference. The rules are tried in order; the first whose function gives a type decides.
struct TypeRule: Sendable {
  let id: String
  let evidence: String
  let confidence: Double
  /// Nil: the rule holds for every origin.
  let origin: ValueOrigin?
  let type: @Sendable (ColumnProfile, Name) -> LogicalType?

  init(
    _ id: String, _ evidence: String, _ confidence: Double, _ origin: ValueOrigin? = nil,
    _ type: @escaping @Sendable (ColumnProfile, Name) -> LogicalType?
  ) {
    self.id = id
    self.evidence = evidence
    self.confidence = confidence
    self.origin = origin
    self.type = type
  }

  static let all: [TypeRule] = kinds + numbers + texts

  private static let kinds: [TypeRule] = [
    TypeRule("no-values", "no record has a value", 0) { p, _ in p.valueCount == 0 ? .text : nil },
    TypeRule("booleans", "all values are booleans", 1) { p, _ in p.booleanCount == p.valueCount ? .boolean : nil },
    TypeRule("bytes", "some values are bytes", 1) { p, _ in p.bytesCount > 0 ? .bytes : nil },
    TypeRule("json", "all values are objects or arrays", 1) { p, _ in p.json.count == p.valueCount ? .json : nil },
    TypeRule("mixed-kinds", "values are of different kinds", 0.9) { p, _ in p.isNumber || p.isText ? nil : .json },
  ]

  private static let numbers: [TypeRule] = [
    TypeRule("odd-digits", "numbers are spelled as no type prints them", 0.6) { p, _ in
      p.isNumber && p.numbers.irregularCount > 0 ? .text : nil
    },
    TypeRule("int32", "all values are integers of 32 bits", 0.9) { p, _ in
      p.isNumber ? integerType(p.numbers, ifWithin32: true) : nil
    },
    TypeRule("int64", "all values are integers, some beyond 32 bits", 0.95) { p, _ in
      p.isNumber ? integerType(p.numbers, ifWithin32: false) : nil
    },
    TypeRule("long-integers", "all values are integers, some beyond 64 bits", 0.95) { p, _ in
      p.isNumber && p.numbers.integerCount == p.numbers.count ? decimal(p.numbers) : nil
    },
    TypeRule("float64", "all values print the same from a 64-bit float", 0.8) { p, _ in
      p.isNumber && isFloat(p.numbers) ? .float64 : nil
    },
    TypeRule("exact-digits", "values have digits that a 64-bit float would lose", 0.9) { p, _ in
      p.isNumber ? decimal(p.numbers) : nil
    },
    TypeRule("odd-numbers", "values have digits that no numeric type keeps", 0.9) { p, _ in p.isNumber ? .text : nil },
  ]

  private static let texts: [TypeRule] = [
    TypeRule("empty-texts", "some texts are empty", 0.9) { p, _ in p.text.emptyCount > 0 ? .text : nil },
    TypeRule("uuid", "all texts are UUIDs", 0.99) { p, _ in p.text.shape == .uuid ? .uuid : nil },
    TypeRule("date", "all texts are dates", 0.95) { p, _ in p.text.shape == .date ? .date : nil },
    TypeRule("time", "all texts are times of day", 0.85) { p, _ in p.text.shape == .time ? .time : nil },
    TypeRule("timestamp", "all texts are dates with time, without a zone", 0.95) { p, _ in
      p.text.shape == .timestamp ? .timestamp : nil
    },
    TypeRule("timestamptz", "all texts are dates with time and zone", 0.98) { p, _ in
      p.text.shape == .timestamptz ? .timestamptz : nil
    },
    TypeRule("interval", "all texts are lengths of time", 0.85) { p, _ in p.text.shape == .interval ? .interval : nil },
    TypeRule("code-name", "the name says that the digits are no quantity", 0.8) { p, name in
      p.text.shape.isNumeric && NameWords(name).contains(anyOf: codeWords) ? .text : nil
    },
    TypeRule("constant-scale", "all texts are decimals with the same number of digits behind the point", 0.8) { p, _ in
      let numbers = p.text.numbers
      return p.text.shape == .decimal && numbers.hasConstantScale ? decimal(numbers) : nil
    },
    TypeRule("int32-text", "all texts are integers of 32 bits without leading zeros", 0.8, .csv) { p, _ in
      p.text.shape == .integer ? integerType(p.text.numbers, ifWithin32: true) : nil
    },
    TypeRule("int64-text", "all texts are integers of 64 bits without leading zeros", 0.75, .csv) { p, _ in
      p.text.shape == .integer ? integerType(p.text.numbers, ifWithin32: false) : nil
    },
    TypeRule("float64-text", "all texts print the same from a 64-bit float", 0.7, .csv) { p, _ in
      let numbers = p.text.numbers
      return p.text.shape.isNumeric && numbers.fractionCount > 0 && isFloat(numbers) ? .float64 : nil
    },
    TypeRule("boolean-text", "all texts are true or false", 0.9, .csv) { p, _ in
      p.text.shape == .boolean ? .boolean : nil
    },
  ]

  /// Words in names of columns whose digits are no quantity.
  private static let codeWords = wordSet(
    """
    phone phones mobile fax tel telephone whatsapp contact zip zipcode postal postcode pin pincode ssn iban bic ean isbn \
    upc gtin sku barcode imei version release build revision
    """)

  /// `int32` or `int64` when all numbers are integers that fit, and the answer to `ifWithin32` is the same.
  private static func integerType(_ numbers: NumberProfile, ifWithin32: Bool) -> LogicalType? {
    guard numbers.integerCount == numbers.count, numbers.longCount == 0 else { return nil }
    let isWithin = numbers.minimum >= Int64(Int32.min) && numbers.maximum <= Int64(Int32.max)
    return isWithin == ifWithin32 ? (isWithin ? .int32 : .int64) : nil
  }

  /// Whether a 64-bit float of every number is printed with its digits. Integers count as floats as JavaScript prints them,
  /// unless there are also floats as Python prints them (`2` beside `2.0`).
  private static func isFloat(_ numbers: NumberProfile) -> Bool {
    let exact: Int64 = 1 << 53
    return numbers.survivesDouble && numbers.irregularCount == 0
      && (numbers.minimum > numbers.maximum || numbers.minimum >= -exact && numbers.maximum <= exact)
      && (numbers.integerCount == 0 || numbers.pointZeroCount == 0)
  }

  /// A decimal type that prints every number as it stands; nil when there is none.
  private static func decimal(_ numbers: NumberProfile) -> LogicalType? {
    guard numbers.exponentCount + numbers.specialCount + numbers.irregularCount + numbers.negativeZeroCount == 0 else {
      return nil
    }
    let scale = numbers.maximumScale
    guard numbers.hasConstantScale, scale <= 1000, numbers.integerDigits <= 1000 - scale else { return .decimal }
    return .decimal(precision: max(numbers.integerDigits + scale, 1), scale: scale)
  }
}

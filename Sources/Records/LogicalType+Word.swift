extension LogicalType {
  /// Arrays in arrays that a word may name.
  public static var depthLimit: Int { 16 }

  /// The type that a `word` names; nil for another text, and for `enum`, whose values the word leaves out.
  public init?(word: String) {
    if word.hasSuffix("[]") {
      guard !word.hasSuffix(String(repeating: "[]", count: Self.depthLimit + 1)) else { return nil }
      guard let element = LogicalType(word: String(word.dropLast(2))) else { return nil }
      self = .array(element)
      return
    }
    if let plain = Self.plainTypes.first(where: { $0.word == word }) {
      self = plain
      return
    }
    guard word.hasPrefix("decimal("), word.hasSuffix(")") else { return nil }
    let digits = word.dropFirst("decimal(".count).dropLast().split(separator: ",", omittingEmptySubsequences: false)
    guard digits.count == 2, let precision = Int(digits[0]), let scale = Int(digits[1]) else { return nil }
    self = .decimal(precision: precision, scale: scale)
  }

  /// The types whose words say everything.
  private static let plainTypes: [LogicalType] = [
    .boolean, .int32, .int64, .decimal, .float64, .text, .uuid, .date, .time, .timestamp, .timestamptz, .interval,
    .json,
    .bytes,
  ]
}

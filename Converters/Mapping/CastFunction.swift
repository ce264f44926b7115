internal import Records

/// A function that casts values, by the word of `using`.
package enum CastFunction: String, Sendable, CaseIterable {
  case lower
  case upper
  case trim
  case emptyToNull = "empty-to-null"
  case secondsToTimestamp = "s-to-timestamp"
  case millisecondsToTimestamp = "ms-to-timestamp"
  case microsecondsToTimestamp = "us-to-timestamp"
  case timestampToDate = "timestamp-to-date"
  case textToBoolean = "text-to-boolean"
  case textToUUID = "text-to-uuid"
  case idToUUID = "id-to-uuid"
  case jsonToText = "json-to-text"
  case textToJSON = "text-to-json"
  case passwordToConvex = "password-to-convex"
  case passwordToDjango = "password-to-django"
  case passwordToPrisma = "password-to-prisma"
  case passwordToSupabase = "password-to-supabase"

  /// What it does, in one phrase.
  package var summary: String {
    switch self {
    case .lower: "capitals of ASCII are small letters"
    case .upper: "small letters of ASCII are capitals"
    case .trim: "without the white space around it"
    case .emptyToNull: "an empty text is null"
    case .secondsToTimestamp: "seconds since 1970 are a moment"
    case .millisecondsToTimestamp: "milliseconds since 1970 are a moment"
    case .microsecondsToTimestamp: "microseconds since 1970 are a moment"
    case .timestampToDate: "the date of a moment, as it is written"
    case .textToBoolean: "true, t, yes, y, on, 1 and their opposites, in any case"
    case .textToUUID: "a UUID in any spelling"
    case .idToUUID: "a UUID made of any text: version 5 in the namespace of URLs"
    case .jsonToText: "JSON is its text"
    case .textToJSON: "text of JSON is what it says"
    case .passwordToConvex: "a hash as Convex Auth verifies it; one that it does not is refused"
    case .passwordToDjango: "the same for Django: 'bcrypt$' or 'argon2' stands before other systems' hashes"
    case .passwordToPrisma: "the same for applications with Prisma, without what Django adds"
    case .passwordToSupabase: "the same for Supabase, without what Django adds"
    }
  }

  /// The type of what comes out; nil: texts, if it was texts before.
  var type: LogicalType? {
    switch self {
    case .lower, .upper, .trim, .emptyToNull: nil
    case .passwordToConvex, .passwordToDjango, .passwordToPrisma, .passwordToSupabase: nil
    case .secondsToTimestamp, .millisecondsToTimestamp, .microsecondsToTimestamp: .timestamptz
    case .timestampToDate: .date
    case .textToBoolean: .boolean
    case .textToUUID, .idToUUID: .uuid
    case .jsonToText: .text
    case .textToJSON: .json
    }
  }

  /// All words, for advice.
  package static var words: [String] { allCases.map(\.rawValue) }
}

/// The words for types that a mapping takes besides our own.
enum TypeWords {
  private static let others: [(word: String, type: LogicalType)] = [
    ("bool", .boolean), ("smallint", .int32), ("int", .int32), ("integer", .int32), ("int4", .int32),
    ("bigint", .int64),
    ("int8", .int64), ("numeric", .decimal), ("float", .float64), ("double", .float64), ("double precision", .float64),
    ("string", .text), ("varchar", .text), ("datetime", .timestamp), ("timestamp with time zone", .timestamptz),
    ("timestamp without time zone", .timestamp), ("jsonb", .json), ("bytea", .bytes), ("blob", .bytes),
  ]

  /// The type that a word of a mapping names; an `[]` behind it is a list of it.
  static func type(_ word: String) -> LogicalType? {
    let word = word.lowercased()
    if let type = LogicalType(word: word) { return type }
    if word.hasSuffix("[]"), word.utf8.count < 64 { return type(String(word.dropLast(2))).map { .array($0) } }
    if word.hasPrefix("numeric(") { return LogicalType(word: "decimal" + word.dropFirst(7)) }
    return others.first { $0.word == word }?.type
  }

  /// Words to choose from, for advice.
  static let known = [
    "boolean", "integer", "bigint", "decimal(P,S)", "float64", "text", "uuid", "date", "time", "timestamp",
    "timestamptz",
    "interval", "json", "bytes", "text[]",
  ]
}

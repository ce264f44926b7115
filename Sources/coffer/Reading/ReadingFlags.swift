internal import BuiltIn
internal import Bytes
internal import CommandLine
internal import Conversion

/// Flags of everything that reads backups from their files.
enum ReadingFlags {
  static let system = Flag(
    "system", .choice("SYSTEM", ["auto"] + (BuiltIn.systems + [BuiltIn.fallback]).map(\.id)),
    "what made it; else its content decides")
  static let encoding = Flag(
    "encoding", .choice("ENCODING", TextEncoding.allCases.map(\.rawValue)), "encoding of the text, if it is not UTF-8")
  static let ragged = Flag("ragged", "pad CSV records that are too short")

  static let schema = Flag(
    "schema", .file("PATH"),
    "a schema.prisma or its folder, or a Django project, whose models say what the tables are; nothing is run")

  static let all = [system, encoding, ragged, schema]

  /// What the flags say about reading.
  static func options(_ invocation: Invocation) -> ReadOptions {
    var options = ReadOptions()
    if invocation.takes(encoding) {
      options.encoding = invocation.choice(encoding)
      options.isRagged = invocation.isSet(ragged)
    }
    if invocation.takes(schema), let path = invocation.bytes(schema) {
      // A registered backup is read with it again, from wherever.
      options.schema = (try? realPath(path)) ?? path
    }
    return options
  }

  /// The system that was asked for; nil leaves it to the content.
  static func system(_ invocation: Invocation) -> String? {
    guard invocation.takes(system) else { return nil }
    return invocation.word(system).flatMap { $0 == "auto" ? nil : $0 }
  }
}

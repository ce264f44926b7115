internal import Bytes
internal import Diagnostics

extension Flag {
  /// Checks a value for the argument; `written` is how the user named it, such as `--format` or `COFFER_FORMAT`.
  func check(_ value: [UInt8], written: String, program: String) throws(Failure) {
    switch argument {
    case .none, .text, .file, .directory: break
    case .choice(_, let words):
      guard !words.contains(where: { $0.utf8.elementsEqual(value) }) else { return }
      let meant = suggestion(for: displayed(value), among: words).map { "did you mean '\($0)'? " } ?? ""
      throw .usage("\(written) does not know '\(displayed(value))'", advice: meant + (choicesAdvice ?? ""))
    case .count:
      guard parseCount(value) == nil else { return }
      throw .usage("\(written) takes a whole number, not '\(displayed(value))'")
    case .size:
      guard parseSize(value) == nil else { return }
      throw .usage(
        "\(written) takes a number of bytes, not '\(displayed(value))'", advice: "such as 800000, 500kB or 2MiB")
    case .moment:
      guard TimeArgument(parsing: value) == nil else { return }
      throw .usage(
        "\(written) takes a time or an age, not '\(displayed(value))'",
        advice: "such as 2026-02-05, 2026-02-05T14:03:00Z, 7d or 2y5m (see '\(program) help durations')")
    case .zone:
      guard TimeZone(named: value) == nil else { return }
      throw .usage("\(written) does not know the time zone '\(displayed(value))'", advice: zoneAdvice(value))
    }
  }

  /// The words that can follow; nil when they are not known.
  var choicesAdvice: String? { choices.isEmpty ? nil : "one of: " + choices.joined(separator: ", ") }
}

/// What can be done about a time zone that is not there.
private func zoneAdvice(_ name: [UInt8]) -> String {
  let examples = "a name such as Europe/Berlin, an offset such as +02:00, UTC or local"
  guard TimeZone.hasFiles else { return "names need the package tzdata; UTC, local and offsets such as +02:00 do not" }
  return (zoneSuggestion(for: displayed(name)).map { "did you mean '\($0)'? " } ?? "") + examples
}

/// The name that was probably meant: the same in other letters, a city without its continent, or one that looks like it.
private func zoneSuggestion(for name: String) -> String? {
  let names = TimeZone.names.map { String(decoding: $0, as: UTF8.self) }
  let wanted = name.lowercased()
  return names.first { $0.lowercased() == wanted }
    ?? names.first { $0.lowercased().split(separator: "/").last.map(String.init) == wanted }
    ?? suggestion(for: name, among: names)
}

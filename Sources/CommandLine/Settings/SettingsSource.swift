internal import Bytes
internal import Diagnostics

/// The bytes that stand for a switch that is on or off.
func switchWord(_ isOn: Bool) -> [UInt8] { Array((isOn ? "true" : "false").utf8) }

/// Makes choices of what environment variables and configuration files say.
struct SettingsSource {
  let program: String
  let home: [UInt8]?

  /// What a variable says; switches are `1`, `true`, `0` or `false`.
  func choice(_ value: [UInt8], of setting: Setting) throws(Failure) -> Settings.Choice {
    let written = setting.variable
    guard setting.flag.argument == .none else {
      try setting.flag.check(value, written: written, program: program)
      return Settings.Choice(bytes: value, origin: .variable(written))
    }
    for (isOn, words) in [(true, ["1", "true"]), (false, ["0", "false"])]
    where words.contains(where: { $0.utf8.elementsEqual(value) }) {
      return Settings.Choice(bytes: switchWord(isOn), origin: .variable(written))
    }
    throw .usage("\(written) does not know '\(displayed(value))'", advice: "one of: 1, true, 0, false")
  }

  /// What a line of a file says.
  func choice(_ entry: SettingsFile.Entry, of setting: Setting) throws(Failure) -> Settings.Choice {
    let written = "\(entry.valuePlace.shown): \(setting.key)"
    let value: [UInt8]
    switch (setting.flag.argument, entry.value) {
    case (.none, .flag(let isOn)): value = switchWord(isOn)
    case (.none, _): throw .usage("\(written) is true or false")
    case (.count, .integer(let number)) where number >= 0: value = Array("\(number)".utf8)
    case (.count, _): throw .usage("\(written) takes a whole number")
    case (_, .text(let text)):
      guard !text.isEmpty else { throw .usage("\(written) is empty") }
      value = text
    default: throw .usage("\(written) takes text in quotes", advice: setting.flag.choicesAdvice)
    }
    switch setting.flag.argument {
    case .file, .directory:
      return Settings.Choice(bytes: resolved(value, at: entry.place.artifact), origin: .file(entry.place))
    default:
      try setting.flag.check(value, written: written, program: program)
      return Settings.Choice(bytes: value, origin: .file(entry.place))
    }
  }

  /// A path in a file as seen from here: `~/` is the user's home, any other relative path begins in the file's folder.
  private func resolved(_ path: [UInt8], at file: [UInt8]) -> [UInt8] {
    if path.starts(with: "~/".utf8), let home { return home.appending(path: Array(path.dropFirst(2))) }
    let isWhole = path.first == UInt8(ascii: "/") || isAddress(path)
    return isWhole ? path : file.directoryPath.appending(path: path)
  }

  /// Whether it is no path but such as `postgres://…`.
  private func isAddress(_ path: [UInt8]) -> Bool {
    guard let colon = path.firstIndex(of: UInt8(ascii: ":")) else { return false }
    return colon > 0 && path[colon...].starts(with: "://".utf8)
  }

  /// A line that sets what nobody knows.
  func unknown(_ entry: SettingsFile.Entry, _ table: [Setting]) -> Failure {
    let meant = suggestion(for: entry.key, among: table.map(\.key))
    return .usage(
      "\(entry.place.shown): there is no setting '\(entry.key)'",
      advice: meant.map { "did you mean '\($0)'?" } ?? "'\(program) help environment' lists them")
  }
}

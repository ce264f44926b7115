package import Diagnostics

/// What flags, environment and configuration files say about every setting, in this order.
package struct Settings: Sendable {
  /// Who said it.
  package enum Origin: Equatable, Sendable {
    case flag(String)
    case variable(String)
    case file(SourceLocation)

    /// Such as `--color`, `COFFER_COLOR` or `/srv/.coffer.toml:3:1`.
    package var shown: String {
      switch self {
      case .flag(let name): "--\(name)"
      case .variable(let name): name
      case .file(let place): place.shown
      }
    }
  }
  /// A value and who said it. Switches are `true` or `false`.
  package struct Choice: Equatable, Sendable {
    package var bytes: [UInt8]
    package var origin: Origin
  }
  private var choices: [String: Choice] = [:]
  /// What cannot be understood in environment and files; the rest counts.
  package private(set) var problems: [Failure] = []

  /// Settles all settings of a table. `variables` looks into the environment, where an empty value says nothing; the nearest of
  /// `files` comes first. `home` is what `~/` at the beginning of a path in a file stands for.
  package init(
    _ table: [Setting], of program: String, _ invocation: Invocation, variables: (String) -> [UInt8]?,
    files: [SettingsFile], home: [UInt8]?
  ) {
    let source = SettingsSource(program: program, home: home)
    for setting in table {
      let flag = setting.flag
      if invocation.takes(flag) {
        if flag.argument == .none, let isOn = invocation.setting(of: flag) {
          take(Choice(bytes: switchWord(isOn), origin: .flag(flag.name)), setting)
        } else if flag.argument != .none, let value = invocation.bytes(flag) {
          take(Choice(bytes: value, origin: .flag(flag.name)), setting)
        }
      }
      if let value = variables(setting.variable), !value.isEmpty {
        take(setting) { () throws(Failure) in try source.choice(value, of: setting) }
      }
    }
    for file in files {
      for entry in file.entries {
        guard let setting = table.first(where: { $0.key == entry.key }) else {
          problems.append(source.unknown(entry, table))
          continue
        }
        take(setting) { () throws(Failure) in try source.choice(entry, of: setting) }
      }
    }
  }

  /// What was chosen; nil leaves it to the default.
  package subscript(setting: Setting) -> Choice? { choices[setting.key] }

  /// The same as text of our own: a value that was one of some words.
  package func word<T: RawRepresentable<String>>(_ setting: Setting, as type: T.Type = T.self) -> T? {
    self[setting].flatMap { T(rawValue: String(decoding: $0.bytes, as: UTF8.self)) }
  }

  /// Whether a switch is on.
  package func isOn(_ setting: Setting) -> Bool { self[setting]?.bytes == switchWord(true) }

  private mutating func take(_ choice: Choice, _ setting: Setting) {
    if choices[setting.key] == nil { choices[setting.key] = choice }
  }
  private mutating func take(_ setting: Setting, _ body: () throws(Failure) -> Choice) {
    do throws(Failure) { take(try body(), setting) } catch { problems.append(error) }
  }
}

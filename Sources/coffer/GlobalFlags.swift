internal import CommandLine

/// The flags that every command takes.
enum GlobalFlags {
  static let catalog = Flag("catalog", .file("PATH"), "the catalog to use: a file, or postgres://… for a shared one")
  static let json = Flag("json", "short for --format json")
  static let format = Flag(
    "format", .choice("FORMAT", OutputFormat.allCases.map(\.rawValue)), "how the answer is written")
  static let quiet = Flag("quiet", short: "q", "no progress and no remarks")
  static let color = Flag("color", .choice("WHEN", ColorChoice.allCases.map(\.rawValue)), "colours")
  static let zone = Flag("tz", .zone("ZONE"), "time zone of times, such as Europe/Berlin or local; else UTC")
  static let verbose = Flag("verbose", short: "v", "say more about what is done")

  static let all = [catalog, format, json, quiet, verbose, color, zone, Program.help]
}

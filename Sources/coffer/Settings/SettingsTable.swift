internal import CommandLine

/// Everything that flags, environment and configuration files can set.
extension Setting {
  static let catalog = Setting(
    "catalog", variable: "COFFER_CATALOG", GlobalFlags.catalog, "the catalog, as --catalog",
    fallback: "in the user's data directory")
  static let format = Setting(
    "format", variable: "COFFER_FORMAT", GlobalFlags.format, "how answers are written, as --format",
    fallback: OutputFormat.table.rawValue)
  static let color = Setting(
    "color", variable: "COFFER_COLOR", GlobalFlags.color, "colours, as --color", fallback: ColorChoice.auto.rawValue)
  static let quiet = Setting(
    "quiet", variable: "COFFER_QUIET", GlobalFlags.quiet, "1: no progress and no remarks, as --quiet",
    fallback: "false")
  static let verbose = Setting(
    "verbose", variable: "COFFER_VERBOSE", GlobalFlags.verbose, "1: say more about what is done, as --verbose",
    fallback: "false")
  static let zone = Setting(
    "tz", variable: "COFFER_TZ", GlobalFlags.zone, "time zone of times, as --tz", fallback: "UTC")
  static let project = Setting(
    "project", variable: "COFFER_PROJECT", RegisterFlags.project, "of what is registered, as --project",
    fallback: "what the backup says, else its folder")
  static let environment = Setting(
    "environment", variable: "COFFER_ENVIRONMENT", RegisterFlags.environment, "of what is registered, as --env",
    fallback: "none")
  static let index = Setting(
    "index", variable: "COFFER_INDEX", RegisterFlags.index, "values to search of what is registered, as --index",
    fallback: "full")

  /// All of them. The only list to extend.
  static let all = [catalog, format, color, quiet, verbose, zone, project, environment, index]
}

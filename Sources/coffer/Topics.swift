internal import CommandLine
internal import Mapping

/// The environment variables that are read.
let environmentVariables =
  Setting.all.map { EnvironmentVariable($0.variable, $0.summary) } + [
    EnvironmentVariable(
      "XDG_CONFIG_HOME", "directory of the user's configuration, coffer/config.toml in it; else ~/.config"),
    EnvironmentVariable(
      "XDG_DATA_HOME", "directory of the default catalog, coffer/catalog.db in it; else ~/.local/share"),
    EnvironmentVariable("TZ", "the time zone that --tz local stands for; else the system's"),
    EnvironmentVariable("TZDIR", "directory of time zone files; else /usr/share/zoneinfo"),
    EnvironmentVariable("NO_COLOR", "set and not empty: no colours"),
    EnvironmentVariable("CLICOLOR_FORCE", "set and not 0: colours even into files and pipes"),
    EnvironmentVariable("TERM", "'dumb' stands for no colours"),
    EnvironmentVariable("COLUMNS", "columns of a terminal that does not say"),
    EnvironmentVariable("TMPDIR", "directory of temporary files; else /tmp"),
  ]

/// The subjects of `help TOPIC`.
let topics = [
  Topic("addressing", "how a backup is named") { addressingText },
  Topic("durations", "ages and points in time") { durationsText },
  Topic("formats", "the formats of answers") { formatsText },
  Topic("exit-codes", "what the exit code says") {
    definitions(ExitCode.allCases.map { (String($0.rawValue), $0.meaning) }, 80)
      + "\nAny other code is a failure.\n"
  },
  Topic("mapping", "names, types and values of another system: --map, --cast") { mappingText },
  Topic("environment", "environment variables and configuration files") { environmentText },
]

private let addressingText =
  definitions(
    [
      ("3f2a91c0", "the beginning of a backup's id"),
      ("latest, first", "the newest and the oldest backup"),
      ("latest~2", "the second before the newest"),
      ("shop@2026-02-05", "of project shop, the newest not after that day; a time may follow: 2026-02-05T14:00"),
      ("shop@latest", "the newest of project shop"),
      ("before-migration", "an alias, given by 'coffer alias'"),
      ("./backup.json", "a file or directory: read at once, registered or not"),
    ], 80)
  + "\n"
  + paragraphs("A word with a slash in it is a path. Any other word is looked up in the catalog first, then as a path.")

private let durationsText =
  "Ages are counted back from now:\n\n"
  + definitions(
    [
      ("7d", "seven days"), ("4w", "four weeks"), ("3h", "three hours"),
      ("2y5m7d3h", "two years, five months, seven days and three hours"),
    ], 80)
  + "\nPoints in time are RFC 3339, in the zone of --tz unless they name an offset:\n\n"
  + definitions(
    [
      ("2026-02-05", "the beginning of that day"), ("2026-02-05T14:03", "a minute"),
      ("2026-02-05T14:03:11+02:00", "a second, two hours east of UTC"),
    ], 80)
  + "\nTime zones, for --tz:\n\n"
  + definitions(
    [
      ("UTC", "what holds when nothing is said"), ("Europe/Berlin", "a name of the system's zone files"),
      ("+02:00", "always so far east of UTC"), ("local", "the zone of TZ or the system"),
    ], 80) + "\n"
  + paragraphs(
    "Times are shown in that zone. When backups are registered, stamps in them and in their names that state no zone are "
      + "taken as times of that zone, and 'show' keeps the mark that it was assumed.")

private let formatsText =
  definitions(OutputFormat.allCases.map { ($0.rawValue, $0.summary) }, 80) + "\n"
  + paragraphs(
    "Every reading verb takes --format; --json is short for --format json. Numbers are printed as they stand in the "
      + "source; sizes are bytes and times RFC 3339, in UTC without --tz, wherever a program reads them.",
    "csv and tsv are exact in files and pipes; on a terminal their values are escaped like those of a table. In JSON "
      + "a byte that is not UTF-8 is the lone surrogate \\udcXX (Python's os.fsencode gives the byte back).",
    "register, convert, export and verify write JSON Lines under --json, whose message_type is change, finding, loss, row "
      + "or summary. What takes longer than a second is told of by a status once a second: action, seconds_elapsed, "
      + "bytes_done, bytes_total, bytes_per_second, seconds_left and current, of all that has to be read, files that are "
      + "read twice counted twice. --quiet leaves them out. A failure is an exit_error on standard error.",
    "Secrets are masked unless --raw is given.",
    "'coffer formats' lists the formats that backups are read from and written to.")

private let environmentText =
  definitions(environmentVariables.map { ($0.name, $0.summary) }, 80) + "\n"
  + paragraphs(
    "A flag goes before its environment variable, and that before configuration files: .coffer.toml in the working "
      + "directory and in those above it, the nearest first, then coffer/config.toml in the user's configuration. "
      + "'coffer doctor' says where every value comes from.",
    "A configuration file has a line for each setting, in the manner of TOML:")
  + "\n"
  + definitions(
    [
      ("catalog = \"catalog.db\"", "a path; it begins in the file's folder, or at home after ~/"),
      ("project = \"shop\"", "text in quotes"), ("quiet = true", "true or false"),
      ("# a remark", "up to the end of the line"),
    ], 80) + "\nSettings, and what holds without them:\n\n"
  + definitions(Setting.all.map { ($0.key, $0.fallback) }, 80) + "\n"
  + paragraphs(
    "A file is honoured only if it belongs to the user or to root and nobody else can write to it, and a .coffer.toml "
      + "that is a symbolic link is not followed; a file that is not honoured is named in a warning. A name that is no "
      + "setting is an error.")

import CommandLine

/// A small program with everything that a table can hold.
enum Sample {
  static let output = Flag("output", short: "o", .file("PATH"), "where it goes")
  static let target = Flag("to", short: "t", .choice("FORMAT", ["csv", "json", "sql"]), "what it becomes")
  static let limit = Flag("limit", .count("N"), "how many")
  static let since = Flag("since", .moment("WHEN"), "from when")
  static let tag = Flag("tag", .text("KEY:VALUE"), "a remark", isRepeatable: true)
  static let dryRun = Flag("dry-run", short: "n", "only say what would be done")
  static let raw = Flag("raw", short: "r", "show secrets [all: of them]")
  static let json = Flag("json", "as JSON")

  static let convert = Command(
    "convert", aliases: ["conv"], "write another format",
    examples: [Example("tool convert a.json -t csv", "CSV of it isn't hard")],
    operands: [Operand("IN", .file), Operand("MORE", .file, isRequired: false, isRepeated: true)],
    flags: [output, target, limit, since, tag, dryRun, raw], discussion: "One paragraph.\n\nAnother one.",
    exitCodes: [.partial, .loss])
  static let project = Command(
    "project", "change a project", examples: [],
    subcommands: [
      Command("rename", "give it a name", examples: [], operands: [Operand("OLD"), Operand("NEW")], flags: [dryRun])
    ])
  static let list = Command(
    "list", "list things", examples: [], operands: [Operand("KIND", .choice(["a", "b"]), isRequired: false)])
  static let program = Program(
    "tool", version: "1", "a tool", commands: [convert, project, list], flags: [json, Program.help],
    topics: [Topic("units", "units of things") { "One.\n.Two\n'three' \\four\n" }])
}

internal import Bytes
internal import Diagnostics
internal import Records

extension RestorePlan {
  /// A snapshot export, which is imported as a whole.
  static func snapshotSteps(_ files: [RestoreFacts.File]) -> [Step] {
    var archives: [[UInt8]] = [], folders: [[UInt8]] = []
    for file in files {
      if file.member != nil {
        if !archives.contains(file.place) { archives.append(file.place) }
      } else if let folder = exportFolder(file.place), !folders.contains(folder) {
        folders.append(folder)
      }
    }
    var steps = archives.map { archive in
      Step(
        .restore, "import \(displayed(archive.lastPathComponent)); tables that hold documents stop it",
        ["npx convex import \(shellPath(archive))"])
    }
    for folder in folders
    where !folders.contains(where: { $0 != folder && folder.starts(with: $0 + [UInt8(ascii: "/")]) }) {
      steps.append(
        Step(
          .restore,
          "make a zip of \(displayed(folder.lastPathComponent)) and import it; tables that hold documents stop it",
          [
            "python3 -m zipfile -c snapshot-to-restore.zip \(shellPath(folder))/*",
            "npx convex import snapshot-to-restore.zip",
          ]))
    }
    return steps
  }

  /// The directory of an export that a table's documents lie in.
  private static func exportFolder(_ path: [UInt8]) -> [UInt8]? {
    var folder = path.directoryPath
    guard folder.contains(UInt8(ascii: "/")) else { return nil }
    folder = folder.directoryPath
    while folder.directoryPath.lastPathComponent.elementsEqual("_components".utf8) {
      folder = folder.directoryPath.directoryPath
    }
    return folder
  }

  /// One table of a set that a script made: the command line's import, and the project's own function where one is named.
  static func convexStep(_ file: RestoreFacts.File, _ table: Name, _ facts: RestoreFacts) -> Step {
    let path = file.path
    var commands = ["npx convex import --table \(shellWord(table.bytes)) \(shellPath(path))"]
    if facts.files.count > 1, file == facts.inOrder.first {
      commands.insert(
        contentsOf: [
          "# all tables at once, instead of this step and those that follow:",
          "# coffer convert \(shellPath(facts.address)) -t convex -o tables-to-restore.zip && npx convex import tables-to-restore.zip",
        ], at: 0)
    }
    guard let mutation = facts.mutation(of: table) else {
      return Step(.restore, "import table \(displayed(table)), which has to be empty", commands)
    }
    commands += [
      "# or, with CONVEX_URL set, the project's own function, a hundred documents at a time:",
      "# node - \(shellPath(path)) \(shellWord(mutation)) <<'END'",
      "# const [path, mutation] = process.argv.slice(2), { ConvexHttpClient } = require('convex/browser');",
      "# const client = new ConvexHttpClient(process.env.CONVEX_URL), records = JSON.parse(require('fs').readFileSync(path));",
      "# (async () => { for (let i = 0; i < records.length; i += 100)",
      "#   await client.mutation(mutation, { records: records.slice(i, i + 100) }); })();",
      "# END",
    ]
    return Step(
      .restore, "import table \(displayed(table)), which has to be empty; its own function is \(displayed(mutation))",
      commands)
  }

  /// What to know before a backup of Convex is restored.
  static func convexWarnings(_ facts: RestoreFacts) -> [Warning] {
    guard facts.system == "convex" else { return [] }
    var warnings: [Warning] = []
    if facts.kind == "snapshot" {
      warnings.append(
        Warning(
          "rows-alone", "an export holds no code, indexes, schedules or environment: deploy the project's code first"))
      if let generation = facts.attributes["generation"], generation.starts(with: "uniform".utf8) {
        warnings.append(
          Warning("newer-server", "servers from before March 2026 cannot import it: they stop at \"uniform\""))
      }
    }
    let orphans = facts.tables.map(\.name).filter { facts.mutation(of: $0) == nil }
    if facts.hasMutations, !orphans.isEmpty {
      let shown = orphans.prefix(8).map { displayed($0) }.joined(separator: ", ")
      warnings.append(
        Warning("no-restore-function", "the documentation names no function that restores \(shown)"))
    }
    return warnings
  }
}

extension RestoreFacts {
  private static let prefix = "restore "

  /// The function that the documentation names for restoring a table.
  func mutation(of table: Name) -> [UInt8]? {
    attributes.first { $0.key.utf8.elementsEqual(Array((Self.prefix + displayed(table)).utf8)) }?.value
  }
  /// Whether the documentation names such functions.
  var hasMutations: Bool { attributes.keys.contains { $0.hasPrefix(Self.prefix) } }
}

internal import Bytes
internal import CatalogCopy
internal import CatalogSQL
internal import CatalogStore
internal import CommandLine
internal import Diagnostics

extension Verb {
  static let catalog = Verb(
    Command(
      "catalog", "copy a catalog to another place", examples: [],
      subcommands: [
        Command(
          "copy", "copy a catalog with everything in it, between a file and a PostgreSQL database or two of a kind",
          examples: [
            Example(
              "coffer catalog copy ~/.local/share/coffer/catalog.db postgres://db.example.org/coffer", "to share it"),
            Example("coffer catalog copy postgres://db.example.org/coffer catalog.db", "and back into a file"),
          ],
          operands: [
            Operand("FROM", .file), Operand("TO", .file),
          ],
          discussion:
            "TO is created as needed and must hold nothing yet. All is done in one transaction; what arrived is read "
            + "again, and kept only when its checksum is that of FROM, which is printed.",
          exitCodes: [.noCatalog, .locked, .catalogTooNew])
      ]),
    run: copyCatalog)
}

private func copyCatalog(_ session: Session) throws(Failure) -> ExitCode {
  let words = session.invocation.operands
  guard words.allSatisfy({ !$0.isEmpty }) else { throw .usage("the place of a catalog is empty") }
  let (from, to) = (CatalogPlace(words[0]), CatalogPlace(words[1]))
  let key = try SecretKeyFile.read()
  let copy = try telling { () throws(CatalogError) in
    let source = try from.open(key)
    return try CatalogCopy.copy(from: source, to: try to.create(key))
  }
  var report = try session.report()
  try report.begin(Section("tables", [ReportColumn("table"), ReportColumn("rows", isNumeric: true)]))
  for table in copy.rows where table.count > 0 { try report.row([.text(table.table), .integer(table.count)]) }
  try report.row([.text("pages"), .integer(Int64(copy.pageCount))])
  try report.finish()
  session.note(
    "\(displayed(try from.shown())) is now also at \(displayed(try to.shown())), checksum \(hexadecimal(copy.digest))")
  return .success
}

internal import BuiltIn
internal import Bytes
internal import CommandLine
internal import Conversion
internal import Records
internal import Transforms

/// The flags of `convert` and `export`.
enum ConvertFlags {
  static let target = Flag(
    "to", short: "t", .choice("FORMAT", BuiltIn.exportFormats.map(\.id)),
    "format to write; else the output's ending says")
  static let output = Flag(
    "output", short: "o", .file("PATH"), "file to write, or DIR/ for a file per table; else standard output")
  static let dialect = Flag("dialect", .choice("DIALECT", SQLDialect.allCases.map(\.rawValue)), "of SQL; else postgres")
  static let schemaOnly = Flag("schema-only", "write the tables without their rows")
  static let dataOnly = Flag("data-only", "write the rows without the tables")
  static let table = Flag("table", .text("NAME"), "write only this table", isRepeatable: true)
  static let exclude = Flag("exclude", .text("NAME"), "leave this table out", isRepeatable: true)
  static let inserts = Flag("inserts", "INSERT where COPY is usual")
  static let cycles = Flag(
    "cycles", .choice("HOW", CycleStrategy.allCases.map(\.rawValue)),
    "how SQL loads tables that refer to each other; else keys come after the rows")
  static let csv = Flag(
    "csv", .choice("STYLE", CSVStyle.allCases.map(\.rawValue)),
    "lossless adds a schema file; spreadsheet guards against formulas")
  static let byteOrderMark = Flag("bom", "begin CSV with a byte order mark, for Excel")
  static let noInternalFields = Flag(
    "no-internal-fields", "leave out the fields the system adds, such as _creationTime; CSV of Convex does")
  static let internalFields = Flag("internal-fields", "keep them in CSV of Convex, too; lossless CSV does")
  static let foreignKeys = Flag(
    "fk", .choice("WHAT", ["keep", "drop", "infer"]),
    "foreign keys whose table or rows are not in the backup; else drop. infer adds those that names and values suggest")
  static let appLabel = Flag(
    "app-label", .text("APP"), "application of the models in a fixture of Django, when the source has none; else app")
  static let naturalKeys = Flag(
    "natural-keys", .choice("WHICH", NaturalKeyOptions.Choice.allCases.map(\.rawValue)),
    "references in a fixture of Django by natural keys: of Django's own models, or of tables with one unique key, too")
  static let naturalPrimary = Flag(
    "natural-primary", "leave the primary keys of rows with natural keys out: they get new ones where they are loaded")
  static let salvage = Flag("salvage", "write the whole rows before a cut or an error")
  static let replace = Flag("replace", "replace an existing output")
  static let compress = Flag(
    "compress", .choice("HOW", BuiltIn.decoders.map(\.id)), "compress the output; else its ending says")
  static let files = Flag(
    "files", .file("DIR"), "put the files within the backup there; rows keep path, size and SHA-256")
  static let certificate = Flag(
    "certificate", .file("FILE"), "read the output again, compare every row, and write down what was found (see prove)")
  static let failOnLoss = Flag("fail-on-loss", "exit 5 when the target cannot hold everything")
  static let safe = Flag(
    "safe", "leave out secrets, wherever they stand; the output is searched for them before it appears")
  static let complete = Flag("complete", "write everything, secrets too, with a warning that names them")

  static let writing =
    [
      target, output, dialect, schemaOnly, dataOnly, table, exclude, inserts, cycles, csv, byteOrderMark,
      noInternalFields,
      internalFields,
      foreignKeys, appLabel, naturalKeys, naturalPrimary, salvage, replace, compress, files, certificate, failOnLoss,
      safe, complete,
    ] + MappingFlags.all

  /// What the flags say about writing.
  static func options(_ invocation: Invocation) throws(Failure) -> WriteOptions {
    var options = WriteOptions()
    if invocation.isSet(ifTaken: safe) && invocation.isSet(ifTaken: complete) {
      throw .usage("--safe and --complete exclude each other")
    }
    if invocation.takes(certificate), invocation.bytes(certificate) != nil,
      invocation.isSet(ifTaken: safe) || invocation.isSet(ifTaken: schemaOnly)
    {
      throw .usage("--certificate is of all rows as they are, not of --safe or --schema-only")
    }
    if invocation.isSet(ifTaken: schemaOnly) && invocation.isSet(ifTaken: dataOnly) {
      throw .usage("--schema-only and --data-only leave nothing to write")
    }
    options.dialect = invocation.choice(ifTaken: dialect) ?? .postgres
    options.writesSchema = !invocation.isSet(ifTaken: dataOnly)
    options.writesData = !invocation.isSet(ifTaken: schemaOnly)
    options.usesInserts = invocation.isSet(ifTaken: inserts)
    options.cycles = invocation.choice(ifTaken: cycles)
    options.csv = invocation.choice(ifTaken: csv) ?? .plain
    options.appLabel = invocation.bytes(ifTaken: appLabel).map { Name($0) }
    options.naturalKeys = try naturalKeys(invocation)
    options.writesByteOrderMark = invocation.isSet(ifTaken: byteOrderMark)
    return options
  }

  private static func naturalKeys(_ invocation: Invocation) throws(Failure) -> NaturalKeyOptions? {
    let replaces = invocation.isSet(ifTaken: naturalPrimary)
    guard let choice: NaturalKeyOptions.Choice = invocation.choice(ifTaken: naturalKeys) else {
      guard !replaces else {
        throw .usage("--natural-primary is of rows with natural keys", advice: "say which: --natural-keys django")
      }
      return nil
    }
    guard !replaces || invocation.bytes(ifTaken: certificate) == nil else {
      throw .usage("--certificate compares rows by the keys that --natural-primary leaves out")
    }
    return NaturalKeyOptions(choice, replacesKeys: replaces)
  }

  /// The columns of the system that are left out: where it is asked for, and of CSV, which is for people and other systems,
  /// unless it is lossless.
  static func internalFields(
    _ invocation: Invocation, _ system: any SourceSystem, _ target: ConversionTarget
  ) throws(Failure) -> [Name] {
    if invocation.isSet(ifTaken: noInternalFields) && invocation.isSet(ifTaken: internalFields) {
      throw .usage("--internal-fields and --no-internal-fields exclude each other")
    }
    if invocation.isSet(ifTaken: noInternalFields) { return ["_id", "_creationTime"] }
    let isSheet =
      ["csv", "tsv"].contains(target.format.id) && invocation.word(ifTaken: csv) != CSVStyle.lossless.rawValue
    return isSheet && !invocation.isSet(ifTaken: internalFields) ? system.internalFields : []
  }

  /// What the flags leave out; `part` are the only tables that are wanted.
  static func transforms(_ invocation: Invocation, internals: [Name], part: [Name]?) -> [any Transform] {
    var transforms: [any Transform] = []
    let included = part ?? invocation.all(ifTaken: table).map { Name($0) }
    let excluded = invocation.all(ifTaken: exclude).map { Name($0) }
    if !included.isEmpty || !excluded.isEmpty {
      transforms.append(SelectTables(included: included, excluded: excluded))
    }
    if !internals.isEmpty { transforms.append(DropColumns(names: internals)) }
    return transforms
  }
}

/// What to write, found from the flags and the output's name.
struct ConversionTarget {
  var format: any ExportFormat
  /// Nil is standard output.
  var path: [UInt8]?
  var encoder: (any ContentDecoder)?

  /// A format that is no file, such as a live database.
  init(_ format: any ExportFormat) { self.format = format }

  /// `fallback`: the format that is written when nothing says one.
  init(_ invocation: Invocation, fallback: String? = nil) throws(Failure) {
    let given = invocation.bytes(ConvertFlags.output)
    path = given == Array("-".utf8) ? nil : given
    // The parts of the name after its dots, the last one first.
    var endings = (path?.lastPathComponent ?? []).split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
      .dropFirst().reversed().map { String(decoding: $0, as: UTF8.self).lowercased() }
    if let id = invocation.word(ConvertFlags.compress) {
      encoder = BuiltIn.decoders.first { $0.id == id }
      if let first = endings.first, encoder?.endings.contains(first) == true { endings.removeFirst() }
    } else if let first = endings.first, let decoder = BuiltIn.decoders.first(where: { $0.endings.contains(first) }) {
      encoder = decoder
      endings.removeFirst()
    }
    let wanted = invocation.word(ConvertFlags.target)
    let format =
      BuiltIn.exportFormats.first { format in
        if let wanted { return format.id == wanted }
        return endings.first.map { $0 == format.ending || $0 == format.id } ?? false
      } ?? BuiltIn.exportFormats.first { wanted == nil && $0.id == fallback }
    guard let format else {
      throw .usage(
        path == nil ? "-t FORMAT is missing" : "the output's name does not say its format",
        advice: "-t with one of: " + BuiltIn.exportFormats.map(\.id).joined(separator: ", "))
    }
    self.format = format
  }
}

// Verbs that convert take some of the same flags, and no verb takes all.
extension Invocation {
  func isSet(ifTaken flag: Flag) -> Bool { takes(flag) && isSet(flag) }
  func bytes(ifTaken flag: Flag) -> [UInt8]? { takes(flag) ? bytes(flag) : nil }
  func all(ifTaken flag: Flag) -> [[UInt8]] { takes(flag) ? all(flag) : [] }
  func word(ifTaken flag: Flag) -> String? { takes(flag) ? word(flag) : nil }
  func choice<T: RawRepresentable<String>>(ifTaken flag: Flag) -> T? { takes(flag) ? choice(flag) : nil }
}

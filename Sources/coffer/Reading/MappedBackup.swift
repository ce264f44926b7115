internal import Bytes
internal import CommandLine
internal import Conversion
internal import Diagnostics
internal import Mapping
internal import Records

/// The flags of verbs that read a backup as another system has it.
enum MappingFlags {
  static let map = Flag("map", .file("FILE"), "names, types, keys and values of another system: see 'help mapping'")
  static let cast = Flag(
    "cast", .text("RULE"), "'table.column=type using function': see 'help mapping'", isRepeatable: true)
  static let all = [map, cast]
}

extension Session {
  /// The mapping that the flags state; nil: none.
  func mapping() throws(Failure) -> Mapping? {
    guard invocation.takes(MappingFlags.map) else { return nil }
    let path = invocation.bytes(MappingFlags.map), casts = invocation.all(MappingFlags.cast)
    guard path != nil || !casts.isEmpty else { return nil }
    let text = try mappingText(invocation)
    do throws(MappingError) {
      var mapping = try Mapping(text, path: path ?? [])
      for cast in casts { try mapping.add(cast: cast) }
      return mapping
    } catch { throw Failure(error) }
  }
}

/// The text of the mapping file that the flags name; empty: none.
func mappingText(_ invocation: Invocation) throws(Failure) -> [UInt8] {
  guard let path = invocation.bytes(MappingFlags.map) else { return [] }
  return try telling { () throws(IOError) in
    var source: any ByteSource & ~Copyable = try FileSource(regularFile: path)
    return try readAll(&source, limit: Mapping.sizeLimit)
  }
}

extension OpenedBackup {
  /// The backup as a mapping has it, what is known of it then, and what the mapping does. Of rejects, columns are apart already.
  func mapped(
    _ mapping: Mapping, _ knowledge: Knowledge, isOfRejects: Bool = false
  ) throws(Failure) -> (OpenedBackup, Knowledge, MappingLog) {
    var shapes: NestedShapes?
    let plan: MappingPlan
    if !isOfRejects {
      do throws(ReadError) { shapes = try NestedShapes(mapping, of: system, input, knowledge) } catch {
        throw Failure(error)
      }
    }
    do throws(MappingError) {
      plan = try MappingPlan(mapping, knowledge, shapes, isOfRejects: isOfRejects)
    } catch { throw Failure(error) }
    let system = MappedSystem(system, knowledge, plan)
    return (OpenedBackup(input: input, system: system), plan.knowledge, system.log)
  }
}

extension Failure {
  init(_ error: MappingError) {
    let place =
      switch error.place {
      case .file(let place): "\(place.shown): "
      case .flag(let argument): "--cast '\(displayed(argument))': "
      case nil: ""
      }
    let meant = error.unknown.flatMap { suggestion(for: $0.word, among: $0.known) }.map { "did you mean '\($0)'?" }
    let advice = [meant, error.advice].compactMap(\.self)
    self = .usage(place + error.message, advice: advice.isEmpty ? nil : advice.joined(separator: " "))
  }
}

extension Session {
  /// What people are told of the rules of a mapping.
  func note(rules: [AppliedRule]) {
    for rule in rules {
      let place = displayed(rule.table) + (rule.column.map { ".\(displayed($0))" } ?? "")
      note("rule: \(place): \(rule.words)" + (rule.count > 0 ? " (\(rule.count))" : ""))
    }
  }
}

/// What programs are told of a rule of a mapping.
func fields(of rule: AppliedRule) -> [Value.Field] {
  [
    .init("message_type", .text("rule")), .init("table", .name(rule.table)), .init("column", Value(rule.column)),
    .init("rule", .text(rule.words)), .init("count", .integer(rule.count)),
  ]
}

extension RowShape where Item == AppliedRule {
  /// The rules of a mapping.
  static var rules: RowShape {
    RowShape(
      "rules",
      [ReportColumn("table"), ReportColumn("column"), ReportColumn("rule"), ReportColumn("count", isNumeric: true)]
    ) { rule in [.name(rule.table), Value(rule.column), .text(rule.words), .integer(rule.count)] }
  }
}

extension RowShape where Item == Loss {
  /// Rows and values that are not carried.
  static var losses: RowShape {
    RowShape(
      "losses",
      [
        ReportColumn("code"), ReportColumn("table"), ReportColumn("column"), ReportColumn("message"),
        ReportColumn("count", isNumeric: true), ReportColumn("is_reject", isDetail: true),
      ]
    ) { loss in
      [
        .text(loss.code), .name(loss.table), Value(loss.column), .text(loss.message), .integer(loss.count),
        .boolean(loss.isReject),
      ]
    }
  }
}

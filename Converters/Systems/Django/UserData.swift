internal import Bytes
internal import Conversion
internal import Diagnostics
internal import Records

/// The documents of `export_user_data.py` and its like: users, groups, permissions and whatever else, by name.
enum UserData {
  /// Keys that every such document has.
  static let keys: [Name] = ["export_date", "django_version", "users", "groups", "permissions"]
  /// Keys whose values change with every export though the data does not.
  static let volatileKeys = "export_date"

  /// Tables of these documents: name, fields that tell it, and the model it holds.
  private static let tables: [(name: Name, signs: [Name], model: Name)] = [
    ("users", ["username", "password", "is_superuser"], "auth.user"),
    ("groups", ["name", "permissions"], "auth.group"),
    ("permissions", ["codename", "content_type"], "auth.permission"),
    ("openai_models", ["name", "input_cost"], "home.supportedopenaimodel"),
  ]

  /// The model that a table of such a document holds; nil when it is none that is known.
  static func model(_ table: Name, _ fields: [Name]) -> KnownModel? {
    guard let found = tables.first(where: { $0.name == table && Set(fields).isSuperset(of: $0.signs) }) else {
      // An empty array shows no fields; its name is all there is.
      guard fields.isEmpty, let named = tables.first(where: { $0.name == table }) else { return nil }
      return DjangoTables.model(named.model)
    }
    return DjangoTables.model(found.model)
  }

  // MARK: What is known of these documents

  /// Adds what the scripts and the documentation beside them tell.
  static func complete(
    _ knowledge: inout Knowledge, _ envelope: [(name: Name, value: [UInt8])], _ inference: Inference
  ) {
    knowledge.attributes.append(("volatile_keys", Array(volatileKeys.utf8)))
    let names = Set(envelope.map(\.name) + inference.models.map(\.name))
    guard Set(keys).isSubset(of: names) else { return }
    knowledge.findings += scriptFindings
    if knowledge.tables.contains(where: { $0.name == "home_supportedopenaimodel" }) {
      knowledge.findings += staleContentTypes(inference) + ambiguousCosts(inference)
    }
  }

  /// What holds of every document of these scripts.
  private static let scriptFindings = [
    Finding(
      "permissions-not-imported", .warning,
      "permissions are exported, but import_user_data.py does not import them",
      advice: "convert the backup and load auth_permission as well", table: "auth_permission"),
    Finding(
      "ids-not-maintained", .warning,
      "import_user_data.py matches users by user name, groups and models by name, and links them by the exported ids: rows that exist under another id get wrong memberships",
      advice: "load into an empty database, or compare the ids first", table: "auth_user"),
    Finding(
      "memberships-not-cleared", .info,
      "import_user_data.py leaves memberships as they are where the exported list is empty", table: "auth_user_groups"),
    Finding(
      "partial-backup", .info,
      "only users, groups, permissions and the models named here are backed up: no schema, no other application"),
  ]

  /// Permissions for a model that has another name by now.
  private static func staleContentTypes(_ inference: Inference) -> [Finding] {
    let old = Array("openaimodel".utf8)
    var count = 0
    for model in inference.models {
      guard let field = model.index["content_type"] else { continue }
      let lists = model.fields[field].lists
      for parts in lists.samples where parts.last == old {
        var tuple = Tuple()
        for part in parts { tuple.append(part.span) }
        count += lists.tuples[tuple.hash] ?? 0
      }
    }
    guard count > 0 else { return [] }
    return [
      Finding(
        "stale-content-type", .info,
        "permissions belong to the content type 'home.openaimodel', which was renamed to 'supportedopenaimodel'",
        table: "auth_permission", column: "content_type_id", count: count)
    ]
  }

  /// Costs that the export script writes as null although they may be zero.
  private static func ambiguousCosts(_ inference: Inference) -> [Finding] {
    var findings: [Finding] = []
    for (m, model) in inference.models.enumerated() where inference.identities[m].table == "home_supportedopenaimodel" {
      for name in ["cached_input_cost", "output_cost"] as [Name] {
        guard let field = model.index[name], model.fields[field].absent > 0 else { continue }
        findings.append(
          Finding(
            "zero-exported-as-null", .warning,
            "export_user_data.py writes a cost of 0 as null: a null in '\(displayed(name))' may mean free of charge",
            table: "home_supportedopenaimodel", column: name, count: model.fields[field].absent))
      }
    }
    return findings
  }
}

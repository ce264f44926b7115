package import Conversion
package import Records

/// A fixture of Django in JSON with drafts of the models that it fills: `fixture.json`, and `models_APP.py` for each application.
///
/// Models of Django's own (users, groups, content types…) are no part of the drafts.
package struct DjangoSet: ExportFormat {
  package init() {}
  package var id: String { "django" }
  package var summary: String { "fixture.json for Django's loaddata, and drafts of the models.py that it fills" }
  package var ending: String { "json" }
  package var holdsManyTables: Bool { true }
  package var passwordTargets: [PasswordTarget] { [.django] }
  package var system: String? { "django" }

  package func lineage(of tables: [TableSchema], options: WriteOptions) -> Lineage {
    FixturePlan(tables, options, .json).lineage
  }

  package func makeWriter(to output: Output, tables: [TableSchema], options: WriteOptions) throws(WriteError)
    -> any RecordWriter & ~Copyable
  {
    guard !output.isSingle else {
      throw WriteError(.unsupported("a fixture with its models is a directory: name one that ends with '/', -o DIR/"))
    }
    let plan = FixturePlan(tables, options, .json)
    return DjangoSetWriter(try FixtureWriter(to: output, plan, .json), ModelDraft(plan, options.models), output)
  }
}

extension ExportFormat where Self == DjangoSet {
  package static var djangoSet: DjangoSet { DjangoSet() }
}

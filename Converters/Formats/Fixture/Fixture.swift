package import Conversion
package import Records

/// The forms in which Django writes fixtures.
package enum FixtureSyntax: String, CaseIterable, Sendable { case json, jsonl, xml, yaml }

/// Fixtures of Django, as `dumpdata` writes them and `loaddata` reads them.
package struct Fixture: ExportFormat {
  package let syntax: FixtureSyntax
  package init(_ syntax: FixtureSyntax) { self.syntax = syntax }

  package var id: String { "django-\(syntax)" }
  package var summary: String {
    switch syntax {
    case .json: "fixture of Django in JSON, for its loaddata"
    case .jsonl: "fixture of Django in JSON Lines"
    case .xml: "fixture of Django in XML"
    case .yaml: "fixture of Django in YAML"
    }
  }
  package var ending: String { syntax.rawValue }
  package var holdsManyTables: Bool { true }
  package var passwordTargets: [PasswordTarget] { [.django] }

  package var system: String? { "django" }

  package func lineage(of tables: [TableSchema], options: WriteOptions) -> Lineage {
    FixturePlan(tables, options, syntax).lineage
  }

  package func makeWriter(to output: Output, tables: [TableSchema], options: WriteOptions) throws(WriteError)
    -> any RecordWriter & ~Copyable
  {
    try FixtureWriter(to: output, FixturePlan(tables, options, syntax), syntax)
  }
}

extension ExportFormat where Self == Fixture {
  package static var djangoJSON: Fixture { Fixture(.json) }
  package static var djangoJSONLines: Fixture { Fixture(.jsonl) }
  package static var djangoXML: Fixture { Fixture(.xml) }
  package static var djangoYAML: Fixture { Fixture(.yaml) }
}

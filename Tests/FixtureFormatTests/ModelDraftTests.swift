import BuiltIn
import Bytes
import Conversion
import Records
import TestSupport
import Testing

@testable import FixtureFormat

/// Drafts of models beside a fixture, which Django itself takes.
@Suite struct ModelDraftTests {
  private static let python = packageRoot + "/.build/oracles/bin/python"
  private static let oracle = packageRoot + "/Tests/oracles/django_draft.py"

  /// Django checks the drafts, makes the tables of them, loads the fixture and dumps the same objects again.
  @Test(arguments: [
    "django/library.json", "demo/shop/shop_dumpdata.json", "demo/harbourlight/convex_backups",
    "prisma/atelier/backups/atelier-backup-2025-10-30T10-00-00.json",
  ]) func djangoLoadsTheFixtureByTheDrafts(_ path: String) throws {
    let place = try TemporaryDirectory(), output = place.path + "/set"
    let recognition = try BuiltIn.recogniser.recognise(
      BuiltIn.recogniser.open(Array((packageRoot + "/Tests/Fixtures/" + path).utf8)))
    let backup = try #require(recognition.backups.first)
    let system = try #require(BuiltIn.recogniser.system(backup.system))
    let input = BackupInput(
      backup: backup, container: recognition.container, toolbox: BuiltIn.toolbox, options: ReadOptions())
    var job = ConversionJob(input: input, system: system, format: DjangoSet())
    job.outputPath = Array((output + "/").utf8)
    let report = try job.run()
    #expect(!report.losses.contains { $0.isReject })
    let result = try TestSupport.run([Self.python, Self.oracle, output])
    #expect(result.exitCode == 0 && result.text.hasPrefix("same: "), "\(result.text)\(result.errorText)")
  }

  private func draft(_ tables: [TableSchema]) throws -> (Written, String) {
    let written = try write(tables.map { TestTable($0, []) }, as: DjangoSet(), toDirectory: true)
    return (written, written["models_app.py"])
  }

  @Test func fieldsKeysAndRelations() throws {
    let writers = TableSchema(
      "writers",
      [
        Column("id", .int64, isNullable: false, isIdentity: true),
        Column("name", .text, isNullable: false, maximumLength: 40),
        Column("mood", .enumeration(["so so", "glad"])), Column("tags", .array(.text)),
      ], primaryKey: ["id"], uniqueKeys: [["name"]])
    var pages = TableSchema(
      "pages",
      [
        Column("writer_id", .int64, isNullable: false), Column("No", .int32, isNullable: false),
        Column("editor", .text), Column("price", .decimal(precision: 8, scale: 2)), Column("class", .boolean),
      ], primaryKey: ["writer_id", "No"],
      foreignKeys: [
        ForeignKey(["writer_id"], references: "writers", ["id"]),
        ForeignKey(["editor"], references: "writers", ["name"]),
      ], indexes: [["price", "class"]])
    pages.foreignKeys[0].actions = Array("ON DELETE CASCADE".utf8)
    let (written, text) = try draft([writers, pages])
    #expect(
      text == """
        # A draft made of a backup's tables, for app/models.py. Compare it with the application's own models before using it.
        from django.contrib.postgres.fields import ArrayField
        from django.db import models


        class Writers(models.Model):
            id = models.BigAutoField(primary_key=True)
            name = models.CharField(max_length=40, unique=True)
            mood = models.CharField(max_length=5, choices=[("so so", "so so"), ("glad", "glad")], null=True, blank=True)
            tags = ArrayField(models.TextField(), null=True, blank=True)

            class Meta:
                db_table = "writers"


        class Pages(models.Model):
            pk = models.CompositePrimaryKey("writer", "no")
            writer = models.ForeignKey("app.writers", on_delete=models.CASCADE, related_name="+")
            no = models.IntegerField(db_column="No")
            editor = models.ForeignKey("app.writers", on_delete=models.DO_NOTHING, to_field="name", related_name="+", null=True, blank=True, db_column="editor")
            price = models.DecimalField(max_digits=8, decimal_places=2, null=True, blank=True)
            class_field = models.BooleanField(null=True, blank=True, db_column="class")

            class Meta:
                db_table = "pages"
                indexes = [models.Index(fields=["price", "class_field"])]

        """)
    #expect(written.losses.isEmpty && Set(written.files.keys) == ["fixture.json", "models_app.py"])
  }

  /// What a draft cannot say is named.
  @Test func whatCannotBeSaidIsNamed() throws {
    var inner = TableSchema("x.t", [Column("a", .text)])
    inner.namespace = "x"
    let written = try write([TestTable(inner, [])], as: DjangoSet(), toDirectory: true)
    #expect(written.losses.map(\.code) == ["key-added", "namespace-left-out"])
    #expect(throws: WriteError.self) { _ = try write([TestTable(inner, [])], as: DjangoSet()) }
  }
}

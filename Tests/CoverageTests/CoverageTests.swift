import Bytes
import CatalogModel
import Coverage
import DjangoModels
import PrismaSchema
import Records
import Testing

private let day: Int64 = 86_400_000_000

private func table(_ name: String, _ columns: [String] = ["id"], rows: Int64 = 3, secret: String? = nil) -> CatalogTable
{
  var table = CatalogTable(
    name: Name(name),
    columns: columns.map { CatalogColumn(name: Name($0), type: "text", isSecret: $0 == secret) })
  table.statistics.recordCount = rows
  return table
}

/// A backup of some day; `contents` is safe or complete.
private func backup(
  _ at: Int64, _ contents: String, _ tables: [CatalogTable], system: String = "prisma", _ more: [(String, String)] = []
) -> CoveredBackup {
  CoveredBackup(
    Backup(
      key: Key(at), id: BackupID(project: "p", content: [UInt8(truncatingIfNeeded: at)]), project: "p",
      environment: nil,
      content: [], system: system, kind: contents,
      takenAt: BackupTime(Moment(microseconds: at * day), origin: .content, hasZone: true),
      registeredAt: Moment(microseconds: 0), label: nil, note: nil, indexing: .full,
      attributes: ([("backup_contents", contents)] + more).map { Attribute($0.0, Array($0.1.utf8)) },
      counts: BackupCounts()), tables)
}

private func states(_ coverage: Coverage) -> [String: String] {
  Dictionary(
    coverage.rows.map { (String(decoding: $0.name.bytes, as: UTF8.self), $0.state.rawValue) },
    uniquingKeysWith: { "\($0) and \($1)" })
}
private func now(_ days: Int64) -> Moment { Moment(microseconds: days * day) }

@Suite struct CoverageTests {
  private let models = CoverageModel.all(
    PrismaSchema(
      Array(
        """
        model User { 
          id String @id
          name String?
          password String?
          posts Post[]
          @@map("users_table")
        }
        model Post {
          id String @id
          author User @relation(fields: [authorId], references: [id])
          authorId String
          tags Tag[]
        }
        model Tag {
          id String @id
          posts Post[]
        }
        model FFEItemStatus {
          id String @id
        }
        model Old {
          id String @id
          @@ignore
        }
        """.utf8)
    ).tables())

  @Test func modelsAgainstTheNewestBackups() {
    let coverage = Coverage(
      models: models,
      backups: [
        backup(20, "safe", [table("users", ["id", "name"]), table("posts", rows: 0)]),
        backup(
          19, "complete", [table("user", ["id", "name", "password"], secret: "password"), table("ffeItemStatuses")]),
        backup(10, "safe", [table("users", ["id", "name", "phone"]), table("posts", rows: 5), table("legacy")]),
      ], now: now(21))
    #expect(
      states(coverage) == [
        "User": "backed up", "Post": "emptied", "Tag": "never backed up", "FFEItemStatus": "not in safe backups",
        "Old": "ignored", "legacy": "vanished", "_PostToTag": "never backed up",
      ])
    let user = coverage.rows.first { $0.name == "User" }
    #expect(user?.lostColumns == ["phone"] && user?.places == ["safe", "complete"] && user?.holdsSecrets == true)
    #expect(coverage.rows.first { $0.name == "legacy" }?.lastSeen?.takenAt.moment == now(10))
    #expect(
      coverage.advice.map(\.code) == [
        "back-up-models", "find-vanished", "check-emptied", "widen-safe", "keep-complete-private",
      ])
  }

  @Test func columnsThatNoRowHas() {
    let coverage = Coverage(models: models, backups: [backup(1, "safe", [table("User", ["id"])])], now: now(2))
    #expect(coverage.rows.first { $0.name == "User" }?.missingColumns == ["name", "password"])
  }

  /// Models of a Django project are their tables, or what readers of fixtures without the schema call these.
  @Test func modelsOfDjangoAgainstBackups() {
    let project = DjangoModels([
      (
        Array("shop/models.py".utf8),
        Array(
          """
          from django.db import models
          class Item(models.Model):
              code = models.CharField(max_length=9)
              tags = models.ManyToManyField("Tag")
              class Meta:
                  db_table = "goods"
          class Tag(models.Model):
              label = models.CharField(max_length=9)
          class Order(models.Model):
              item = models.ForeignKey(Item, on_delete=models.CASCADE)
          """.utf8)
      )
    ])
    let models = CoverageModel.all(project.declarations)
    let coverage = Coverage(
      models: models,
      backups: [
        backup(2, "fixture", [table("shop_item", ["id", "code"]), table("shop_tag", ["id"])], system: "django"),
        backup(1, "dump", [table("goods", ["id", "code"]), table("goods_tags")], system: "django"),
      ], now: now(3))
    let found = states(coverage)
    #expect(found["shop.item"] == "backed up" && found["shop.tag"] == "backed up")
    #expect(found["shop.order"] == "never backed up")
    #expect(found["shop.item.tags"] != "never backed up")
    #expect(coverage.rows.first { $0.name == "shop.tag" }?.missingColumns == ["label"])
  }

  @Test func backupsAloneAreCompared() {
    let coverage = Coverage(
      models: [],
      backups: [
        backup(3, "dump", [table("a"), table("c"), table("user"), table("users")], system: "django"),
        backup(2, "dump", [table("a"), table("b")], system: "django"),
      ], now: now(4))
    #expect(
      states(coverage) == ["a": "backed up", "b": "vanished", "c": "appeared", "user": "appeared", "users": "appeared"])
    #expect(coverage.assets == nil && coverage.advice.map(\.code) == ["find-vanished"])
  }

  @Test(arguments: [
    (5, 0, 0, "files-are-in-the-cloud"), (5, 2, 0, "files-are-local"), (5, 2, 2, "files-are-embedded"),
  ])
  func files(_ cloud: Int, _ local: Int, _ embedded: Int, _ code: String) {
    let facts = [
      ("assets_cloud", "\(cloud)"), ("assets_local", "\(local)"), ("assets_embedded", "\(embedded)"),
      ("assets_local_missing", "\(local - embedded)"),
    ]
    let coverage = Coverage(models: [], backups: [backup(1, "complete", [table("a")], facts)], now: now(2))
    #expect(coverage.assets?.local == local)
    #expect(coverage.advice.map(\.code) == [code, "keep-complete-private"])
  }

  @Test func whenTheNextIsDue() {
    let old = [backup(1, "safe", [table("a")]), backup(1, "complete", [table("a")])]
    #expect(Coverage(models: [], backups: old, now: now(9)).advice.map(\.code) == ["keep-complete-private"])
    #expect(
      Coverage(models: [], backups: old, now: now(40)).advice.map(\.code) == [
        "safe-weekly", "complete-monthly", "keep-complete-private",
      ])
    #expect(Coverage(models: [], backups: [old[0]], now: now(2)).advice.map(\.code) == ["no-complete"])
  }

  /// The newest backup of each kind counts; one that was never made is missing.
  @Test func policiesAreKeptOrNot() {
    let all = [backup(30, "safe", [table("a")]), backup(1, "safe", [table("a")]), backup(1, "complete", [table("a")])]
    func verdicts(_ backups: [CoveredBackup], _ day: Int64) -> [String] {
      Coverage(models: [], backups: backups, now: now(day)).states(of: BackupPolicy.allCases, now: now(day)).map {
        $0.verdict.rawValue
      }
    }
    #expect(verdicts(all, 31) == ["kept", "kept"] && verdicts(all, 38) == ["kept", "overdue"])
    #expect(verdicts(all, 39) == ["overdue", "overdue"])
    #expect(verdicts([all[2]], 2) == ["missing", "kept"] && verdicts([], 2) == ["missing", "missing"])
  }

  @Test func nothingToCompare() {
    #expect(Coverage(models: [], backups: [], now: now(1)).rows.isEmpty)
    #expect(Coverage(models: models, backups: [], now: now(1)).count(.never) == 5)
  }
}

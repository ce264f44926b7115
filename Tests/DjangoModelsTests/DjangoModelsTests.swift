import Bytes
import Diagnostics
import DjangoModels
import Records
import TestSupport
import Testing

/// What project files declare.
@Suite struct DjangoModelsTests {
  private func read(_ files: [String: String]) -> DjangoModels {
    DjangoModels(files.map { (path: Array($0.key.utf8), text: Array($0.value.utf8)) })
  }
  private func models(_ text: String) -> Declarations { read(["shop/models.py": text]).declarations }

  // MARK: models.py

  @Test func classesBecomeModels() throws {
    let found = models(
      """
      # -*- coding: utf-8 -*-
      from django.db import models
      from .managers import X as Y

      KINDS = (('a', 'A'), ('b', "B"))

      class Stamped(models.Model):
          '''Doc: class Fake(models.Model):
              x = models.CharField()
          '''
          created = models.DateTimeField(auto_now_add=True)
          class Meta:
              abstract = True
              ordering = ['-created']

      class Book(Stamped):
          title: str = models.CharField('the ' "title", max_length=120, unique=True)
          price = models.DecimalField(max_digits=8, decimal_places=2, null=True, blank=True)
          kind = models.CharField(max_length=1, choices=KINDS, default=KINDS[0][0], db_index=True)
          author = models.ForeignKey('Author', on_delete=models.CASCADE, null=True)
          parent = models.ForeignKey('self', models.SET_NULL, null=True, db_column='up')
          tags = models.ManyToManyField("lib.Tag", blank=True)
          target = GenericForeignKey('content_type', 'object_id')
          count = property(lambda self: 1)
          def save(self, *args, **kwargs):
              x = models.CharField(max_length=1)
              return super().save(*args, **kwargs)
          class Meta(Stamped.Meta):
              abstract = False
              db_table = 'books'
              unique_together = ('title', 'author')
              indexes = [models.Index(fields=['-price', 'kind'], name='pk')]
              constraints = [models.UniqueConstraint(fields=('kind', 'price'), name='u'),
                             models.UniqueConstraint(fields=['price'], condition=models.Q(kind='a'), name='c')]

      class Author(models.Model):
          name = models.TextField()

      class Essay(Book):
          words = models.PositiveIntegerField(default=1 + 2)

      class Shelf(Book):
          class Meta:
              proxy = True
      """)
    #expect(found.models.map(\.name).sorted() == ["shop.author", "shop.book", "shop.essay"])
    let book = try #require(found["shop.book"])
    #expect(book.table == "books")
    #expect(book.fields.map(\.name) == ["id", "created", "title", "price", "kind", "author", "parent", "tags"])
    #expect(book.field("title")?.maximumLength == 120 && book.field("title")?.isUnique == true)
    #expect(book.field("price")?.type == .decimal(precision: 8, scale: 2) && book.field("price")?.isNullable == true)
    #expect(book.field("kind")?.isIndexed == true && book.field("kind")?.isNullable == false)
    #expect(book.field("author")?.target == "shop.author" && book.field("author")?.column == "author_id")
    #expect(book.field("parent")?.target == "shop.book" && book.field("parent")?.column == "up")
    #expect(book.field("tags")?.isList == true && book.field("tags")?.target == "lib.tag")
    #expect(book.uniqueTogether == [["title", "author"], ["kind", "price"]])
    #expect(book.indexes == [["price", "kind"]])
    let essay = try #require(found["shop.essay"])
    #expect(essay.primaryKey?.column == "book_ptr_id" && essay.primaryKey?.target == "shop.book")
    #expect(essay.fields.map(\.name) == ["book_ptr", "words"])
  }

  @Test func settingsAndApplicationsAreRead() throws {
    let found = read([
      "site/settings.py":
        "import os\nAUTH_USER_MODEL = 'people.Person'\nDEFAULT_AUTO_FIELD = 'django.db.models.BigAutoField'\n",
      "people/apps.py":
        "class PeopleConfig(AppConfig):\n  name = 'people'\n  label = 'folk'\n  default_auto_field = 'django.db.models.AutoField'\n",
      "people/models.py": "class Person(AbstractUser):\n  nick = models.CharField(max_length=9)\n",
      "blog/models.py":
        "class Post(models.Model):\n  by = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE)\n  who = models.OneToOneField(get_user_model(), on_delete=1)\n",
    ]).declarations
    #expect(found["folk.person"]?.primaryKey?.type == .int32)
    #expect(found["folk.person"]?.field("username")?.isUnique == true)
    #expect(found["folk.person"]?.field("groups")?.target == "auth.group")
    #expect(found["blog.post"]?.primaryKey?.type == .int64)
    #expect(found["blog.post"]?.field("by")?.target == "people.person")
    #expect(found["blog.post"]?.field("who")?.isUnique == true)
  }

  @Test func modelsMayBePackages() {
    let found = read([
      "lib/models/__init__.py": "from .book import Book\n",
      "lib/models/book.py": "class Book(Base):\n  n = models.IntegerField()\n",
      "lib/models/base.py": "class Base(models.Model):\n  m = models.IntegerField()\n  class Meta: abstract = True\n",
    ]).declarations
    #expect(found.models.map(\.name).contains("lib.book"))
  }

  // MARK: Migrations

  @Test func migrationsAreReplayed() throws {
    let found = read([
      "shop/models.py": "class Wrong(models.Model):\n  pass\n",
      "shop/migrations/__init__.py": "",
      "shop/migrations/0002_later.py": """
      class Migration(migrations.Migration):
          dependencies = [('shop', '0001_initial')]
          operations = [
              migrations.RenameModel(old_name='Old', new_name='New'),
              migrations.RenameField('new', 'a', 'b'),
              migrations.AddField(model_name='new', name='c', field=models.SlugField(null=True)),
              migrations.AlterField(model_name='new', name='d', field=models.BigIntegerField()),
              migrations.RemoveField(model_name='new', name='e'),
              migrations.AlterModelTable(name='new', table='fresh'),
              migrations.AlterUniqueTogether(name='new', unique_together={('b', 'd')}),
              migrations.AddIndex(model_name='new', index=models.Index(fields=['d'], name='i')),
              migrations.AddIndex(model_name='new', index=models.Index(fields=['b'], name='j')),
              migrations.RemoveIndex(model_name='new', name='i'),
              migrations.DeleteModel('Gone'),
              migrations.RunPython(forwards, migrations.RunPython.noop),
              migrations.SeparateDatabaseAndState(state_operations=[
                  migrations.AddField('new', 'f', models.UUIDField(default=uuid.uuid4)),
              ]),
          ]
      """,
      "shop/migrations/0001_initial.py": """
      def forwards(apps, schema_editor):
          pass

      class Migration(migrations.Migration):
          initial = True
          dependencies = []
          operations = [
              migrations.CreateModel(
                  name='Old',
                  fields=[
                      ('id', models.AutoField(primary_key=True)), ('a', models.CharField(max_length=5)),
                      ('d', models.IntegerField()), ('e', models.IntegerField()),
                      ('g', models.CharField(default='x', max_length=3, validators=[django.core.validators.RegexValidator('^a')])),
                  ],
              ),
              migrations.CreateModel(name='Gone', fields=[('id', models.AutoField(primary_key=True))]),
              migrations.CreateModel(name='Other', fields=[
                  ('id', models.AutoField(primary_key=True)), ('to', models.ForeignKey(to='shop.Old', on_delete=models.CASCADE)),
              ]),
          ]
      """,
      "shop/migrations/0001_squashed_0002.py": "",
    ])
    let models = found.declarations
    #expect(models.models.map(\.name).sorted() == ["shop.new", "shop.other"])
    let new = try #require(models["shop.new"])
    #expect(new.table == "fresh")
    #expect(new.fields.map(\.name) == ["id", "b", "d", "g", "c", "f"])
    #expect(new.field("d")?.type == .int64 && new.field("c")?.isNullable == true && new.field("f")?.type == .uuid)
    #expect(new.uniqueTogether == [["b", "d"]] && new.indexes == [["b"]])
    #expect(models["shop.other"]?.field("to")?.target == "shop.new")
    #expect(found.findings.map(\.code) == ["migrations-run-code"])
  }

  @Test func squashedMigrationsCountOnce() {
    let old =
      "class Migration(migrations.Migration):\n  operations = [migrations.CreateModel('A', [('x', models.IntegerField())])]\n"
    let found = read([
      "a/migrations/0001_initial.py": old,
      "a/migrations/0001_squashed.py":
        "class Migration(migrations.Migration):\n  replaces = [('a', '0001_initial')]\n  operations = [migrations.CreateModel('B', [('x', models.IntegerField())])]\n",
    ]).declarations
    #expect(found.models.map(\.name) == ["a.b"])
  }

  // MARK: Hostile files

  @Test(arguments: [
    String(repeating: "(", count: 100_000), String(repeating: "[[", count: 50),
    "x = " + String(repeating: "-", count: 1_000_000),
    "x = " + Array(repeating: "'a'", count: 200_000).joined(separator: "+"), "x = '''", "x = 'a\n", "class A(",
    "class A(B", "class A:\n\tx",
    (0..<200).map { String(repeating: " ", count: $0) + "if a:" }.joined(separator: "\n"), "x = )", "x = }{", "\\",
    "x = \\", "f'{x'",
    "x = '\\", "x = '\\u'", "class : pass", "class A(B=1, *c, **d): x = models.CharField(*a, **b)",
    "x = [a for b in c]", "\u{0}", "x = y = z = 1",
    "operations = [" + String(repeating: "migrations.RunSQL(state_operations=[", count: 40),
    (0..<3000).map { "class C\($0)(C\(($0 + 1) % 3000)): x = models.CharField()" }.joined(separator: "\n"),
    "class A(A): pass\nclass B(C): pass\nclass C(B): pass",
  ])
  func anythingIsRead(_ text: String) {
    let start = ContinuousClock.now
    _ = read(["a/models.py": text, "a/migrations/0001.py": text, "settings.py": text])
    #expect(ContinuousClock.now - start < .seconds(10))
  }

  @Test func damagedFilesAreNamed() {
    let found = read(["a/models.py": "x = '''", "b/models.py": "class B(models.Model): x = models.IntegerField()\n"])
    #expect(found.findings.first?.code == "unreadable-models")
    #expect(found.findings.first?.artifact == Array("a/models.py".utf8))
  }

  @Test func circlesOfMigrationsEnd() {
    let text = { (other: String) in
      "class Migration(migrations.Migration):\n  dependencies = [('a', '\(other)')]\n  operations = [migrations.CreateModel('M\(other)', [])]\n"
    }
    let found = read(["a/migrations/0001.py": text("0002"), "a/migrations/0002.py": text("0001")]).declarations
    #expect(found.models.count == 2)
  }
}

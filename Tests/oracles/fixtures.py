"""Fixtures of a small project of our own, by Django itself.

make DIR            writes the project's models, a database and its dumps in all four formats
check DIR FILE…     loads each fixture into an empty database; prints what differs from the rows of the first
natural DIR FILE…   loads each fixture into a database with other numbers for the same content types, those of `foreign` names into an
                    empty one; prints what differs from the rows of the project, all told by natural keys
bytes DIR FILE…     prints which fixtures (a.FORMAT) differ from Django's own dump of that format, fractions of seconds aside
yaml                reads JSON texts, one a line, and writes each as PyYAML does
"""
import datetime as dt, decimal, json, os, re, sys, uuid

sys.path.pop(0)  # where another script is called like Django

MODELS = '''
import uuid
from django.db import models


class Author(models.Model):
    name = models.CharField(max_length=80, unique=True)
    mentor = models.ForeignKey("self", null=True, on_delete=models.SET_NULL)


class Shelf(models.Model):
    code = models.UUIDField(primary_key=True, default=uuid.uuid4)
    label = models.SlugField()


class Book(models.Model):
    title = models.TextField()
    author = models.ForeignKey(Author, on_delete=models.CASCADE)
    editor = models.OneToOneField(Author, null=True, on_delete=models.CASCADE, related_name="edited")
    shelves = models.ManyToManyField(Shelf)
    related = models.ManyToManyField("self")
    price = models.DecimalField(max_digits=8, decimal_places=2, null=True)
    weight = models.FloatField(null=True)
    size = models.BigIntegerField(null=True)
    sold = models.BooleanField(null=True)
    day = models.DateField(null=True)
    hour = models.TimeField(null=True)
    moment = models.DateTimeField(null=True)
    length = models.DurationField(null=True)
    cover = models.BinaryField(null=True)
    facts = models.JSONField(null=True)
    address = models.EmailField(blank=True)


class Loan(models.Model):
    pk = models.CompositePrimaryKey("book", "number")
    book = models.IntegerField()
    number = models.IntegerField()
    note = models.CharField(max_length=200, blank=True)
'''

TEXTS = ["", "plain", "two  spaces", "it's", 'say "hi"', "yes", "No", "null", "~", "12", "012", "0x1F", "1e3", "1.5", "1_0",
         "12:30:45", "2024-01-02", "2024-13-45", "2024-01-02 03:04:05", "=", "<<", "- item", "-", "--- x", "? x", ": x",
         "a: b", "a #b", "#x", "&a", "*a", "!t", "%d", "@x", "`x", "{a}", "[a]", "a,b", "multi\nline", "two\n\nbreaks",
         "trail\n", "\nlead", "tab\there", "é", "日本", "😀 face", "\u2028", "\u0085", "\ufeffbom", "\u00a0", "\x7f",
         "word " * 30, "x" * 200, "long 'quoted' " * 12, "line one is rather long indeed, it is\n" * 4, "é " * 60,
         "ends with colon:", "http://x/?a=1&b=<2>", "\\back", "😀" * 30 + " " + "tail " * 20, ".5", "+.inf", ".nan",
         "0b11", "0o7", "1:2", "on", "True", "<None/>", "]]>", "\t", "a\tb: c\n"]
FACTS = [None, {}, [], {"a": 1, "b": [1, 2.5, None, {"x": "é"}], "c": {}, "d": []}, [[1, [2]], [], {"k": [{"z": True}]}],
         "text", 12345678901234567890, True, {"on": "yes", "k" * 140: 1, "": 2, "multi\nkey": [1]}, [{"a": [{"b": 1}]}],
         {"s": "word " * 40, "t": ["word " * 40, {"u": "it's " * 40}]}, 1.5, [1e300, -0.0, 1e-7]]


def setup(directory, database):
    os.makedirs(directory + "/shelf", exist_ok=True)
    with open(directory + "/shelf/models.py", "w") as out:
        out.write(MODELS)
    open(directory + "/shelf/__init__.py", "a").close()
    sys.path.insert(0, directory)
    from django.conf import settings
    settings.configure(INSTALLED_APPS=["django.contrib.contenttypes", "django.contrib.auth", "shelf"], USE_TZ=True,
                       DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": database}},
                       DEFAULT_AUTO_FIELD="django.db.models.BigAutoField", SECRET_KEY="x")
    import django
    django.setup()


def fill():
    from shelf.models import Author, Book, Loan, Shelf
    from django.contrib.auth.models import Group, Permission, User
    Author.objects.create(name="First")
    Author.objects.create(name="Second & <co>", mentor_id=1)
    shelves = [Shelf.objects.create(code=uuid.UUID(int=i * 7919), label=f"s-{i}") for i in range(3)]
    utc, half = dt.timezone.utc, dt.timedelta(hours=3, minutes=4, microseconds=5)
    moments = [None, dt.datetime(2024, 2, 29, 13, 14, 15, tzinfo=utc), dt.datetime(1, 1, 1, 0, 0, 0, 120000, tzinfo=utc),
               dt.datetime(9999, 12, 31, 23, 59, 59, 999999, tzinfo=utc)]
    for i in range(max(len(TEXTS), len(FACTS))):
        book = Book.objects.create(
            title=TEXTS[i % len(TEXTS)].strip(), author_id=1 + i % 2, editor_id=[1, 2][i] if i < 2 else None,
            price=[None, decimal.Decimal("1.10"), decimal.Decimal("-0.50"), decimal.Decimal("999999.99")][i % 4],
            weight=[None, 1.5, 1e300, 5e-324, 3.0, 1e16][i % 6], size=[None, 0, -(2 ** 63), 2 ** 63 - 1][i % 4],
            sold=[None, True, False][i % 3], day=[None, dt.date(1, 1, 1), dt.date(2024, 2, 29)][i % 3],
            hour=[None, dt.time(), dt.time(23, 59, 59), dt.time(1, 2, 3, 4000), dt.time(1, 2, 3, 1004)][i % 5],
            moment=moments[i % 4],
            length=[None, dt.timedelta(), half, -half, dt.timedelta(days=400, seconds=1)][i % 5],
            cover=[None, b"", b"\x00\x01\xfa\xff"][i % 3], facts=FACTS[i % len(FACTS)], address=["", "a@b.co"][i % 2])
        book.shelves.set(shelves[:i % 4])
        if i % 5 == 4:
            book.related.set(Book.objects.filter(pk__lt=book.pk)[:2])
        Loan.objects.create(book=i, number=i % 3, note="y" * (i % 4))
    group = Group.objects.create(name="Readers")
    group.permissions.set(Permission.objects.all()[:3])
    user = User.objects.create_user("ada", "ada@example.org", "x")
    user.groups.set([group])


def make(directory):
    database = directory + "/db.sqlite3"
    setup(directory, database)
    from django.core.management import call_command
    call_command("migrate", run_syncdb=True, verbosity=0)
    fill()
    for form in ("json", "jsonl", "xml", "yaml"):
        call_command("dumpdata", format=form, output=f"{directory}/dump.{form}", verbosity=0)
    for name, primary in (("foreign", False), ("primary", True)):
        call_command("dumpdata", use_natural_foreign_keys=True, use_natural_primary_keys=primary,
                     output=f"{directory}/natural-{name}.json", verbosity=0)


def rows():
    from django.apps import apps
    out = {}
    for model in apps.get_models(include_auto_created=True):
        fields = [f.attname for f in model._meta.concrete_fields if f.attname]
        if model._meta.auto_created:
            fields = [f for f in fields if f != "id"]
        out[model._meta.label_lower] = sorted(repr([getattr(o, f) for f in fields]) for o in model.objects.all())
    return out


def check(directory, files):
    setup(directory, ":memory:")
    from django.core.management import call_command
    first = None
    for file in files:
        call_command("migrate", run_syncdb=True, verbosity=0)
        call_command("flush", interactive=False, verbosity=0, inhibit_post_migrate=True)
        try:
            call_command("loaddata", file, verbosity=0)
        except Exception as error:
            print(file, "is refused:", str(error)[:300])
            continue
        found = rows()
        first = first or found
        for model in sorted(set(first) | set(found)):
            a, b = first.get(model, []), found.get(model, [])
            if a != b:
                some = next((x for x in zip(a, b) if x[0] != x[1]), (len(a), len(b)))
                print(file, model, "expected", str(some[0])[:900], "found", str(some[1])[:900])


def objects(text):
    # Times in JSON end at milliseconds, those of XML and YAML do not.
    text = re.sub(r"(\d\d:\d\d:\d\d\.\d{3})\d{3}", r"\1", text)
    def ordered(thing):
        for name, value in thing["fields"].items():
            if isinstance(value, list) and value and isinstance(value[0], list):
                # Lists of relations have no order.
                thing["fields"][name] = sorted(value, key=json.dumps)
        return json.dumps(thing, sort_keys=True)
    return sorted(ordered(thing) for thing in json.loads(text))


def natural(directory, files):
    setup(directory, ":memory:")
    import io
    from django.contrib.contenttypes.models import ContentType
    from django.core.management import call_command
    from django.core.management.sql import emit_post_migrate_signal
    expected = {name: objects(open(f"{directory}/natural-{name}.json").read()) for name in ("foreign", "primary")}
    for file in files:
        name = "foreign" if "foreign" in os.path.basename(file) else "primary"
        # SQLite spells decimals and UUIDs otherwise.
        if file.endswith(".json") and "-db" not in os.path.basename(file):
            report(file, expected[name], objects(open(file).read()))
        call_command("migrate", run_syncdb=True, verbosity=0)
        call_command("flush", interactive=False, verbosity=0, inhibit_post_migrate=True)
        # Numbers of an earlier load are remembered.
        ContentType.objects.clear_cache()
        if name == "primary":
            for i in range(5):
                ContentType.objects.create(app_label="gone", model=f"m{i}")
            emit_post_migrate_signal(0, False, "default")
            ContentType.objects.filter(app_label="gone").delete()
        try:
            call_command("loaddata", file, verbosity=0)
        except Exception as error:
            print(file, "is refused:", str(error)[:300])
            continue
        found = io.StringIO()
        call_command("dumpdata", use_natural_foreign_keys=True, use_natural_primary_keys=True, stdout=found, verbosity=0)
        report(file + " loaded", expected["primary"], objects(found.getvalue()))


def report(file, expected, found):
    for a, b in [x for x in zip(expected, found) if x[0] != x[1]][:1]:
        print(file, "expected", a[:600], "found", b[:600])
    if len(expected) != len(found):
        print(file, "has", len(found), "objects of", len(expected))


def plain(text):
    """Fractions of seconds as JSON has them at most: the other formats have more."""
    text = re.sub(rb"(\d\d:\d\d:\d\d\.\d{3})\d{3}", rb"\1", text)
    return re.sub(rb"(\d\d:\d\d:\d\d)\.000(?!\d)", rb"\1", text).rstrip(b"\n")


def compare_bytes(directory, files):
    for file in files:
        form = file.rsplit(".", 1)[1]
        a, b = plain(open(file, "rb").read()), plain(open(f"{directory}/dump.{form}", "rb").read())
        if a != b:
            at = next((i for i, (x, y) in enumerate(zip(a, b)) if x != y), min(len(a), len(b)))
            print(file, "differs at", at, a[max(0, at - 80):at + 80], b[max(0, at - 80):at + 80])


def write_yaml():
    import yaml
    for line in sys.stdin.buffer.read().decode().split("\n"):
        if line:
            item = {"model": "a.b", "pk": 1, "fields": {"v": json.loads(line)}}
            sys.stdout.write(yaml.dump([item], Dumper=yaml.CSafeDumper, allow_unicode=True, sort_keys=False))


if __name__ == "__main__":
    mode, arguments = sys.argv[1], sys.argv[2:]
    {"make": lambda: make(*arguments), "check": lambda: check(arguments[0], arguments[1:]),
     "natural": lambda: natural(arguments[0], arguments[1:]), "bytes": lambda: compare_bytes(arguments[0], arguments[1:]), "yaml": write_yaml}[mode]()

"""Takes a fixture and drafts of models as they are written together, puts them into a new project of Django, and asks Django: its checks
pass, migrations can be made of the models and leave nothing to make, the fixture loads, and its dump has the same objects. With `foreign`
or `primary`, the dump tells them by natural keys as dumpdata --natural-foreign, and --natural-primary, does."""

import glob
import json
import os
import re
import sys
import tempfile

sys.path.pop(0)  # where another script is called like Django
import django
from django.conf import settings
from django.core.management import call_command
import warnings

warnings.simplefilter("ignore")

place, natural = sys.argv[1], sys.argv[2:]
project = tempfile.mkdtemp()
sys.path.insert(0, project)
apps = []
for path in sorted(glob.glob(os.path.join(place, "models_*.py"))):
    app = os.path.basename(path)[len("models_"):-len(".py")]
    os.makedirs(os.path.join(project, app, "migrations"))
    for name in ("__init__.py", "migrations/__init__.py"):
        open(os.path.join(project, app, name), "w").close()
    with open(path, encoding="utf-8") as source, open(os.path.join(project, app, "models.py"), "w", encoding="utf-8") as target:
        target.write(source.read())
    apps.append(app)
settings.configure(
    INSTALLED_APPS=["django.contrib.contenttypes", "django.contrib.auth", "django.contrib.sessions", "django.contrib.admin",
                    "django.contrib.messages"] + apps,
    DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": os.path.join(project, "db.sqlite3")}},
    USE_TZ=True, TIME_ZONE="UTC", DEFAULT_AUTO_FIELD="django.db.models.AutoField", SECRET_KEY="x",
    MIDDLEWARE=[], SILENCED_SYSTEM_CHECKS=["admin"], TEMPLATES=[],
)
django.setup()
from django.core import checks

problems = [p for p in checks.run_checks() if p.level >= checks.ERROR and not p.id.startswith("admin.")]
assert not problems, problems
call_command("makemigrations", verbosity=0)
call_command("makemigrations", check=True, verbosity=0)
call_command("migrate", verbosity=0)
from django.contrib.auth.models import Permission
from django.contrib.contenttypes.models import ContentType

Permission.objects.all().delete()
ContentType.objects.all().delete()
fixture = os.path.join(place, "fixture.json")
call_command("loaddata", fixture, verbosity=0)
dump = os.path.join(project, "dump.json")
call_command("dumpdata", output=dump, verbosity=0, use_natural_foreign_keys=bool(natural),
             use_natural_primary_keys=natural == ["primary"])


def spelled(value):
    # JSON of Django ends times at milliseconds, and times without a zone are of the project's.
    if isinstance(value, str) and re.fullmatch(r"\d{4}-\d\d-\d\dT[\d:.]+Z?", value):
        return re.sub(r"(\.\d{3})\d+", r"\1", value.rstrip("Z")).removesuffix(".000")
    return value


def objects(path):
    with open(path, encoding="utf-8") as file:
        found = json.load(file)
    for thing in found:
        for name, value in list(thing["fields"].items()):
            # Lists of relations have no order.
            if isinstance(value, list) and all(isinstance(x, (int, str, list)) for x in value):
                value = sorted(value, key=str)
            thing["fields"][name] = spelled(value)
    # Objects without a primary key are told by all that they hold.
    return {
        (thing["model"], json.dumps(thing["pk"] if "pk" in thing else thing["fields"], sort_keys=True)): thing["fields"]
        for thing in found
    }


ours, theirs = objects(fixture), objects(dump)
for key in sorted(set(ours) | set(theirs)):
    if key not in ours or key not in theirs:
        print("only in", "the fixture:" if key in ours else "the dump:", key)
        continue
    for name in ours[key]:
        if ours[key][name] != theirs[key].get(name):
            print("differs:", key, name, repr(ours[key][name])[:80], repr(theirs[key].get(name))[:80])
    for name in set(theirs[key]) - set(ours[key]):
        if theirs[key][name] not in (None, [], ""):
            print("not in the fixture:", key, name, repr(theirs[key][name])[:80])
if ours.keys() == theirs.keys():
    print("same:", len(ours), "objects")

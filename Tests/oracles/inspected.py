"""Loads a fixture of Django into models that `inspectdb` makes of a database of the same tables.

usage: inspected.py DATABASE FIXTURE DIR

DATABASE is a SQLite file, which tells no booleans and no JSON from integers and texts: these come from the fixture's values. The rows
are dumped to DIR/dumped.json. Prints what went wrong.
"""
import io, json, os, re, sys

sys.path.pop(0)  # where another script is called like Django


def special_fields(fixture):
    """By model and field: the class of a field that SQLite does not tell."""
    found = {}
    for item in json.load(open(fixture, encoding="utf-8")):
        for name, value in item["fields"].items():
            if isinstance(value, (dict, list)):
                found[item["model"], name] = "JSONField"
            elif isinstance(value, bool):
                found.setdefault((item["model"], name), "BooleanField")
            elif isinstance(value, (str, int, float)) and found.get((item["model"], name)) == "BooleanField":
                # Values of several kinds are JSON.
                found[item["model"], name] = "JSONField"
    return found


def models_text(text, fields):
    lines, model = [], ""
    for line in text.replace("managed = False", "managed = True").split("\n"):
        start = re.match(r"class (\w+)\(models\.Model\)", line)
        if start:
            model = "app." + start.group(1).lower()
        field = re.match(r"    (\w+) = models\.\w+\((.*)", line)
        if field and (model, field.group(1)) in fields:
            rest = re.sub(r"max_length=\d+, ", "", field.group(2))
            line = "    %s = models.%s(%s" % (field.group(1), fields[model, field.group(1)], rest)
        lines.append(line)
    return "\n".join(lines)


def main(database, fixture, place):
    engine = "django.db.backends.sqlite3"
    from django.conf import settings
    settings.configure(INSTALLED_APPS=[], USE_TZ=True, SECRET_KEY="x", DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
                       DATABASES={"default": {"ENGINE": engine, "NAME": ":memory:"}, "source": {"ENGINE": engine, "NAME": database}})
    import django
    django.setup()
    from django.apps import apps
    from django.core.management import call_command
    from django.db import connection
    out = io.StringIO()
    call_command("inspectdb", database="source", stdout=out)
    os.makedirs(place + "/app")
    open(place + "/app/__init__.py", "w").close()
    with open(place + "/app/models.py", "w", encoding="utf-8") as file:
        file.write(models_text(out.getvalue(), special_fields(fixture)))
    sys.path.insert(0, place)
    apps.set_installed_apps(["app"])
    with connection.constraint_checks_disabled(), connection.schema_editor() as editor:
        for model in apps.get_models():
            editor.create_model(model)
    call_command("loaddata", fixture, verbosity=0)
    call_command("dumpdata", output=place + "/dumped.json", verbosity=0)


if __name__ == "__main__":
    try:
        main(*sys.argv[1:])
    except Exception as error:
        print(type(error).__name__, str(error)[:1500])

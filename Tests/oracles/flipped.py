"""Copies of a written file with one value flipped in each: one of every column of every table.  usage: flipped.py FILE DIR

FILE is a zip of Convex, a fixture of Django in JSON Lines or a SQLite file. Prints a line for each copy: its path, the table as our
reader calls it, and the column. Standard library only.
"""
import base64, json, os, re, shutil, sqlite3, sys, zipfile


class Digits(float):
    """A number that keeps its digits."""
    def __new__(cls, text):
        self = super().__new__(cls, text)
        self.text = text
        return self

    def __repr__(self):
        return self.text


def parse(line):
    return json.loads(line, parse_float=Digits)


def show(value):
    """JSON with all digits."""
    if isinstance(value, Digits):
        return value.text
    if isinstance(value, dict):
        return "{" + ", ".join(json.dumps(k) + ": " + show(v) for k, v in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(show, value)) + "]"
    return json.dumps(value)


def other(value):
    """A value of the same kind that means something else; None when there is none."""
    if value is None:
        return None
    if isinstance(value, bool):
        return not value
    if isinstance(value, Digits) or isinstance(value, float):
        return value + 1 if abs(value) < 1e15 else value / 2
    if isinstance(value, int):
        return value - 1 if value > 0 else value + 1
    if isinstance(value, bytes):
        return bytes([value[0] ^ 1]) + value[1:] if value else b"\0"
    if isinstance(value, list):
        return value + [1]
    if isinstance(value, dict):
        if list(value) == ["$bytes"]:
            return {"$bytes": base64.b64encode(base64.b64decode(value["$bytes"]) + b"x").decode()}
        if list(value) == ["$integer"]:
            held = bytearray(base64.b64decode(value["$integer"]))
            held[1] ^= 1
            return {"$integer": base64.b64encode(bytes(held)).decode()}
        if list(value) == ["$float"]:
            return 12.5
        return {**value, "one more": 1}
    if value[:1] in ("[", "{"):
        try:
            return json.dumps(other(parse(value)))
        except ValueError:
            pass
    if re.fullmatch(r"[A-Za-z0-9+/]{4,}={0,2}", value) and len(value) % 4 == 0 and not value.isalpha() and "=" in value:
        return base64.b64encode(base64.b64decode(value) + b"x").decode()
    if "@" in value:
        return value + "x"
    match = re.search(r"\d(?!.*\d)", value, re.S)
    if match:
        return value[:match.start()] + str((int(match.group()) + 1) % 10) + value[match.end():]
    return value + "x"


def columns(documents):
    """The last document of each column that has a value there."""
    seen = set()
    for number, document in reversed(list(enumerate(documents))):
        for name, value in document.items():
            if name not in seen and other(value) is not None:
                seen.add(name)
                yield number, name


def flip_zip(path, place):
    source = zipfile.ZipFile(path)
    count = 0
    for entry in source.namelist():
        if not entry.endswith("/documents.jsonl") or entry.startswith("_tables"):
            continue
        lines = source.read(entry).decode().split("\n")[:-1]
        documents = [parse(line) for line in lines]
        for number, name in columns([{k: v for k, v in d.items() if not k.startswith("_")} for d in documents]):
            changed = {**documents[number], name: other(documents[number][name])}
            copy = "%s/%03d.zip" % (place, count)
            count += 1
            with zipfile.ZipFile(copy, "w", zipfile.ZIP_DEFLATED) as out:
                for each in source.namelist():
                    text = source.read(each)
                    if each == entry:
                        text = "".join((show(changed) if i == number else line) + "\n" for i, line in enumerate(lines)).encode()
                    out.writestr(each, text)
            print(copy, entry.split("/")[0], name, sep="\t")


def flip_lines(path, place):
    lines = open(path, encoding="utf-8").read().split("\n")[:-1]
    objects, count = [parse(line) for line in lines], 0
    for model in sorted({o["model"] for o in objects}):
        own = [i for i, o in enumerate(objects) if o["model"] == model]
        for number, name in columns([objects[i]["fields"] for i in own]):
            line = own[number]
            fields = {**objects[line]["fields"], name: other(objects[line]["fields"][name])}
            copy = "%s/%03d.jsonl" % (place, count)
            count += 1
            with open(copy, "w", encoding="utf-8") as out:
                for i, text in enumerate(lines):
                    out.write((show({**objects[line], "fields": fields}) if i == line else text) + "\n")
            print(copy, model.replace(".", "_"), name, sep="\t")


def quoted(name):
    return '"' + name.replace('"', '""') + '"'


def flip_database(path, place):
    database, count = sqlite3.connect(path), 0
    tables = [n for n, in database.execute("SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'")]
    for table in tables:
        for _, name, _, _, _, key in database.execute("PRAGMA table_info(%s)" % quoted(table)).fetchall():
            found = database.execute("SELECT rowid, %s FROM %s WHERE %s IS NOT NULL ORDER BY rowid DESC LIMIT 1" % (quoted(name), quoted(table), quoted(name))).fetchone()
            if not found or key:
                continue
            copy = "%s/%03d.sqlite" % (place, count)
            count += 1
            shutil.copy(path, copy)
            changed = sqlite3.connect(copy, isolation_level=None)
            changed.execute("PRAGMA ignore_check_constraints = ON")
            changed.execute("UPDATE %s SET %s = ? WHERE rowid = ?" % (quoted(table), quoted(name)), [other(found[1]), found[0]])
            changed.close()
            print(copy, table, name, sep="\t")


if __name__ == "__main__":
    path, place = sys.argv[1:]
    {"zip": flip_zip, "jsonl": flip_lines, "sqlite": flip_database}[path.rsplit(".", 1)[1]](path, place)

"""Compares declared tables, one fact a line on standard input, with the schema of a project's SQLite database.

Only what a project declares itself is compared: tables of applications `shop`, `home` and of odd names.
"""
import re, sqlite3, sys

db = sqlite3.connect(sys.argv[1])
TYPES = {"integer": ("int32", "int64"), "bigint": ("int64", "interval"), "smallint": ("int32",), "bool": ("boolean",),
         "varchar": ("text",), "text": ("text", "json"), "char": ("uuid", "text"), "datetime": ("timestamptz", "timestamp"),
         "date": ("date",), "time": ("time",), "decimal": ("decimal",), "real": ("float64",), "blob": ("bytes",)}
facts = {line.split(" ", 1)[0] + " " + line.split(" ", 1)[1] for line in sys.stdin.read().split("\n") if line}
columns = {}
for line in facts:
    if line.startswith("column "):
        name, kind, length, nullable = re.fullmatch(r"column (.*) (\S+) (\d+) (\S+)", line).groups()
        columns[name] = (kind, int(length), nullable == "true")


def names(items):
    return "[" + ", ".join('"%s"' % i for i in items) + "]"


for (table,) in db.execute("select name from sqlite_master where type = 'table'").fetchall():
    if not re.match(r"shop_|home_|weird", table) or not any(name.startswith(table + ".") for name in columns):
        continue
    info = db.execute(f'pragma table_xinfo("{table}")').fetchall()
    is_join = len(info) == 3 and info[0][1] == "id" and f"{table}.id" not in columns
    for _, name, declared, notnull, _, pk, _ in info:
        if is_join and name == "id":
            continue
        mine = columns.pop(f"{table}.{name}", None)
        if mine is None:
            print(f"{table}.{name} is missing")
            continue
        base, _, length = re.fullmatch(r"(\w+)( unsigned)?(?:\((\d+)\))?", declared.lower()).groups()
        if not any(mine[0].startswith(kind) for kind in TYPES[base]):
            print(f"{table}.{name} is {mine[0]}, not {declared}")
        if base == "varchar" and mine[1] != int(length):
            print(f"{table}.{name} has length {mine[1]}, not {length}")
        # SQLite says of keys that they may be null, and of computed columns too.
        if not pk and mine[2] != (not notnull) and name != "gen":
            print(f"{table}.{name} may be null: {mine[2]}, not {not notnull}")
    unique, plain = set(), set()
    for _, index, is_unique, origin, _ in db.execute(f'pragma index_list("{table}")').fetchall():
        parts = [r[2] for r in db.execute(f'pragma index_info("{index}")')]
        if origin == "pk":
            continue
        (unique if is_unique else plain).add(names(parts))
    mine = {kind: {line.split(" [", 1)[1] for line in facts if line.startswith(f"{kind} {table} [")}
            for kind in ("unique", "index")}
    references = db.execute(f'pragma foreign_key_list("{table}")').fetchall()
    # Django 1.11 left references to tables that newer versions of SQLite renamed under it, and lost indexes with them.
    is_damaged = any(r[2].endswith("__old") for r in references)
    for key in [] if is_damaged else sorted(unique ^ {"[" + u for u in mine["unique"]}):
        print(f"{table} unique {key}")
    # A join table's indexes are as usual; they are not declared.
    if not is_join:
        for key in sorted(plain ^ {"[" + u for u in mine["index"]}):
            print(f"{table} index {key}")
    primary = names([c[1] for c in sorted(info, key=lambda c: c[5]) if c[5]])
    if not is_join and f"key {table} {primary}" not in facts:
        print(f"{table} key {primary}")
    for key in references:
        other = key[2].removesuffix("__old")
        if f"reference {table} {names([key[3]])} {other} {names([key[4]])}" not in facts:
            print(f"{table} reference {key[3]} to {key[2]}.{key[4]} is missing")
for name in columns:
    if re.match(r"shop_|home_|weird", name):
        print(f"{name} is not in the database")

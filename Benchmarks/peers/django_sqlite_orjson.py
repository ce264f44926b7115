"""Django dumpdata -> SQLite, with orjson and executemany: the script one writes by hand."""
import sqlite3, sys
import orjson
source, out = sys.argv[1:3]
db = sqlite3.connect(out, isolation_level=None)
db.execute("pragma journal_mode = off")
db.execute("pragma synchronous = off")
db.execute("begin")
plain = lambda value: orjson.dumps(value).decode() if isinstance(value, (list, dict)) else value
tables = {}
for item in orjson.loads(open(source, "rb").read()):
    fields = item["fields"]
    table = tables.get(item["model"])
    if table is None:
        keys = list(fields)
        name = item["model"].replace(".", "_")
        db.execute(f'create table "{name}" (pk primary key' + "".join(f', "{key}"' for key in keys) + ")")
        table = tables[item["model"]] = (keys, f'insert into "{name}" values (?' + ",?" * len(keys) + ")", [])
    table[2].append([item["pk"]] + [plain(fields.get(key)) for key in table[0]])
    if len(table[2]) >= 5000:
        db.executemany(table[1], table[2])
        table[2].clear()
for keys, statement, rows in tables.values():
    db.executemany(statement, rows)
db.execute("commit")

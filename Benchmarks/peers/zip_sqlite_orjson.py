"""A Convex snapshot zip -> SQLite, with zipfile, orjson and executemany: the script one writes by hand."""
import sqlite3, sys, zipfile
import orjson
source, out = sys.argv[1:3]
db = sqlite3.connect(out, isolation_level=None)
db.execute("pragma journal_mode = off")
db.execute("pragma synchronous = off")
db.execute("begin")
plain = lambda value: orjson.dumps(value).decode() if isinstance(value, (list, dict)) else value
archive = zipfile.ZipFile(source)
for name in archive.namelist():
    if not name.endswith("/documents.jsonl") or name.startswith("_"): continue
    rows = [orjson.loads(line) for line in archive.open(name)]
    keys = list({key: None for row in rows for key in row})
    table = name.split("/")[0]
    db.execute(f'create table "{table}" (' + ", ".join(f'"{key}"' for key in keys) + ")")
    db.executemany(
        f'insert into "{table}" values (' + ",".join("?" * len(keys)) + ")",
        ([plain(row.get(key)) for key in keys] for row in rows))
db.execute("commit")

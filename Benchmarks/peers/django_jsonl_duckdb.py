"""Django dumpdata -> one JSON Lines file per model, with DuckDB's JSON reader."""
import os, sys
import duckdb
source, out = sys.argv[1:3]
os.makedirs(out, exist_ok=True)
db = duckdb.connect()
db.execute("create table dump as select * from read_json(?, format='array', columns={model: 'VARCHAR', pk: 'VARCHAR', fields: 'JSON'})", [source])
for (model,) in db.execute("select distinct model from dump").fetchall():
    db.execute(f"copy (select pk, fields from dump where model = '{model}') to '{out}/{model}.jsonl' (format json)")

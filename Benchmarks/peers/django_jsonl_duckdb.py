"""Django dumpdata -> one JSON Lines file per model with a column for each field, with DuckDB's JSON reader."""
import os, sys
import duckdb
source, out = sys.argv[1:3]
os.makedirs(out, exist_ok=True)
db = duckdb.connect()
db.execute("create table dump as select * from read_json(?, format='array', columns={model: 'VARCHAR', pk: 'VARCHAR', fields: 'JSON'})", [source])
for model, keys in db.execute("select model, json_keys(any_value(fields)) from dump group by 1").fetchall():
    columns = ", ".join(f"""fields->'$."{key}"' as "{key}" """ for key in keys)
    db.execute(f"copy (select pk, {columns} from dump where model = '{model}') to '{out}/{model}.jsonl' (format json)")

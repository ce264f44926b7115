#!/bin/sh
# A Convex snapshot zip -> CSV, with unzip and DuckDB. $1 zip, $2 directory, $3 Python.
set -e
unpacked=$2.unpacked
mkdir -p "$2" "$unpacked"
unzip -q "$1" '*/documents.jsonl' -d "$unpacked"
exec "$3" - "$unpacked" "$2" <<'PYTHON'
import os, sys
import duckdb
source, out = sys.argv[1:]
db = duckdb.connect()
for table in sorted(os.listdir(source)):
    if table.startswith("_"): continue
    rows = f"read_json('{source}/{table}/documents.jsonl', format='newline_delimited', sample_size=-1)"
    db.execute(f"copy (select * from {rows}) to '{out}/{table}.csv' (header)")
PYTHON

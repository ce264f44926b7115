"""A flat JSON array -> CSV, with DuckDB."""
import sys
import duckdb
duckdb.connect().execute(f"copy (select * from read_json('{sys.argv[1]}', format='array')) to '{sys.argv[2]}' (header)")

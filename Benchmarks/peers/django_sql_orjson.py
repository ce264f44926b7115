"""Django dumpdata -> INSERT statements, with orjson: the script one writes by hand."""
import sys
import orjson
source, out = sys.argv[1:3]

def literal(value):
    if value is None: return "NULL"
    if isinstance(value, bool): return "true" if value else "false"
    if isinstance(value, (int, float)): return repr(value)
    if isinstance(value, (list, dict)): value = orjson.dumps(value).decode()
    return "'" + value.replace("'", "''") + "'"

seen = {}
with open(out, "w", buffering=1 << 20) as sql:
    for item in orjson.loads(open(source, "rb").read()):
        fields = item["fields"]
        if item["model"] not in seen:
            seen[item["model"]] = list(fields)
            table = item["model"].replace(".", "_")
            columns = "".join(f', "{key}" text' for key in fields)
            sql.write(f'CREATE TABLE "{table}" (pk text primary key{columns});\n')
        table = item["model"].replace(".", "_")
        values = ",".join([literal(item["pk"])] + [literal(fields.get(key)) for key in seen[item["model"]]])
        sql.write(f'INSERT INTO "{table}" VALUES ({values});\n')

"""A Complete backup of a Prisma application -> JSON Lines and files, with orjson: the script one writes by hand."""
import base64, os, sys
import orjson
source, out, files = sys.argv[1:4]
os.makedirs(out)
os.makedirs(files)
with open(source, "rb") as file: backup = orjson.loads(file.read())
for section, rows in backup["data"].items():
    with open(f"{out}/{section}.jsonl", "wb", buffering=1 << 20) as file:
        for row in rows: file.write(orjson.dumps(row) + b"\n")
for key, value in backup["files"].items():
    with open(f"{files}/{key}", "wb") as file: file.write(base64.b64decode(orjson.loads(value)["content"]))

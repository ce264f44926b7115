"""Reads a set of files as a backup script of Convex writes it, and checks that its files agree: JSON in the layout of
JSON.stringify(value, null, 2), the same documents in the combined file, and the same values in CSV."""

import csv
import glob
import json
import os
import re
import sys


class Number(str):
    """A number by its digits."""


def shown(value):
    """What JavaScript's String() makes of a field for a cell of CSV."""
    if value is None:
        return ""
    if value is True or value is False:
        return "true" if value else "false"
    if isinstance(value, Number):
        return str(value)
    if isinstance(value, str):
        return value
    return printed(value, None)


def printed(value, indent, depth=0):
    """A value as JSON.stringify prints it; numbers keep their digits."""
    if isinstance(value, Number):
        return str(value)
    if isinstance(value, (dict, list)):
        opening, closing = "{}" if isinstance(value, dict) else "[]"
        if not value:
            return opening + closing
        line = "" if indent is None else "\n" + " " * indent * (depth + 1)
        last = "" if indent is None else "\n" + " " * indent * depth
        colon = ":" if indent is None else ": "
        parts = (
            [printed(k, None) + colon + printed(v, indent, depth + 1) for k, v in value.items()]
            if isinstance(value, dict)
            else [printed(v, indent, depth + 1) for v in value]
        )
        return opening + line + ("," + line).join(parts) + last + closing
    return json.dumps(value, ensure_ascii=False)


def read(path):
    with open(path, encoding="utf-8", newline="") as file:
        text = file.read()
    value = json.loads(text, parse_int=Number, parse_float=Number)
    assert printed(value, 2) == re.sub(r"\\u([0-9a-f]{4})", lambda m: json.dumps(chr(int(m[1], 16)))[1:-1], text) \
        or printed(value, 2) == text, f"{path}: not as JSON.stringify prints it"
    return value


place = sys.argv[1]
(combined,) = glob.glob(os.path.join(place, "complete_backup_*.json"))
stamp = re.search(r"complete_backup_(.*)\.json$", combined)[1]
whole = read(combined)
metadata = whole.pop("backup_metadata")
assert metadata["tables"] == list(whole)
assert re.sub(r"[:.]", "-", metadata["created_at"].replace("T", "_")) == stamp
total = 0
for name, table in whole.items():
    rows = read(os.path.join(place, f"{name.lower()}_backup_{stamp}.json"))
    assert table["table_name"] == name and table["records"] == rows
    assert table["record_count"] == str(len(rows))
    total += len(rows)
    fields = sorted({key for row in rows for key in row if key not in ("_id", "_creationTime")})
    assert table["schema_fields"] == fields, (name, table["schema_fields"], fields)
    for row in rows:
        assert list(row) == sorted(row) and {"_id", "_creationTime"} <= set(row)
    twin = os.path.join(place, f"{name.lower()}_backup_{stamp}.csv")
    if os.path.exists(twin):
        with open(twin, encoding="utf-8", newline="") as file:
            header, *lines = csv.reader(file)
        assert set(fields) <= set(header) and header == sorted(header) and not {"_id", "_creationTime"} & set(header)
        assert lines == [[shown(row.get(key)) for key in header] for row in rows], name
    print(name, len(rows), *fields)
assert metadata["total_records"] == str(total)

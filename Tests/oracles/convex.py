"""An independent reading of folders written by Convex backup scripts, to compare Coffer's with. Standard library only.

    convex.py survey FOLDER      prints what the folder holds, as one JSON object
    convex.py rows FILE          prints the same facts of the rows of a JSON document {table: [records]}
    convex.py csv FILE JSON      prints how many records of a CSV differ from those of a JSON array that was made from it
    convex.py same TWIN JSON     prints whether a JSON array equals another one without Convex's own fields
"""
import csv, glob, hashlib, json, os, sys

ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"


class Num(str):
    """A number by its digits."""


def load(path):
    with open(path, encoding="utf-8") as f:
        return json.load(f, parse_int=Num, parse_float=Num)


def table_number(text):
    """The table number of a Convex id, or None."""
    if not 31 <= len(text) <= 37 or any(c not in ALPHABET for c in text):
        return None
    bits = "".join(format(ALPHABET.index(c), "05b") for c in text)
    n = len(bits) // 8
    if bits[n * 8:].strip("0"):
        return None
    raw = bytes(int(bits[i * 8:i * 8 + 8], 2) for i in range(n))
    a = b = 0
    for byte in raw[:-2]:
        a = (a + byte) & 255
        b = (b + a) & 255
    if raw[-2:] != bytes([a, b]):
        return None
    number = shift = 0
    for i, byte in enumerate(raw):
        number |= (byte & 127) << shift
        shift += 7
        if byte < 128:
            return number if len(raw) - i - 1 == 18 else None
    return None


def canon(value):
    if isinstance(value, Num):
        return "#" + value
    if isinstance(value, dict):
        return {k: canon(v) for k, v in value.items()}
    if isinstance(value, list):
        return [canon(v) for v in value]
    return value if value is None or isinstance(value, bool) else "$" + value


def facts(rows):
    lines = sorted(json.dumps(canon(r), sort_keys=True) for r in rows)
    digest = hashlib.sha256("\n".join(lines).encode()).hexdigest()
    columns = sorted({k for r in rows for k in r})
    return {"count": len(rows), "columns": columns, "rows": digest}


def as_csv(value):
    if value is None:
        return ""
    return "true" if value is True else "false" if value is False else str(value)


def differences(csv_path, rows):
    with open(csv_path, encoding="utf-8", newline="") as f:
        reader = csv.DictReader(f)
        left = sorted(tuple((k, v) for k, v in sorted(r.items())) for r in reader)
        header = reader.fieldnames
    right = sorted(tuple((k, as_csv(r.get(k))) for k in sorted(header)) for r in rows)
    return len(set(left) ^ set(right)) + abs(len(left) - len(right))


def survey(folder):
    combined = load(glob.glob(folder + "/complete_backup_*.json")[0])
    report = {"tables": {}, "deployment": combined["backup_metadata"]["convex_deployment"]}
    for name in combined["backup_metadata"]["tables"]:
        path = glob.glob(f"{folder}/{name.lower()}_backup_*.json")[0]
        rows, part = load(path), combined[name]
        table = facts(rows)
        table["combined"] = facts(part["records"]) == facts(rows)
        table["twin"] = differences(path[:-5] + ".csv", rows)
        table["numbers"] = sorted({table_number(r["_id"]) for r in rows})
        table["unused"] = sorted(set(part["schema_fields"]) - set(table["columns"]))
        report["tables"][name] = table
    return report


if __name__ == "__main__":
    if sys.argv[1] == "survey":
        print(json.dumps(survey(sys.argv[2]), sort_keys=True))
    elif sys.argv[1] == "rows":
        print(json.dumps({k: facts(v) for k, v in load(sys.argv[2]).items()}, sort_keys=True))
    elif sys.argv[1] == "csv":
        print(differences(sys.argv[2], load(sys.argv[3])))
    elif sys.argv[1] == "same":
        own = ("_id", "_creationTime")
        twin = [{k: canon(v) for k, v in r.items() if k not in own} for r in load(sys.argv[2])]
        print(twin == [{k: canon(v) for k, v in r.items()} for r in load(sys.argv[3])])

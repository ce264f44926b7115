"""An independent check of a zip that is meant for npx convex import: the uniform generation, by what its importer wants.

usage: convex_import.py ZIP    prints {table: {"rows": n, "number": n, "references": {field: table}, "types": {field: [type…]}}}
"""
import base64, json, re, struct, sys, zipfile

ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"
README_CRC = 0x0D38D649


class Token(str):
    """A number's token."""


def decode(text):
    """Table number of an id; None for any other text."""
    if not 31 <= len(text) <= 37 or any(c not in ALPHABET for c in text): return None
    bits = "".join(f"{ALPHABET.index(c):05b}" for c in text)
    count = len(bits) // 8
    if "1" in bits[count * 8:] or -(-count * 8 // 5) != len(text): return None
    data = bytes(int(bits[8 * i:8 * i + 8], 2) for i in range(count))
    first = second = 0
    for byte in data[:-2]:
        first = (first + byte) % 256
        second = (second + first) % 256
    if data[-2:] != bytes([first, second]): return None
    number = shift = at = 0
    while True:
        number |= (data[at] & 0x7F) << shift
        shift += 7
        at += 1
        if not data[at - 1] & 0x80: break
    return number if count - at == 18 else None


def size(value):
    if value is None or isinstance(value, bool): return 1
    if isinstance(value, Token): return 9
    if isinstance(value, str): return len(value.encode()) + 2
    if isinstance(value, list): return 2 + sum(map(size, value))
    return 2 + sum(len(k.encode()) + 1 + size(v) for k, v in value.items())


def depth(value):
    if isinstance(value, list): return 1 + max(map(depth, value), default=0)
    if isinstance(value, dict): return 1 + max(map(depth, value.values()), default=0)
    return 0


def check(value, top=False):
    """What the importer refuses."""
    if isinstance(value, Token):
        if re.fullmatch(r"-?\d+", value): assert -2**63 <= int(value) < 2**63, value
        else: assert abs(float(value)) != float("inf"), value
    elif isinstance(value, str):
        value.encode()
    elif isinstance(value, list):
        assert len(value) <= 8192
        for v in value: check(v)
    elif isinstance(value, dict):
        if next(iter(value), "").startswith("$"):
            (key, text), = value.items()
            data = base64.b64decode(text, validate=True)
            assert key in ("$bytes", "$float", "$integer") and (key == "$bytes" or len(data) == 8), value
            if key == "$float":
                number, = struct.unpack("<d", data)
                assert number != number or abs(number) == float("inf") or number == 0, value
            return
        assert len(value) <= 1024
        for key, v in value.items():
            assert len(key) <= 1024 and not key.startswith("$") and all(" " <= c <= "~" for c in key), key
            if top and key.startswith("_"): assert key in ("_id", "_creationTime"), key
            check(v)


def unique(pairs):
    assert len({k for k, _ in pairs}) == len(pairs), pairs
    return dict(pairs)


def kind(value):
    if value is None: return "null"
    if isinstance(value, bool): return "boolean"
    if isinstance(value, Token): return "int64" if re.fullmatch(r"-?\d+", value) else "float64"
    if isinstance(value, str): return "string"
    if isinstance(value, list): return "array"
    return {"$bytes": "bytes", "$float": "float64", "$integer": "int64"}.get(next(iter(value), ""), "object")


def main(path):
    z = zipfile.ZipFile(path)
    names = z.namelist()
    assert z.testzip() is None and len(set(names)) == len(names)
    assert names[0] == "README.md" and z.getinfo("README.md").CRC == README_CRC
    numbers, sizes, tables, ids = {}, [], {}, {}
    for at, name in enumerate(names[1:], 1):
        folder, _, file = name.rpartition("/")
        prefix, _, table = folder.rpartition("/")
        text = z.read(name).decode()
        assert text == "" or text.endswith("\n")
        if table == "_tables":
            rows = [json.loads(line) for line in text.splitlines()]
            assert [r["id"] for r in rows] == sorted(r["id"] for r in rows)
            for r in rows: numbers[prefix, r["name"]] = r["id"]
        elif file == "documents.jsonl":
            rows = [json.loads(l, parse_int=Token, parse_float=Token, object_pairs_hook=unique) for l in text.split("\n")[:-1]]
            tables[prefix, table] = rows
            if table == "_storage": continue
            sizes.append(len(rows))
            assert re.fullmatch(r"[A-Za-z][A-Za-z0-9_]{0,63}", table), table
            assert names[at + 1] == folder + "/generated_schema.jsonl" and z.read(names[at + 1]) == b'"uniform"\n'
        else:
            assert file == "generated_schema.jsonl", name
    assert sizes == sorted(sizes)
    assert set(numbers) == {k for k in tables if k[1] != "_storage"}
    result = {}
    for (prefix, table), rows in tables.items():
        ids[prefix, table] = {r["_id"] for r in rows}
        assert len(ids[prefix, table]) == len(rows), table
    for (prefix, table), rows in tables.items():
        if table == "_storage": continue
        references, types = {}, {}
        for row in rows:
            assert list(row)[:2] == ["_id", "_creationTime"], row
            assert decode(row["_id"]) == numbers[prefix, table], row["_id"]
            assert kind(row["_creationTime"]) == "float64" and isinstance(row["_creationTime"], Token)
            check(row, top=True)
            assert size(row) <= 1 << 20 and depth(row) <= 16
            for key, value in row.items():
                types.setdefault(key, set()).add(kind(value))
                if key == "_id" or not isinstance(value, str) or isinstance(value, Token): continue
                # Numbers count within a component, but ids travel between components.
                leads = [k for k, n in numbers.items() if n == decode(value)]
                if not leads: continue
                found = [k for k in leads if value in ids[k]]
                assert found, (table, key, value)
                references[key] = found[0][1]
        name = prefix + "/" + table if prefix else table
        result[name] = {
            "rows": len(rows), "number": numbers[prefix, table], "references": references,
            "types": {k: sorted(v) for k, v in types.items()}}
    print(json.dumps(result, sort_keys=True))


if __name__ == "__main__":
    main(*sys.argv[1:])

"""An independent reading of Convex snapshot exports: every value as its Convex type, of both generations.

usage: convex_snapshot.py export PATH    prints count and checksum of each table of a zip or directory
       convex_snapshot.py truth FILE     prints the same of a truth file {table: [tagged documents]}
       convex_snapshot.py cells FILE     prints the same of rows that Coffer read: one JSON object a line,
                                         {"table": name, "cells": {column: [type of the column, kind, text]}}
"""
import base64, hashlib, json, os, re, struct, sys, zipfile

DOCUMENTS, SHAPE = "/documents.jsonl", "/generated_schema.jsonl"


class Int(str):
    """A number's token."""


def loads(text):
    return json.loads(text, parse_int=Int, parse_float=Int, parse_constant=Int)


def files(path):
    if os.path.isdir(path):
        for folder, _, names in os.walk(path):
            for name in names:
                full = os.path.join(folder, name)
                yield os.path.relpath(full, path), open(full, "rb").read()
    else:
        with zipfile.ZipFile(path) as z:
            for name in z.namelist():
                if not name.endswith("/"): yield name, z.read(name)


# Shapes: a union is a list of members; a member is a word, ("array", union), ("record", union) or ("object", {name: union}).
def shape(text):
    at = 0

    def take(word):
        nonlocal at
        if not text.startswith(word, at): return False
        at += len(word)
        return True

    def quoted():
        nonlocal at
        end = text.index('"', at)
        word, at = text[at:end], end + 1
        return word

    def member():
        nonlocal at
        if take('"'): return ("literal", quoted())
        if take("{"):
            fields = {}
            while not take("}"):
                take(", ")
                assert take('"'), text[at:at + 20]
                name = quoted()
                take("?")
                assert take(": "), text[at:at + 20]
                fields[name] = union()
            return ("object", fields)
        word = re.compile(r"[A-Za-z0-9_-]+").match(text, at).group()
        at += len(word)
        if not take("<"): return word
        if word == "id":
            at = text.index(">", at) + 1
            return "id"
        parts = [union()]
        while take(", "): parts.append(union())
        assert take(">"), text[at:at + 20]
        return (word, parts[-1])

    def union():
        members = [member()]
        while take(" | "): members.append(member())
        return members

    result = union()
    assert at == len(text), text[at:at + 20]
    return result


def meanings(members):
    found = set()
    for m in members:
        if m in ("int64", "bytes"): found.add(m)
        elif m in ("inf", "-inf"): found.add("inf")
        elif m in ("NaN", "float64"): found |= {"nan", "inf"}
        elif m in ("string", "field_name", "id") or m[0] == "literal": found.add("text")
        elif m == "unknown": found |= {"nan", "inf", "int64", "bytes", "text"}
    return found


def float_bits(value):
    return {"float64_le_hex": struct.pack("<d", value).hex()}


def number(token, generation):
    if generation == "uniform" and re.fullmatch(r"-?\d+", token) and -2**63 <= int(token) < 2**63:
        return {"int64": str(int(token))}
    return float_bits(float(token))


def tagged(value):
    """Bytes and special numbers of the uniform generation; None for any other object."""
    if isinstance(value, dict) and len(value) == 1:
        (key, text), = value.items()
        if key == "$bytes": return {"bytes_hex": base64.b64decode(text, validate=True).hex()}
        if key == "$float": return {"float64_le_hex": base64.b64decode(text, validate=True).hex()}
        if key == "$integer": return {"int64": str(int.from_bytes(base64.b64decode(text), "little", signed=True))}
    return None


def decode(value, generation, members=(), override="infer"):
    if value is None or isinstance(value, bool): return value
    if isinstance(value, Int): return number(value, generation)
    if isinstance(value, str):
        if isinstance(override, dict) and "$float64NaN" in override:
            return {"float64_le_hex": base64.b64decode(override["$float64NaN"]).hex()}
        kind = {"float64inf": "inf"}.get(override, override) if isinstance(override, str) else "infer"
        if kind == "infer":
            found = meanings(members)
            kind = found.pop() if len(found) == 1 else "text"
        if kind == "int64": return {"int64": str(int(value))}
        if kind == "inf": return float_bits(float(value.replace("Infinity", "inf")))
        if kind == "bytes": return {"bytes_hex": base64.b64decode(value, validate=True).hex()}
        return {"string": value}
    if isinstance(value, list):
        inner = [x for m in members if m[0] == "array" for x in m[1]]
        given = override if isinstance(override, list) else ["infer"] * len(value)
        return [decode(v, generation, inner, o) for v, o in zip(value, given, strict=True)]
    known = tagged(value)
    if known is not None: return known
    fields = {}
    for key, v in value.items():
        inner = [x for m in members if m[0] == "object" for x in m[1].get(key, [])]
        inner += [x for m in members if m[0] == "record" for x in m[1]]
        inner += [x for x in members if x == "unknown"]
        given = override.get(key, "infer") if isinstance(override, dict) else "infer"
        fields[key] = decode(v, generation, inner, given)
    return {"object": fields}


def table_name(path):
    """Name of a table among all, and the directory of the export."""
    parts, components = path.split("/")[:-1], []
    table = parts.pop()
    while len(parts) >= 2 and parts[-2] == "_components":
        components.insert(0, parts.pop())
        parts.pop()
    return ("/".join(components) + "." if components else "") + table, table


def export(path):
    entries, tables = dict(files(path)), {}
    for entry, content in entries.items():
        if not entry.endswith(DOCUMENTS): continue
        name, table = table_name(entry)
        if table.startswith("_"): continue
        generation, members, overrides = "schemaless", ["unknown"], {}
        head = entries.get(entry[:-len(DOCUMENTS)] + SHAPE)
        if head is not None:
            lines = head.decode().splitlines()
            first = json.loads(lines[0])
            if first == "uniform": generation, members = "uniform", []
            else: generation, members = "legacy", shape(first)
            for line in lines[1:]: overrides.update(json.loads(line))
        rows = []
        for line in content.decode().split("\n"):
            if not line.strip(): continue
            row = loads(line)
            rows.append(decode(row, generation, members, overrides.get(row.get("_id"), "infer"))["object"])
        tables[name] = rows
    return tables


def cell(type, kind, text):
    if kind == "null": return None
    if kind == "boolean": return text == "true"
    if kind == "text": return {"string": text}
    if kind == "number": return number(text, "schemaless" if type == "float64" else "uniform")
    if kind == "double": return {"float64_le_hex": text}
    if kind == "integer": return {"int64": text}
    if kind == "bytes": return {"bytes_hex": text}
    return decode(loads(text), "uniform")


def facts(tables):
    result = {}
    for name, rows in tables.items():
        lines = sorted(json.dumps(row, sort_keys=True) for row in rows)
        result[name] = {"count": len(rows), "rows": hashlib.sha256("\n".join(lines).encode()).hexdigest()}
    return result


def main(command, path):
    if command == "export": tables = export(path)
    elif command == "truth":
        truth = json.load(open(path, encoding="utf-8"))
        tables = {table_name(k + DOCUMENTS)[0]: [row["object"] for row in rows] for k, rows in truth.items()}
    else:
        tables = {}
        for line in open(path, encoding="utf-8"):
            row = json.loads(line)
            rows = tables.setdefault(row["table"], [])
            if row["cells"] is not None: rows.append({k: cell(*v) for k, v in row["cells"].items()})
    # A table without documents may be there or not; the server's own tables are no user's.
    print(json.dumps(facts({k: v for k, v in tables.items() if v and not k.split(".")[-1].startswith("_")}), sort_keys=True))


if __name__ == "__main__":
    main(*sys.argv[1:])

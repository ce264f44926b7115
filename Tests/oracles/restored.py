"""Compares what a conversion wrote with what a PostgreSQL server holds. Standard library only.

    restored.py sqlite SOCKETS DATABASE FILE    every value of a SQLite file with the rows of all tables of a server
    restored.py truth FOLDER FOLDER             JSON Lines of all tables with the server's own row_to_json, a file for each table

Standard input has the losses that were named, a line `TABLE<tab>COLUMN` each (no column: of the whole table). Differences that no
loss names are printed, then how much was compared.
"""
import base64, binascii, json, os, re, sqlite3, subprocess, sys, urllib.parse
from decimal import Decimal, InvalidOperation


class Num(str):
    """A number by its digits."""


DECODER = json.JSONDecoder(parse_int=Num, parse_float=Num, parse_constant=Num)


def array(text):
    """The elements of an array's text, nested lists of texts and None; None when it is no such text."""
    text = re.sub(r"^(\[-?\d+:-?\d+\])+=", "", text)
    if text[:1] != "{":
        return None
    stack, root, at = [], None, 0
    while at < len(text):
        c = text[at]
        if c == "{":
            inner = []
            if stack:
                stack[-1].append(inner)
            else:
                root = inner
            stack.append(inner)
        elif c == "}":
            stack.pop()
        elif c == '"':
            m = re.compile(r'"((?:[^"\\]|\\.)*)"', re.S).match(text, at)
            stack[-1].append(re.sub(r"\\(.)", r"\1", m.group(1), flags=re.S))
            at = m.end() - 1
        elif c != ",":
            m = re.compile(r"(?:[^,{}\\]|\\.)+", re.S).match(text, at)
            stack[-1].append(None if m.group().upper() == "NULL" else re.sub(r"\\(.)", r"\1", m.group(), flags=re.S))
            at = m.end() - 1
        at += 1
    return root


def composite(text):
    """The fields of a row's text; None when it is none."""
    if text[:1] != "(" or text[-1:] != ")":
        return None
    fields, field, quoted, isnull, at = [], "", False, True, 1
    while at < len(text) - 1:
        c = text[at]
        if c == '"' and quoted and text[at + 1] == '"':
            field += c
            at += 1
        elif c == '"':
            quoted, isnull = not quoted, False
        elif c == "\\":
            at += 1
            field, isnull = field + text[at], False
        elif c == "," and not quoted:
            fields.append(None if isnull else field)
            field, isnull = "", True
        else:
            field, isnull = field + c, False
        at += 1
    return fields + [None if isnull else field]


def hstore(text):
    part = r'(?:"((?:[^"\\]|\\.)*)"|(NULL))'
    found = re.findall(r'"((?:[^"\\]|\\.)*)"=>' + part, text, flags=re.S)
    return {undo(k): None if null else undo(v) for k, v, null in found}


def undo(text):
    return re.sub(r"\\(.)", r"\1", text, flags=re.S)


def number(value):
    try:
        return Decimal(str(value))
    except InvalidOperation:
        return None


def same(want, got):
    """Whether a value of row_to_json (or one within it) and one of ours are the same."""
    if want is None or got is None:
        return want is None and got is None
    if isinstance(want, bool):
        return got in (want, str(want).lower()[0])
    if isinstance(want, Num) or isinstance(got, Num):
        return str(want) == str(got) or number(want) is not None and number(want) == number(got)
    if isinstance(want, str) and isinstance(got, str):
        if want == got or re.sub(r"^(\d{4,}-\d\d-\d\d)T", r"\1 ", want).replace("+00:00", "+00") == got:
            return True
        try:
            return want.startswith("\\x") and base64.b64decode(got, validate=True) == bytes.fromhex(want[2:])
        except (binascii.Error, ValueError):
            return False
    if isinstance(want, list):
        got = array(got) if isinstance(got, str) else got
        return isinstance(got, list) and len(want) == len(got) and all(map(same_element, want, got))
    if isinstance(want, dict):
        if isinstance(got, str):
            fields = composite(got)
            if fields is not None:
                return len(fields) == len(want) and all(map(same, want.values(), fields))
            got = hstore(got)
        return isinstance(got, dict) and want.keys() == got.keys() and all(same(v, got[k]) for k, v in want.items())
    return False


def same_element(want, got):
    if isinstance(got, str) and isinstance(want, (dict, list)) or got == "null":
        try:
            if same(want, DECODER.decode(got)):
                return True
        except ValueError:
            pass
    return same(want, got)


def stored(kind, text, value):
    """Whether a value of SQLite is that of a text of the server; `kind` is a type's name."""
    if text is None or value is None:
        return text is None and value is None
    if kind.endswith("[]"):
        held = json.loads(value)
        return held == text if isinstance(held, str) else held == truths(kind, array(text))
    if kind == "boolean":
        return value == (text == "t")
    if kind in ("smallint", "integer", "bigint", "oid"):
        return value == int(text)
    if kind in ("real", "double precision"):
        return isinstance(value, float) and value == float(text) and (value != 0 or (str(value) == "-0.0") == (text[0] == "-"))
    if kind.startswith("numeric"):
        return str(value) == text or not isinstance(value, float) and number(value) is not None and number(value) == number(text)
    if kind == "bytea":
        return value == bytes.fromhex(text[2:])
    if isinstance(value, int):
        return str(value) == text
    if not isinstance(value, str):
        return False
    if kind in ("json", "jsonb"):
        return value == text or json.loads(value, parse_float=Decimal) == json.loads(text, parse_float=Decimal)
    return value == text


def truths(kind, value):
    """Elements of an array as JSON has them."""
    if isinstance(value, list):
        return [truths(kind, v) for v in value]
    if value is not None and kind[:-2] == "boolean":
        return value == "t"
    if value is not None and re.match(r"smallint|integer|bigint|numeric|real|double|oid", kind):
        try:
            return int(value)
        except ValueError:
            return value if value in ("NaN", "Infinity", "-Infinity") else float(value)
    return value


def copied(line):
    """The fields of a line of COPY."""
    escapes = {"b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v"}
    one = lambda f: None if f == "\\N" else re.sub(r"\\(.)", lambda m: escapes.get(m.group(1), m.group(1)), f, flags=re.S)
    return [one(f) for f in line.split("\t")]


class Result:
    def __init__(self):
        self.losses = {tuple(line.rstrip("\n").split("\t")) for line in sys.stdin}
        self.used, self.values, self.tables, self.rows = set(), 0, 0, 0

    def differ(self, table, column, want, got):
        named = {(table, column), (table, "")} & self.losses
        self.used |= named
        if not named:
            print(table, column, repr(got)[:200], "expected", repr(want)[:200])

    def show(self):
        print(self.tables, "tables,", self.rows, "rows,", self.values, "values;", len(self.used), "losses")


def sqlite(sockets, database, path):
    result = Result()

    def psql(query):
        arguments = ["psql", "-X", "-q", "-h", sockets, "-U", "tester", "-d", database, "-c", query]
        done = subprocess.run(arguments, capture_output=True, check=True, env={**os.environ, "PGCLIENTENCODING": ENCODING})
        text = done.stdout.decode("latin-1" if ENCODING == "SQL_ASCII" else "utf-8")
        return [copied(line) for line in text.split("\n")[:-1]]

    columns = psql(
        "COPY (SELECT nspname, relname, quote_ident(nspname) || '.' || quote_ident(relname), attname, quote_ident(attname),"
        " format_type(CASE WHEN typtype = 'd' THEN typbasetype ELSE a.atttypid END, NULL) FROM pg_class c"
        " JOIN pg_namespace n ON n.oid = relnamespace LEFT JOIN pg_attribute a ON attrelid = c.oid AND attnum > 0 AND NOT attisdropped"
        " LEFT JOIN pg_type t ON t.oid = a.atttypid WHERE relkind IN ('r', 'p') AND nspname NOT IN ('pg_catalog', 'information_schema')"
        " ORDER BY 1, 2, attnum) TO STDOUT")
    tables = {}
    for schema, table, whole, column, quoted, kind in columns:
        name = table if schema == "public" else schema + "." + table
        entry = tables.setdefault(name, (whole, []))
        if column is not None:
            entry[1].append((column, quoted, kind))
    connection = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
    held = {r[0] for r in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'")}
    for name, (whole, list_) in tables.items():
        result.tables += 1
        if not list_:
            if (name, "") not in result.losses:
                print(name, "has no columns and is not named")
            result.used.add((name, ""))
            continue
        held.discard(name)
        wanted = psql(f"COPY (SELECT {', '.join(q for _, q, _ in list_)} FROM ONLY {whole} ORDER BY ctid) TO STDOUT")
        quoted = ", ".join('"' + c.replace('"', '""') + '"' for c, _, _ in list_)
        table = '"' + name.replace('"', '""') + '"'
        found = connection.execute(f"SELECT {quoted} FROM {table} ORDER BY rowid").fetchall()
        if len(wanted) != len(found):
            print(name, len(found), "rows, expected", len(wanted))
            continue
        # A key of one integer is the place of a row in SQLite.
        wanted.sort(key=lambda r: str(r[0]))
        found.sort(key=lambda r: str(r[0]))
        result.rows += len(found)
        for want, got in zip(wanted, found):
            for (column, _, kind), a, b in zip(list_, want, got):
                result.values += 1
                if not stored(kind, a, b):
                    result.differ(name, column, a, b)
    for name in held:
        print(name, "is no table of the server")
    result.show()


def truth(folder, ours):
    result = Result()
    for line in open(folder + "/alltypes.counts.tsv"):
        position, name, count = line.rstrip("\n").split("\t")
        path = f"{folder}/alltypes.{position}.jsonl"
        wanted = [DECODER.decode(l) for l in open(path, encoding="utf-8", newline="\n") if l.strip()] if os.path.exists(path) else None
        compare(result, ours, name.replace('"', ""), wanted, int(count))
    odd = DECODER.decode(open(folder + "/alltypes.odd.json", encoding="utf-8").read())
    compare(result, ours, 'Odd Schema.x.Odd "Table".name', odd, len(odd))
    result.show()


def compare(result, ours, name, wanted, count):
    with open(f"{ours}/{name.replace(chr(34), '%22')}.jsonl", encoding="utf-8", newline="\n") as file:
        found = [DECODER.decode(line) for line in file]
    result.tables += 1
    if len(found) != count:
        print(name, len(found), "rows, expected", count)
    for want, got in zip(wanted or [], found):
        result.rows += 1
        for column, value in want.items():
            result.values += 1
            if column not in got or not same(value, got[column]):
                result.differ(name, column, value, got.get(column, "(nothing)"))
        for column in got.keys() - want.keys():
            print(name, column, "is no column")


if __name__ == "__main__":
    ENCODING = os.environ.get("ENCODING", "UTF8")
    {"sqlite": sqlite, "truth": truth}[sys.argv[1]](*sys.argv[2:])

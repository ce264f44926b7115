"""Compares what databases hold after our SQL was loaded with the independent reading of django.py. Standard library only.

    loaded.py sqlite        reads JSON Lines {"file": SAMPLE, "database": DB} on standard input
    loaded.py postgres      reads a line {"file": SAMPLE}, then {"table": NAME, "rows": [row_to_json…]} for each of its tables

Every difference is printed. Rows that no database can hold are not expected there: texts with lone surrogates, and with NUL
in PostgreSQL.
"""
import base64, binascii, json, re, sqlite3, sys
from datetime import datetime, timedelta, timezone
from decimal import Decimal, InvalidOperation

from django import MISSING, Num, Reading, parse, stored_text

DECODER = json.JSONDecoder(parse_int=Num, parse_float=Num, parse_constant=Num)


def texts(value):
    """All texts in a value."""
    if isinstance(value, dict):
        return [t for k, v in value.items() for t in [k] + texts(v)]
    if isinstance(value, list):
        return [t for v in value for t in texts(v)]
    return [value] if isinstance(value, str) else []


def fits(row, system):
    """Whether the database can hold a row."""
    found = [t for value in row for t in texts(value)]
    return not any(re.search("[\ud800-\udfff]", t) or (system == "postgres" and "\0" in t) for t in found)


def number(value):
    try:
        return Decimal(str(value))
    except InvalidOperation:
        return None


def moment(text):
    """A date, time, timestamp or interval as something that compares; None for other texts."""
    m = re.fullmatch(r"(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d(?::\d\d)?)(\.\d+)?(Z|[+-]\d\d(?::?\d\d)?)?", text)
    if m:
        zone = m.group(4)
        at = datetime.fromisoformat(f"{m.group(1)}T{m.group(2)}")
        if zone and zone != "Z":
            sign = -1 if zone[0] == "-" else 1
            at -= sign * timedelta(hours=int(zone[1:3]), minutes=int(zone[3:].strip(":") or 0))
        return (at, Decimal("0" + (m.group(3) or "")), bool(zone))
    m = re.fullmatch(r"(-?)P(\d+)DT(\d+)H(\d+)M(\d+)(\.\d+)?S", text)
    if m:
        sign, d, h, mi, s, f = m.groups()
        length = ((int(d) * 24 + int(h)) * 60 + int(mi)) * 60 + int(s) + Decimal("0" + (f or ""))
        return -length if sign else length
    m = re.fullmatch(r"(?:(-?\d+) (?:days? ?)?)?([-+]?)(\d+):(\d\d):(\d\d)(\.\d+)?", text)
    if m:
        d, sign, h, mi, s, f = m.groups()
        clock = (int(h) * 60 + int(mi)) * 60 + int(s) + Decimal("0" + (f or ""))
        return int(d or 0) * 86400 + (-clock if sign == "-" else clock)
    m = re.fullmatch(r"(-?\d+) days?", text)
    return int(m.group(1)) * 86400 + Decimal(0) if m else None


def same(want, got):
    if want is MISSING or want is None:
        return got is None
    if isinstance(want, bool):
        return got in (want, int(want), Num(int(want)))
    if isinstance(want, Num):
        if str(want).strip("-") in ("NaN", "Infinity"):
            # SQLite has infinities, but no NaN.
            return got is None and want == "NaN" or str(got).lower().startswith(str(want).lower()[:3])
        if isinstance(got, float):
            return got == float(want)
        return str(got) == str(want) or number(got) is not None and number(got) == number(want)
    if isinstance(want, str):
        if got == want:
            return True
        if isinstance(got, Num) or isinstance(got, (int, float)):
            return number(got) is not None and number(got) == number(want) or moment(want) == number(got)
        if isinstance(got, bytes) or isinstance(got, str) and got.startswith("\\x"):
            data = got if isinstance(got, bytes) else bytes.fromhex(got[2:])
            try:
                return base64.b64decode(want, validate=True) == data
            except binascii.Error:
                return False
        if isinstance(got, (dict, list)):
            return same(DECODER.decode(want), got)
        if not isinstance(got, str):
            return False
        # A text in a column of JSON.
        return moment(want) is not None and moment(want) == moment(got) or got[:1] == '"' and DECODER.decode(got) == want
    if isinstance(got, str):
        got = DECODER.decode(got)
    if isinstance(want, list):
        return isinstance(got, list) and len(want) == len(got) and all(map(same, want, got))
    return isinstance(got, dict) and want.keys() == got.keys() and all(same(v, got[k]) for k, v in want.items())


def sorting(row, places):
    return [re.sub(r"\.0+$", "", str(row[i])) for i in places]


def compare(sample, tables, system):
    mine = Reading(parse(stored_text(sample)))
    for name in sorted(mine.tables):
        expected = mine.tables[name]
        if expected is None:
            continue
        if name not in tables:
            print(sample, name, "is not in the database")
            continue
        columns, rows = expected["columns"], [r for r in expected["rows"] if fits(r, system)]
        found = [[row[c] for c in columns] for row in tables[name]]
        if len(rows) != len(found):
            print(sample, name, len(found), "rows, expected", len(rows))
            continue
        places = [columns.index(c) for c in expected["primary"]] or range(len(columns))
        rows.sort(key=lambda r: sorting(r, places))
        found.sort(key=lambda r: sorting(r, places))
        for want, got in zip(rows, found):
            for c, a, b in zip(columns, want, got):
                if not same(a, b):
                    print(sample, name, c, repr(b), "expected", repr(a))


def in_sqlite(path):
    connection = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
    connection.row_factory = sqlite3.Row
    names = [r[0] for r in connection.execute("select name from sqlite_master where type='table' and name not like 'sqlite_%'")]
    return {n: [dict(r) for r in connection.execute('select * from "%s"' % n.replace('"', '""'))] for n in names}


def main(system):
    sample, tables, count = None, {}, 0
    for line in list(sys.stdin.buffer) + [b'{"file": null}']:
        item = DECODER.decode(line.decode("utf-8"))
        if "table" in item:
            tables[item["table"]] = item["rows"]
            continue
        if "database" in item:
            compare(item["file"], in_sqlite(item["database"]), system)
            count += 1
            continue
        if sample:
            compare(sample, tables, system)
            count += 1
        sample, tables = item["file"], {}
    print(count, "samples compared")


if __name__ == "__main__":
    main(sys.argv[1])

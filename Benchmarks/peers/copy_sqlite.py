"""COPY sections of a plain dump into a SQLite file, as a short script does it: copy_sqlite.py DUMP FILE"""
import re, sqlite3, sys

ESCAPES = {"b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v", "\\": "\\"}


def plain(field):
    if field == "\\N":
        return None
    return re.sub(r"\\(.)", lambda m: ESCAPES.get(m[1], m[1]), field) if "\\" in field else field


database = sqlite3.connect(sys.argv[2])
database.execute("PRAGMA journal_mode=OFF")
database.execute("PRAGMA synchronous=OFF")
with open(sys.argv[1], encoding="utf8", newline="\n") as dump:
    for line in dump:
        match = re.match(r"COPY (\S+) \((.*)\) FROM stdin;", line)
        if not match:
            continue
        table, columns = match[1].split(".")[-1].strip('"'), match[2].split(", ")
        database.execute(f'CREATE TABLE "{table}" ({", ".join(columns)})')

        def rows():
            for row in dump:
                if row == "\\.\n":
                    return
                yield [plain(field) for field in row[:-1].split("\t")]

        database.executemany(f'INSERT INTO "{table}" VALUES ({",".join("?" * len(columns))})', rows())
database.commit()

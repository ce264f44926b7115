"""Converts a backup into a SQLite file, changes one value of it at a time, and asks for each whether the proof fails and names the row
and the column.  usage: mutated.py COFFER BACKUP PLACE"""
import json, re, shutil, sqlite3, subprocess, sys

coffer, backup, place = sys.argv[1:4]
whole, changed = place + "/whole.db", place + "/changed.db"

def prove(path):
    found = subprocess.run([coffer, "prove", backup, path, "--json"], capture_output=True, cwd=place)
    return found.returncode, json.loads(found.stdout) if found.stdout else found.stderr.decode()

def quoted(name): return '"' + name.replace('"', '""') + '"'

def other(value):
    """A value of the same kind that means something else."""
    if value is None: return "x"
    if isinstance(value, int): return 1 - value if value in (0, 1) else value + 1
    if isinstance(value, float): return value + 0.5 if abs(value) < 1e15 else value / 2
    if isinstance(value, bytes): return bytes([value[0] ^ 1]) + value[1:] if value else b"\0"
    try:
        parsed = json.loads(value)
        if isinstance(parsed, dict): return json.dumps({**parsed, "a member more": 1})
        if isinstance(parsed, list): return json.dumps(parsed + [1])
    except ValueError: pass
    digits = [match.start() for match in re.finditer(r"\d", value)]
    if digits:
        at = digits[len(digits) // 2]
        return value[:at] + str((int(value[at]) + 1) % 10) + value[at + 1:]
    return value + "x"

subprocess.run([coffer, "convert", backup, "-t", "sqlite", "-o", whole, "-q"], check=True, cwd=place)
code, found = prove(whole)
print("as it is:", code)
database = sqlite3.connect(whole)
tables = [name for name, in database.execute("SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'")]
tried, missed = 0, []
for number, table in enumerate(tables):
    count, = database.execute("SELECT count(*) FROM " + quoted(table)).fetchone()
    if count == 0: continue
    for column, (_, name, _, _, _, _) in enumerate(database.execute("PRAGMA table_info(%s)" % quoted(table)).fetchall()):
        row = (number * 7 + column * 3) % count
        key, value = database.execute(
            "SELECT rowid, %s FROM %s LIMIT 1 OFFSET %d" % (quoted(name), quoted(table), row)).fetchone()
        shutil.copy(whole, changed)
        copy = sqlite3.connect(changed, isolation_level=None)
        copy.execute("PRAGMA ignore_check_constraints = ON")
        try: copy.execute("UPDATE %s SET %s = ? WHERE rowid = ?" % (quoted(table), quoted(name)), [other(value), key])
        except sqlite3.IntegrityError: continue  # of another type than its column's, or a key that is there
        finally: copy.close()
        tried += 1
        code, found = prove(changed)
        different = [t["table"] for t in found["tables"] if t["verdict"] == "different"] if isinstance(found, dict) else []
        named = {c for d in found["differences"] for c in d["columns"] or []} if isinstance(found, dict) else set()
        # A row whose key has changed is one that is gone and one that has come.
        kinds = {d["change"] for d in found["differences"]} if isinstance(found, dict) else set()
        if code != 5 or different != [table] or not (named == {name} or kinds == {"added", "removed"}):
            missed.append((table, name, value, other(value), code, found if isinstance(found, str) else (different, sorted(named))))
print("changes:", tried, "missed:", len(missed))
print(*missed, sep="\n", file=sys.stderr)

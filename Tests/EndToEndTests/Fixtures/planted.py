"""Plants a secret in many encodings and places of backups of several systems, exports them, registers them, and looks for it in every
byte that was written.  usage: planted.py COFFER PLACE [--safe]"""
import base64, glob, gzip, html, io, json, os, quopri, shutil, sqlite3, subprocess, sys, urllib.parse, zipfile

coffer, place, flags = sys.argv[1], sys.argv[2], sys.argv[3:]
SECRET = "Qz7/mK+9&vX'e4#Tn2\"pL8wR"   # of no known form, with signs that encodings change
S = SECRET
j = lambda s: json.dumps(s)[1:-1]
u16 = lambda s: "".join("\\u%04x" % ord(c) for c in s)
enc = {
 "plain": S, "json": j(S), "unicode": u16(S), "json-json": j(j(S)), "unicode-json": j(u16(S)),
 "percent": urllib.parse.quote(S, safe=""), "percent-all": "".join("%%%02X" % ord(c) for c in S),
 "html": html.escape(S), "html-num": "".join("&#%d;" % ord(c) for c in S), "html-hex": "".join("&#x%x;" % ord(c) for c in S),
 "sql": S.replace("'", "''"), "csv": S.replace('"', '""'), "qp": quopri.encodestring(S.encode(), quotetabs=True).decode(),
 "qp-all": "".join("=%02X" % ord(c) for c in S),
 "b64-0": base64.b64encode(S.encode()).decode(), "b64-1": base64.b64encode(b"x" + S.encode() + b"yz").decode(),
 "b64-2": base64.b64encode(b"xy" + S.encode() + b"z").decode(), "b64url": base64.urlsafe_b64encode(b"ab" + S.encode()).decode(),
 "hex": S.encode().hex(), "HEX": S.encode().hex().upper(), "reversed": S[::-1],
 "e-string": "".join("\\x%02x" % ord(c) for c in S), "octal": "".join("\\%03o" % ord(c) for c in S),
 "b64-json": base64.b64encode(json.dumps({"k": S}).encode()).decode(), "b64-b64": base64.b64encode(base64.b64encode(S.encode())).decode(),
 "percent-json": j(urllib.parse.quote(S, safe="")), "b64-percent": urllib.parse.quote(base64.b64encode(S.encode()).decode(), safe=""),
 "utf16": "\0".join(S) + "\0",
}
def needles():
    out = dict(enc)
    for shift in range(3):
        t = base64.b64encode(b"\0" * shift + S.encode()).decode()
        out["core64-%d" % shift] = t[(shift * 8 + 5) // 6:(len(S) + shift) * 8 // 6]
    out["core64url"] = out["core64-2"].replace("+", "-").replace("/", "_")
    out["a part of it"] = S[4:14]
    return {k: v.encode() for k, v in out.items()}
N = needles()
def grep(name, data):
    bad = [k for k, v in N.items() if v in data]
    if data[:4] == b"PK\3\4":
        with zipfile.ZipFile(io.BytesIO(data)) as z: bad += [k for n in z.namelist() for k, v in N.items() if v in z.read(n) or v in n.encode()]
    if data[:2] == b"\x1f\x8b": bad += [k for k, v in N.items() if v in gzip.decompress(data)]
    return [(name, k) for k in bad]
def run(*a, env=None):
    p = subprocess.run([coffer, *a], capture_output=True, cwd=place, env=dict(os.environ, COFFER_CATALOG=place + "/catalog.db"))
    return p
def tree(path):
    out = []
    for root, _, files in os.walk(path):
        for f in files:
            p = os.path.join(root, f)
            out += grep(os.path.relpath(p, place), open(p, "rb").read()) + grep("name:" + p, f.encode())
    return out
texts = {("note_%s" % k).replace("-", "_"): v for k, v in enc.items()}
json_places = {
 "nested": {"a": [{"b": {"c": S}}]}, "key": {S: 1}, "deep": json.dumps({"x": json.dumps({"y": S})}),
 "url": "https://api.example/cb?x=1&state=" + urllib.parse.quote(S, safe=""), "dsn": "postgres://app:" + urllib.parse.quote(S, safe="") + "@db.example/app",
 "dsn2": "Server=db;User=app;Password=" + S + ";", "header": "Basic " + base64.b64encode(("app:" + S).encode()).decode(),
 "file": "data:text/plain;base64," + base64.b64encode(("# env\nKEY=" + S + "\n").encode()).decode(),
 "list": ["a", S, "b"], "sentence": "my password is " + S + " and not yours",
}
# Prisma
row = {"id": "cku0000000000000000000001", "email": "ann@example.com", "password": S, "createdAt": "2025-01-01T00:00:00.000Z", **texts, **json_places}
row2 = {"id": "cku0000000000000000000002", "email": "bob@example.com", "password": "Other$ecret9-" + "x1Y2", "createdAt": "2025-01-01T00:00:00.000Z", **{k: "fine" for k in texts}, **json_places}
json.dump({"timestamp": "2025-10-30T10:00:00.000Z", "version": "1.0", "type": "production", "environment": "production", "created_by": {"id": "u", "email": "a@b.c", "role": "OWNER"},
  "data": {"users": [row, row2], "comments": [{"id": "c1", "text": v, "name": k} for k, v in texts.items()]}, "statistics": {"total_records": 2, "tables": []}}, open(place + "/prisma.json", "w"))
# Django
json.dump([{"model": "auth.user", "pk": 1, "fields": {"username": "ann", "password": S, "email": "a@b.c", "is_active": True}}] +
  [{"model": "blog.post", "pk": i + 1, "fields": {"title": k, "body": v, "data": json_places}} for i, (k, v) in enumerate(texts.items())], open(place + "/django.json", "w"))
# Convex, whose documents have ids and times
json.dump([{"_id": "k57%029d" % i, "_creationTime": 1700000000000.5 + i, "apiSecret": S, "name": k, "text": v, "extra": json_places}
  for i, (k, v) in enumerate(texts.items())], open(place + "/convex.json", "w"))
# No system
json.dump([{"id": i, "api_secret": S if i == 0 else None, "name": k, "text": v, "extra": json_places} for i, (k, v) in enumerate(texts.items())], open(place + "/generic.json", "w"))
# SQL dump of PostgreSQL, as Supabase makes it
q = lambda s: "'" + s.replace("'", "''") + "'"
dump = """--
-- PostgreSQL database dump
--
-- Dumped from database version 15.1
-- Dumped by pg_dump version 15.1
SET standard_conforming_strings = on;
CREATE SCHEMA auth;
CREATE TABLE auth.users (id uuid NOT NULL, email text, encrypted_password text NOT NULL, raw jsonb);
CREATE TABLE public.notes (id integer NOT NULL, body text DEFAULT %s, extra jsonb, note text);
COMMENT ON TABLE public.notes IS %s;
COMMENT ON COLUMN public.notes.body IS %s;
CREATE FUNCTION public.f() RETURNS text LANGUAGE sql AS $$ SELECT %s $$;
CREATE POLICY p ON public.notes USING (note = %s);
CREATE VIEW public.v AS SELECT id FROM public.notes WHERE body <> %s;
CREATE ROLE app PASSWORD %s;
INSERT INTO auth.users VALUES ('8d1c1a1e-0000-4000-8000-000000000001', 'a@b.c', %s, %s);
""" % (q(S), q(S), q(S), q(S), q(S), q(S), q(S), q(S), q(json.dumps(json_places)))
for i, (k, v) in enumerate(texts.items()):
    if "\0" in v: continue
    dump += "INSERT INTO public.notes VALUES (%d, %s, %s, %s);\n" % (i, q(v), q(json.dumps({"v": v})), q("x " + v))
open(place + "/dump.sql", "w").write(dump)
# A folder of Supabase, which says in its texts what is in its rows
os.makedirs(place + "/supabase/migrations")
shutil.copy(place + "/dump.sql", place + "/supabase/complete_database_with_data.sql")
open(place + "/supabase/README.md", "w").write("# Backup\n\nThe password is %s.\n\n- admin: `%s`\n" % (S, enc["b64-0"]))
open(place + "/supabase/BACKUP_MANIFEST.md", "w").write("# Manifest\n\n- **Tables**: 2\n- **Password**: %s\n\n```\npsql postgres://a:%s@h/d\n```\n" % (S, enc["percent"]))
open(place + "/supabase/migrations/20250101000000_start.sql", "w").write("-- %s\nSELECT %s;\n" % (S, q(S)))
# Django's own database
database = sqlite3.connect(place + "/db.sqlite3")
database.executescript("""CREATE TABLE django_migrations (id integer PRIMARY KEY, app varchar(255) NOT NULL, name varchar(255) NOT NULL, applied datetime NOT NULL);
CREATE TABLE auth_user (id integer PRIMARY KEY, username varchar(150) NOT NULL, password varchar(128) NOT NULL);
CREATE TABLE blog_post (id integer PRIMARY KEY, title text, body text, data text, raw blob);
CREATE VIEW posts AS SELECT * FROM blog_post WHERE body <> %s; CREATE TRIGGER t AFTER INSERT ON blog_post BEGIN SELECT %s; END;
""" % (q(S), q(S)))
database.execute("INSERT INTO auth_user VALUES (1, 'ann', ?)", [S])
database.executemany("INSERT INTO blog_post VALUES (?, ?, ?, ?, ?)", [(i, k, v, json.dumps(json_places), v.encode()) for i, (k, v) in enumerate(texts.items())])
database.commit()
database.close()
# An export of Convex
with zipfile.ZipFile(place + "/snapshot.zip", "w") as archive:
    archive.writestr("_tables/documents.jsonl", json.dumps({"id": 10001, "name": "users"}) + "\n")
    archive.writestr("users/documents.jsonl", "".join(json.dumps({"_id": "k57%029d" % i, "_creationTime": 1700000000000.5 + i, "password": S, "name": k, "text": v, "extra": json_places}) + "\n" for i, (k, v) in enumerate(texts.items())))
    archive.writestr("README.md", "Secret: %s\n" % S)
bad = []
sources = ["prisma.json", "django.json", "convex.json", "generic.json", "dump.sql", "supabase", "db.sqlite3", "snapshot.zip"]
for source in sources:
    for target in ["json", "jsonl/", "csv/", "lossless/", "sql", "sql.gz", "mysql", "sqlite", "convex", "md", "stdout"]:
        out = "out-%s-%s" % (source.replace(".", "_"), target)
        arguments = ["convert", source] + flags
        if target == "stdout": arguments += ["-t", "json"]
        else: arguments += ["-t", {"lossless": "csv", "sql.gz": "sql", "mysql": "sql"}.get(target.rstrip("/"), target.rstrip("/")), "-o", out]
        if target == "lossless/": arguments += ["--csv", "lossless"]
        if target == "mysql": arguments += ["--dialect", "mysql"]
        p = run(*arguments)
        # Rows with a NUL cannot be carried everywhere.
        if p.returncode not in (0, 3): sys.exit("%s %s: %d %s" % (source, target, p.returncode, p.stderr.decode()[-300:]))
        bad += grep("output of " + out, p.stdout) + grep("log of " + out, p.stderr)
parts = [part for name in ["functions", "policies", "roles", "migrations", "encryption"] for part in ["--only", name]]
for source in ["dump.sql", "supabase"]:
    p = run("export", source, *parts, *flags, "-o", "out-parts-" + source)
    if p.returncode not in (0, 3): sys.exit("parts of %s: %d %s" % (source, p.returncode, p.stderr.decode()[-300:]))
    bad += grep("log of parts", p.stdout + p.stderr)
bad += [found for found in tree(place) if "out-" in found[0]]
print("in exports:", len(bad))
logs = []
for source in sources:
    for index in ["full", "none"]:
        p = run("register", "--project", source.split(".")[0] + index, "--index", index, source)
        if p.returncode not in (0, 3): sys.exit("register %s: %d %s" % (source, p.returncode, p.stderr.decode()[-300:]))
        logs += grep("register " + source, p.stdout + p.stderr)
for arguments in [("list",), ("show", "latest", "--objects", "--findings", "--columns"), ("search", "ann"), ("search", "--substring", "note")]:
    p = run(*arguments)
    logs += grep(" ".join(arguments), p.stdout + p.stderr)
for project in ["dumpfull", "supabasenone"]:
    for arguments in [("cat", project + "@2100-01-01", "function:f"), ("claims", project + "@2100-01-01"), ("restore-plan", project + "@2100-01-01")]:
        p = run(*arguments)
        logs += grep(" ".join(arguments), p.stdout + p.stderr)
print("in logs:", len(logs))
# Its pages are compressed: what is in them is looked into, too.
os.mkdir(place + "/held")
for path in glob.glob(place + "/catalog.*"): shutil.copy(path, place + "/held")
oracle = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../oracles/catalog_bytes.py")
held = subprocess.run(["python3", oracle, place + "/held"], capture_output=True, check=True).stdout
if b"@example" not in held: sys.exit("the catalog holds no rows that could be looked into")
index = grep("catalog", held)
print("in the catalog:", len(index))
# What is masked in the catalog is still in the files.
p = run("cat", "dumpfull@2100-01-01", "function:f", "--raw")
print("in its files:", q(S).encode() in p.stdout)
print(*bad[:20], *logs[:20], *index[:20], sep="\n", file=sys.stderr)

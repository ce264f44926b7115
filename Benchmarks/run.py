"""Times coffer side by side with the peers a user would pick instead, in one run, and prints the table.

usage: run.py PATH/TO/coffer [--runs N] [--sizes 129,1300] [--only WORD] [--quick]

Input is made by Benchmarks/Sources/generate. Every figure is of a whole process tree from outside: wall clock, user and
system time and the largest resident set, the median of the runs after a warm-up; output goes to memory (/dev/shm). Programs
that are compared take turns, and ratios are medians of the turns'. A peer that needs more than a minute runs once.
"""
import argparse, os, re, resource, shutil, statistics, subprocess, sys, time

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
PYTHON = f"{ROOT}/.build/peers/bin/python"
PEERS = f"{ROOT}/Benchmarks/peers"
OUT = f"{ROOT}/out/bench"
# Output goes to memory, so that disks are not what is measured.
RESULT = "/dev/shm/coffer-bench" if os.access("/dev/shm", os.W_OK) else f"{OUT}/result"

def measure(command, prepare):
    """Wall, CPU and peak memory of one run of a command."""
    prepare()
    start = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    errors = process.stderr.read()
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    wall = time.perf_counter() - start
    if process.returncode not in (0, 3):
        sys.exit(f"{' '.join(command)}: exit {process.returncode}\n{errors.decode()}")
    return wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024

def fresh():
    shutil.rmtree(RESULT, ignore_errors=True)
    os.makedirs(RESULT)

def generate(kind, size):
    path = f"{OUT}/{kind}-{size}" + ("" if kind in ("convex", "snapshot") else ".json")
    if not os.path.exists(path):
        subprocess.run([f"{ROOT}/Benchmarks/.build/release/generate", kind, path, str(size)], check=True)
    return path

def snapshot(size):
    """A Convex snapshot export as a zip."""
    path = f"{OUT}/snapshot-{size}.zip"
    if not os.path.exists(path):
        folder = generate("snapshot", size)
        shutil.make_archive(path[:-4], "zip", folder)
        shutil.rmtree(folder)
    return path

def dumps(coffer, megabytes):
    """A database of about so many megabytes as pg_dump writes it: plain, as INSERT, and as a compressed archive."""
    # 1.15 MB of COPY text for each step of the generator's size.
    steps = max(1, round(megabytes / 1.15))
    paths = [f"{OUT}/dump-{steps}.{ending}" for ending in ("sql", "inserts.sql", "dump")]
    if not all(map(os.path.exists, paths)):
        shop, script = generate("shop", steps), f"{OUT}/dump-{steps}.source.sql"
        subprocess.run([coffer, "convert", shop, "-q", "-t", "sql", "-o", script, "--replace"], check=True)
        os.chmod(script, 0o644)
        dump = 'psql -q -v ON_ERROR_STOP=1 -f "$0" >/dev/null; pg_dump -f "$1"; pg_dump --inserts -f "$2"; pg_dump -Fc -f "$3"'
        subprocess.run([f"{ROOT}/scripts/with-postgres", "bash", "-ec", dump, script, *paths], check=True)
        os.remove(script)
    return paths

class Cluster:
    """A throw-away PostgreSQL, which PGHOST and PGUSER then name, with an empty database `bench` before every run."""
    def __enter__(self):
        self.process = subprocess.Popen([f"{ROOT}/scripts/with-postgres", "sh", "-c", "echo $PGHOST; cat >/dev/null"],
                                        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        os.environ.update(PGHOST=self.process.stdout.readline().strip(), PGUSER="coffer", PGDATABASE="postgres")
        return self

    def fresh(self):
        fresh()
        subprocess.run(["psql", "-qX", "-c", "DROP DATABASE IF EXISTS bench", "-c", "CREATE DATABASE bench", "-c", "CHECKPOINT"],
                       check=True, stderr=subprocess.DEVNULL)

    def __exit__(self, *_):
        self.process.stdin.close()
        self.process.wait()

def fixture(kind, shop):
    """A dumpdata as Django writes it in XML or YAML."""
    path = shop[:-len("json")] + kind
    if not os.path.exists(path):
        subprocess.run([PYTHON, f"{PEERS}/django_fixture.py", kind, path + ".partial", shop], check=True)
        os.rename(path + ".partial", path)
    return path

def next_day(shop):
    """The same dumpdata a day later: one record in a hundred says something else."""
    path = shop[:-len(".json")] + "-next.json"
    if not os.path.exists(path):
        with open(shop) as file: records = file.read().split('}, {"model": ')
        for i in range(0, len(records), 100):
            records[i] = re.sub(r'("(?:body|comment|description|name|note|text|title)": ")', r"\1lately ", records[i], count=1)
        with open(path + ".partial", "w") as file: file.write('}, {"model": '.join(records))
        os.rename(path + ".partial", path)
    return path

class Nights:
    """A catalog and two repositories that hold the first of two backups, made anew before every run."""
    def __init__(self, coffer, shop):
        self.place = f"{RESULT}-nights"
        shutil.rmtree(self.place, ignore_errors=True)
        os.makedirs(self.place)
        os.environ.update(RESTIC_PASSWORD="bench", BORG_UNKNOWN_UNENCRYPTED_REPO_ACCESS_IS_OK="yes",
                          BORG_BASE_DIR=self.place, RESTIC_CACHE_DIR=f"{self.place}/cache")
        for command in (
            [coffer, "register", "-q", "--project", "shop", "--catalog", f"{self.place}/catalog.db", shop],
            ["restic", "init", "-q", "-r", f"{self.place}/restic"],
            ["restic", "backup", "-q", "-r", f"{self.place}/restic", shop],
            ["borg", "init", "-e", "none", f"{self.place}/borg"],
            ["borg", "create", f"{self.place}/borg::first", shop]):
            subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        self.kept = f"{RESULT}-kept"
        shutil.rmtree(self.kept, ignore_errors=True)
        shutil.copytree(self.place, self.kept)

    def fresh(self):
        fresh()
        shutil.rmtree(self.place)
        shutil.copytree(self.kept, self.place)

    def remove(self):
        for place in (self.place, self.kept): shutil.rmtree(place, ignore_errors=True)

# What is compared for each of the sizes.
OF_A_SHOP = [
    "Django JSON -> CSV", "Django JSON -> JSON Lines", "Django JSON -> SQL", "Django JSON -> SQLite", "register --index none",
    "register, next day",
    "pg_dump plain -> CSV", "pg_dump plain -> SQLite", "pg_dump plain -> live PostgreSQL", "SQLite -> live PostgreSQL",
    "pg_dump plain -> live SQLite",
    "pg_dump --inserts -> CSV", "pg_dump archive -> CSV", "register dump --index none"]

def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("coffer")
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--sizes", default="129,1300", help="megabytes of dumpdata")
    parser.add_argument("--only", default="")
    parser.add_argument("--quick", action="store_true", help="smallest size, one run")
    options = parser.parse_args()
    coffer = os.path.abspath(options.coffer)
    sizes = [int(x) for x in options.sizes.split(",")]
    if options.quick: options.runs, sizes = 1, sizes[:1]
    os.makedirs(OUT, exist_ok=True)
    subprocess.run(["swift", "build", "-c", "release", "--package-path", f"{ROOT}/Benchmarks"], check=True, stdout=subprocess.DEVNULL)
    print(f"{'work':34} {'MB':>6} {'program':16} {'wall s':>8} {'MB/s':>7} {'CPU MB/s':>9} {'peak MB':>8}  ratio wall, CPU")

    def compare(work, source, commands, prepare=fresh):
        if options.only not in work: return
        size = os.path.getsize(source) / 1e6
        subprocess.run(["cat", source], stdout=subprocess.DEVNULL)
        # The programs take turns, so that a slow minute of the machine is everybody's; ratios are medians of the rounds'.
        rounds = options.runs if size < 500 else 1
        results = [[] for _ in commands]
        for i in range(rounds + 1):
            for (program, command), result in zip(commands, results):
                if i > 1 and result[0][0] > 60: continue
                if size >= 500 and i == 0 and program != "coffer": continue
                result.append(measure(command, prepare))
        for j, ((program, _), result) in enumerate(zip(commands, results)):
            if len(result) > 1: del result[0]
            wall, cpu, memory = [statistics.median(column) for column in zip(*result)]
            ratio = ""
            if j > 0:
                pairs = list(zip(result, results[0][-len(result):]))
                ratio = ", ".join(f"{statistics.median(a[k] / b[k] for a, b in pairs):.2f}x" for k in (0, 1))
            print(f"{work:34} {size:6.0f} {program:16} {wall:8.3f} {size / wall:7.0f} {size / cpu:9.0f} {memory:8.0f}  {ratio}", flush=True)

    def wanted(works):
        """Whether one of a group of comparisons is asked for: its input is generated only then."""
        return any(options.only in work for work in works)

    R = RESULT
    for megabytes in sizes if wanted(OF_A_SHOP) else []:
        # 2.424 MB of dumpdata for each step of the generator's size.
        shop = generate("shop", max(1, round(megabytes / 2.424)))
        compare("Django JSON -> CSV", shop, [
            ("coffer", [coffer, "convert", shop, "-t", "csv", "-o", f"{R}/csv/"]),
            ("DuckDB", [PYTHON, f"{PEERS}/django_csv_duckdb.py", shop, f"{R}/csv"])])
        compare("Django JSON -> JSON Lines", shop, [
            ("coffer", [coffer, "convert", shop, "-t", "jsonl", "-o", f"{R}/jsonl/"]),
            ("DuckDB", [PYTHON, f"{PEERS}/django_jsonl_duckdb.py", shop, f"{R}/jsonl"])])
        compare("Django JSON -> SQL", shop, [
            ("coffer", [coffer, "convert", shop, "-t", "sql", "-o", f"{R}/x.sql"]),
            ("orjson script", [PYTHON, f"{PEERS}/django_sql_orjson.py", shop, f"{R}/x.sql"])])
        compare("Django JSON -> SQLite", shop, [
            ("coffer", [coffer, "convert", shop, "-t", "sqlite", "-o", f"{R}/x.db"]),
            ("orjson script", [PYTHON, f"{PEERS}/django_sqlite_orjson.py", shop, f"{R}/x.db"])])
        os.environ["COFFER_CATALOG"] = f"{R}/catalog.db"
        compare("register --index none", shop, [
            ("coffer", [coffer, "register", "--index", "none", shop]),
            ("openssl sha256", ["openssl", "dgst", "-sha256", shop])])
        if options.only in "register, next day":
            later, nights = next_day(shop), Nights(coffer, shop)
            compare("register, next day", later, [
                ("coffer", [coffer, "register", "-q", "--project", "shop", "--catalog", f"{nights.place}/catalog.db", later]),
                ("openssl sha256", ["openssl", "dgst", "-sha256", later]),
                ("restic backup", ["restic", "backup", "-q", "-r", f"{nights.place}/restic", later]),
                ("borg create", ["borg", "create", f"{nights.place}/borg::next", later])], nights.fresh)
            nights.remove()
        plain, inserts, archive = dumps(coffer, megabytes)
        compare("pg_dump plain -> CSV", plain, [
            ("coffer", [coffer, "convert", plain, "-t", "csv", "-o", f"{R}/csv/"]),
            ("gawk", ["env", "LC_ALL=C", "gawk", "-v", f"out={R}", "-f", f"{PEERS}/copy_csv.awk", plain])])
        compare("pg_dump plain -> SQLite", plain, [
            ("coffer", [coffer, "convert", plain, "-t", "sqlite", "-o", f"{R}/x.db"]),
            ("Python script", [PYTHON, f"{PEERS}/copy_sqlite.py", plain, f"{R}/x.db"])])
        if wanted(["pg_dump plain -> live PostgreSQL"]):
            with Cluster() as cluster:
                compare("pg_dump plain -> live PostgreSQL", plain, [
                    ("coffer", [coffer, "migrate", plain, "--into", "postgresql:///bench", "-q"]),
                    ("psql -1", ["psql", "-qX1", "-v", "ON_ERROR_STOP=1", "-d", "bench", "-f", plain])], cluster.fresh)
        if wanted(["SQLite -> live PostgreSQL"]):
            database, orders = f"{plain[:-len('.sql')]}.db", f"{OUT}/pgloader.load"
            if not os.path.exists(database):
                subprocess.run([coffer, "convert", plain, "-q", "-t", "sqlite", "-o", database], check=True)
            with Cluster() as cluster:
                with open(orders, "w") as file:
                    file.write(f"load database from sqlite://{database} into postgresql://coffer@unix:{os.environ['PGHOST']}:5432/bench "
                               "with include drop, create tables;\n")
                compare("SQLite -> live PostgreSQL", database, [
                    ("coffer", [coffer, "migrate", database, "--into", "postgresql:///bench", "-q"]),
                    ("pgloader", ["pgloader", "-q", orders])], cluster.fresh)
        def there():
            fresh()
            subprocess.run(["sqlite3", f"{R}/x.db", "CREATE TABLE there (x)"], check=True)
        compare("pg_dump plain -> live SQLite", plain, [
            ("coffer", [coffer, "migrate", plain, "--into", f"sqlite:{R}/x.db", "-q"]),
            ("Python script", [PYTHON, f"{PEERS}/copy_sqlite.py", plain, f"{R}/x.db"])], there)
        compare("pg_dump --inserts -> CSV", inserts, [
            ("coffer", [coffer, "convert", inserts, "-t", "csv", "-o", f"{R}/csv/"])])
        compare("pg_dump archive -> CSV", archive, [
            ("coffer", [coffer, "convert", archive, "-t", "csv", "-o", f"{R}/csv/"]),
            ("pg_restore, text", ["pg_restore", "-f", f"{R}/x.sql", archive])])
        compare("register dump --index none", plain, [
            ("coffer", [coffer, "register", "--index", "none", plain]),
            ("openssl sha256", ["openssl", "dgst", "-sha256", plain])])
    if wanted(["Convex JSON -> CSV"]):
        convex = generate("convex", 80)
        table = next(f"{convex}/{name}" for name in os.listdir(convex) if name.startswith("master_data") and name.endswith(".json"))
        compare("Convex JSON -> CSV", table, [
            ("coffer", [coffer, "convert", table, "-t", "csv", "--internal-fields", "-o", f"{R}/x.csv"]),
            ("DuckDB", [PYTHON, f"{PEERS}/array_csv_duckdb.py", table, f"{R}/x.csv"])])
    scales = (1, 10) if len(sizes) > 1 else (1,)
    for scale in scales if wanted(["Convex zip -> CSV", "Convex zip -> SQLite"]) else []:
        export = snapshot(12 * scale)
        compare("Convex zip -> CSV", export, [
            ("coffer", [coffer, "convert", export, "-t", "csv", "--internal-fields", "-o", f"{R}/csv/"]),
            ("unzip, DuckDB", [f"{PEERS}/zip_csv_duckdb.sh", export, f"{R}/csv", PYTHON])])
        compare("Convex zip -> SQLite", export, [
            ("coffer", [coffer, "convert", export, "-t", "sqlite", "-o", f"{R}/x.db"]),
            ("orjson script", [PYTHON, f"{PEERS}/zip_sqlite_orjson.py", export, f"{R}/x.db"])])
    for scale in scales if wanted(["Prisma JSON -> JSON Lines, files"]) else []:
        backup = generate("prisma", 10 * scale)
        compare("Prisma JSON -> JSON Lines, files", backup, [
            ("coffer", [coffer, "convert", backup, "-t", "jsonl", "-o", f"{R}/jsonl/", "--files", f"{R}/files"]),
            ("orjson script", [PYTHON, f"{PEERS}/prisma_files_orjson.py", backup, f"{R}/jsonl", f"{R}/files"])])
    for kind in ("xml", "yaml"):
        if not wanted([f"Django {kind.upper()} -> JSON Lines"]): continue
        # Django reads about a megabyte a second.
        source = fixture(kind, generate("shop", 5))
        compare(f"Django {kind.upper()} -> JSON Lines", source, [
            ("coffer", [coffer, "convert", source, "-t", "jsonl", "-o", f"{R}/jsonl/"]),
            ("Django", [PYTHON, f"{PEERS}/django_fixture.py", kind, source])])
    if wanted(["Django JSON -> live PostgreSQL"]):
        with Cluster() as cluster:
            shop = generate("shop", 5)
            compare("Django JSON -> live PostgreSQL", shop, [
                ("coffer", [coffer, "migrate", shop, "--into", "postgresql:///bench", "-q"]),
                ("Django loaddata", [PYTHON, f"{PEERS}/django_loaddata.py", shop])], cluster.fresh)
    small = f"{ROOT}/Tests/Fixtures/demo/shop/shop_dumpdata.json"
    catalog = f"{OUT}/search.db"
    if wanted(["register search start"]):
        if os.path.exists(catalog): os.remove(catalog)
        os.environ["COFFER_CATALOG"] = catalog
        def timed(name, command, runs=50):
            times = []
            for _ in range(runs):
                start = time.perf_counter()
                subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
                times.append((time.perf_counter() - start) * 1e3)
            print(f"{name:34} median of {runs}: {statistics.median(times):.1f} ms", flush=True)
        timed("register 2.4 MB, full index", [coffer, "register", small], 1)
        timed("register again, unchanged", [coffer, "register", small])
        timed("search a value", [coffer, "search", "mira.okafor@harbourlight.example"])
        timed("search two words", [coffer, "search", "velvet", "lantern"])
        timed("coffer version", [coffer, "version"])

try:
    main()
finally:
    shutil.rmtree(RESULT, ignore_errors=True)

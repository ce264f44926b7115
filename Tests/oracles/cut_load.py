"""Loads a backup into PostgreSQL again and again while something goes wrong, and looks what is in the database afterwards.

usage: cut_load.py COFFER SOCKET_DIRECTORY BACKUP QUERY [CUTS]

A proxy that is no program of ours cuts the connection at so many places of either direction (default 200), and at as many of the
last bytes before and behind COMMIT; then coffer is killed at many moments. QUERY gives one number: that of the rows that a load brings.
Prints one line for every kind of fault. A load that says it succeeded must be there as a whole, once; one that says it failed
must have left nothing.
"""
import os, signal, socket, subprocess, sys, threading, time

COFFER, PLACE, BACKUP, QUERY = sys.argv[1:5]
CUTS = int(sys.argv[5]) if len(sys.argv) > 5 else 200

def psql(sql, database="postgres"):
    done = subprocess.run(["psql", "-X", "-q", "-At", "-v", "ON_ERROR_STOP=1", "-h", PLACE, "-U", "tester", "-d", database],
                          input=sql.encode(), capture_output=True)
    if done.returncode: sys.exit(f"psql: {done.stderr.decode()}")
    return done.stdout.decode().strip()

class Proxy:
    """Passes bytes on until so many have gone one way; then the client's connection is cut, and the server's unless held."""
    def __init__(self, limit=None, downwards=False, holds=False):
        self.limit, self.downwards, self.holds, self.held = limit, downwards, holds, []
        self.counts, self.is_first, self.lock = [0, 0], True, threading.Lock()
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        while True:
            try: client, _ = self.listener.accept()
            except OSError: return
            server = socket.socket(socket.AF_UNIX)
            server.connect(f"{PLACE}/.s.PGSQL.5432")
            # Only the first connection is cut: coffer may ask on another what became of its load.
            cuts, self.is_first = self.is_first, False
            for way, (source, target) in enumerate([(client, server), (server, client)]):
                threading.Thread(target=self.pass_on, args=(way, source, target, client, server, cuts), daemon=True).start()

    def pass_on(self, way, source, target, client, server, cuts):
        while True:
            try: piece = source.recv(65536)
            except OSError: piece = b""
            if piece and cuts:
                with self.lock:
                    if self.limit is not None and way == self.downwards and self.counts[way] + len(piece) >= self.limit:
                        piece = piece[:self.limit - self.counts[way]]
                        try: target.sendall(piece)
                        except OSError: pass
                        self.counts[way] += len(piece)
                        piece = b""
                    else: self.counts[way] += len(piece)
            if not piece:
                if self.holds and cuts:
                    self.held.append(server)
                    ends = [client]
                else: ends = [client, server]
                for end in ends:
                    try: end.shutdown(socket.SHUT_RDWR)
                    except OSError: pass
                return
            try: target.sendall(piece)
            except OSError: return

def load(port, wait=True):
    command = [COFFER, "migrate", BACKUP, "--into", f"host=127.0.0.1 port={port} user=tester dbname=cut sslmode=disable gssencmode=disable",
               "--quiet"]
    process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    if not wait: return process
    try: errors = process.communicate(timeout=90)[1].decode()
    except subprocess.TimeoutExpired:
        process.kill()
        sys.exit("a load hangs")
    return process.returncode, errors

def fresh(): psql("DROP DATABASE IF EXISTS cut WITH (FORCE); CREATE DATABASE cut")

def rows():
    # Servers' processes that work for nobody end first.
    for _ in range(100):
        if psql("SELECT count(*) FROM pg_stat_activity WHERE datname = 'cut'") == "0": break
        time.sleep(0.05)
    there = psql("SELECT count(*) FROM pg_tables WHERE schemaname NOT IN ('pg_catalog', 'information_schema')", "cut")
    return 0 if there == "0" else int(psql(QUERY, "cut"))

def main():
    fresh()
    whole = Proxy()
    code, errors = load(whole.port)
    if code: sys.exit(f"a load without faults: exit {code}\n{errors}")
    full, totals = rows(), whole.counts
    if full == 0: sys.exit("nothing was loaded")
    for downwards in (False, True):
        total, counts = totals[downwards], {"loaded": 0, "untouched": 0}
        # Sizes differ by some bytes from run to run: numbers of processes and transactions.
        for limit in sorted(set(range(1, total, max(1, total // CUTS))) | set(range(max(1, total - 90), total + 3, max(1, 90 // CUTS)))):
            fresh()
            code, errors = load(Proxy(limit, downwards).port)
            found = rows()
            expected = full if code == 0 else 0
            if found != expected:
                sys.exit(f"cut behind {limit} bytes, {downwards=}: exit {code}, {found} rows\n{errors}")
            if "Traceback" in errors or code not in (0, 1): sys.exit(f"exit {code}\n{errors}")
            counts["loaded" if found else "untouched"] += 1
        if 0 in counts.values(): sys.exit(f"{downwards=}: one outcome is missing: {counts}")
        print(f"cut {'from' if downwards else 'to'} the server: as before or as after")
    # The answer to COMMIT is lost, and the server does not know that its client is gone.
    fresh()
    code, errors = load(Proxy(totals[True] - 12, True, holds=True).port)
    if (code, rows()) not in ((0, full), (1, 0)): sys.exit(f"held: exit {code}\n{errors}")
    print("answer held back: as before or as after")
    outcomes = set()
    for step in range(min(24, CUTS)):
        fresh()
        process = load(Proxy().port, wait=False)
        time.sleep(0.01 * step)
        process.send_signal(signal.SIGKILL)
        process.communicate()
        outcomes.add(rows())
    if not outcomes <= {0, full}: sys.exit(f"killed: {outcomes}")
    print("killed: as before or as after")

main()

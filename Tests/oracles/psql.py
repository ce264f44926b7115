"""What psql sends to a server, statement by statement: oracle for the cutter of scripts.

Usage: psql.py PSQL SCRIPT; prints the script that is to be cut, then the statements, each with a NUL byte behind it.

The server is a stand-in that runs nothing: it takes every statement for done and lets COPY FROM STDIN have its rows. So scripts of
unknown origin can be given to psql, once the commands that do more than send are out (`disarmed`).
"""
import re
import socket
import struct
import subprocess
import sys
import tempfile
import threading


def message(kind, body=b""):
    return kind + struct.pack("!i", len(body) + 4) + body


def setting(name, value):
    return message(b"S", name + b"\0" + value + b"\0")


READY = message(b"Z", b"I")
GREETING = message(b"R", struct.pack("!i", 0)) + b"".join(
    setting(name, value)
    for name, value in [
        (b"server_version", b"15.0"), (b"client_encoding", b"UTF8"), (b"server_encoding", b"UTF8"),
        (b"standard_conforming_strings", b"on"), (b"is_superuser", b"off"), (b"session_authorization", b"nobody"),
    ]
) + READY


class Session:
    def __init__(self, connection):
        self.connection = connection
        self.statements = []

    def exactly(self, count):
        data = b""
        while len(data) < count:
            piece = self.connection.recv(count - len(data))
            if not piece:
                raise EOFError
            data += piece
        return data

    def receive(self):
        kind = self.exactly(1)
        return kind, self.exactly(struct.unpack("!i", self.exactly(4))[0] - 4)

    def run(self):
        while True:
            size, code = struct.unpack("!ii", self.exactly(8))
            self.exactly(size - 8)
            if code not in (80877103, 80877104):  # requests for TLS and GSSAPI
                break
            self.connection.sendall(b"N")
        self.connection.sendall(GREETING)
        while True:
            kind, body = self.receive()
            if kind == b"Q":
                self.query(body[:-1])
            elif kind == b"P":  # what \gdesc looks at
                self.statements.append(body.split(b"\0")[1])
                self.connection.sendall(message(b"1"))
            elif kind == b"D":
                self.connection.sendall(message(b"t", b"\0\0") + message(b"n"))
            elif kind == b"S":
                self.connection.sendall(READY)
            elif kind == b"X":
                return

    def query(self, text):
        self.statements.append(text)
        for _ in re.finditer(rb"(?im)(?:^|;)\s*(?:<<and>>)?\s*(?:--.*\s+)*copy\s+[^();]+(?:\([^()]*\))?\s*from\s+std(?:in|out)\b", text):
            self.connection.sendall(message(b"G", b"\0\0\0"))
            while self.receive()[0] not in (b"c", b"f"):
                pass
            self.connection.sendall(message(b"C", b"COPY 0\0"))
        change = re.match(rb"(?i)\s*set\s+standard_conforming_strings\s*(?:=|to)\s*(on|off)", text)
        if change:
            self.connection.sendall(setting(b"standard_conforming_strings", change.group(1).lower()))
        self.connection.sendall(message(b"C", b"DONE\0") + READY)


# Commands at the beginning of a line that send, drop or choose what is sent, or only print.
HARMLESS = rb"g|gx|gset|gdesc|gexec|crosstabview|if|elif|else|endif|r|reset|p|echo|qecho|warn"


def disarmed(script):
    """The script with its other commands at the beginning of lines turned into such that print, for they would change what psql
    does, ask the server on their own, or reach out of psql; and without the COPY statements that have no rows, for servers are
    meant to refuse them.
    """
    script = re.sub(rb"(?m)^\\(?!(?:" + HARMLESS + rb")[ \t\n])(?=\w)", rb"\\qecho ", script)
    lines = script.splitlines(keepends=True)
    kept = []
    for i, line in enumerate(lines):
        if re.match(rb"(?i)copy\s.*\sfrom\s+std(?:in|out)\s*;", line):
            following = next((l for l in lines[i + 1:] if l.startswith(b"\\.") or re.search(rb";\s*(--.*)?$", l)), b"")
            if not following.startswith(b"\\."):
                continue
        kept.append(line)
    return b"".join(kept)


# Stands behind a semicolon with a backslash, which separates what is sent at once.
SEPARATOR = b" <<and>> "


def for_psql(script):
    """The script as psql 15 is given it: without what newer ones know, without variables, and with separators."""
    script = re.sub(rb"\\bind( '[^']*')*", b"", script)
    return script.replace(b":{?", b":{!").replace(b"\\;", b"\\;" + SEPARATOR)


def statements(psql, script):
    with tempfile.TemporaryDirectory() as place:
        listener = socket.socket(socket.AF_UNIX)
        listener.bind(place + "/.s.PGSQL.5432")
        listener.listen(1)
        found = []

        def serve():
            session = Session(listener.accept()[0])
            found.append(session.statements)
            try:
                session.run()
            except EOFError:
                pass

        server = threading.Thread(target=serve, daemon=True)
        server.start()
        with open(place + "/script", "wb") as file:
            file.write(script)
        subprocess.run(
            [psql, "-X", "-q", "-h", place, "-U", "nobody", "-d", "none", "-f", place + "/script"],
            cwd=place, env={"PATH": "/nonexistent", "LC_ALL": "C.UTF-8"}, stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, timeout=60, check=False)
        server.join(10)
        return found[0] if found else []


def sent(psql, script):
    """The single statements, without comments before them."""
    found = []
    for text in statements(psql, for_psql(script)):
        for statement in re.split(rb";\s*" + SEPARATOR.strip(), text.replace(b":{!", b":{?")):
            # A comment before a statement is sent with it, unless it is one of a line and the first.
            found.append(re.sub(rb"\A(?:\s*(?:/\*.*?\*/|--[^\n]*\n)\s*)+", b"", statement, flags=re.S))
    return found


if __name__ == "__main__":
    with open(sys.argv[2], "rb") as file:
        script = disarmed(file.read())
    sys.stdout.buffer.write(script + b"\0")
    for statement in sent(sys.argv[1], script):
        sys.stdout.buffer.write(statement + b"\0")

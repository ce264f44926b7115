"""What a real server says to statements that it is only let parse: oracle for the cutter of scripts.

Usage: parse.py DIRECTORY USER DATABASE < STATEMENTS; DIRECTORY holds the server's socket, STATEMENTS each have a NUL byte behind them.
Prints a line for each: the SQLSTATE and message of the error, or `00000`. Nothing is executed, but for settings of how strings are read.
"""
import re
import socket
import struct
import sys


class Server:
    def __init__(self, directory, user, database):
        self.connection = socket.socket(socket.AF_UNIX)
        self.connection.connect(directory + "/.s.PGSQL.5432")
        body = struct.pack("!i", 196608)
        for word in ("user", user, "database", database, "client_encoding", "UTF8", ""):
            body += word.encode() + b"\0"
        self.connection.sendall(struct.pack("!i", len(body) + 4) + body)
        self.answer()

    def exactly(self, count):
        data = b""
        while len(data) < count:
            piece = self.connection.recv(count - len(data))
            if not piece:
                raise EOFError
            data += piece
        return data

    def answer(self):
        """What went wrong before the server is ready again."""
        error = b"00000"
        while True:
            kind = self.exactly(1)
            body = self.exactly(struct.unpack("!i", self.exactly(4))[0] - 4)
            if kind == b"E":
                fields = {part[:1]: part[1:] for part in body.split(b"\0") if part}
                error = fields[b"C"] + b" " + fields[b"M"].replace(b"\n", b" ")
            elif kind == b"Z":
                return error

    def parse(self, statement):
        body = b"\0" + statement + b"\0" + struct.pack("!h", 0)
        self.connection.sendall(
            b"P" + struct.pack("!i", len(body) + 4) + body + b"S" + struct.pack("!i", 4))
        return self.answer()

    def query(self, text):
        self.connection.sendall(b"Q" + struct.pack("!i", len(text) + 5) + text + b"\0")
        return self.answer()


if __name__ == "__main__":
    server = Server(*sys.argv[1:4])
    for statement in sys.stdin.buffer.read().split(b"\0")[:-1]:
        sys.stdout.buffer.write(server.parse(statement) + b"\n")
        change = re.match(rb"(?i)\s*set\s+standard_conforming_strings\s*(?:=|to)\s*(on|off)\s*;?\s*\Z", statement)
        if change:
            server.query(b"SET standard_conforming_strings = " + change.group(1))

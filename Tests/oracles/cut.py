"""How many rows of each table are whole in the beginning of a dump. Standard library, and pg_restore -l for archives.

    cut.py FILE     reads lengths on standard input; prints LENGTH, TABLE and two numbers a line, with tabs: rows that are certainly
                    whole, and those whose last byte is there (a row of INSERT that nothing follows yet)
"""
import bisect, re, subprocess, sys, zlib


def named(schema, table):
    return table if schema in (None, "", "public") else schema + "." + table


def parts(text):
    """Schema and table of a name in SQL."""
    found = [b or a.replace('""', '"') for a, b in re.findall(r'"((?:[^"]|"")*)"|(\w+)', text)]
    return named(found[0] if len(found) > 1 else None, found[-1])


def plain(data):
    """By table: offsets at which a row is certainly whole, and at which its last byte is there."""
    certain, there = {}, {}
    at = 0
    while at < len(data):
        end = data.find(b"\n", at) + 1 or len(data)
        line = data[at:end]
        copy = re.match(rb"COPY (.*?) \(.*\) FROM stdin;\n", line)
        insert = re.match(rb"INSERT INTO (\S+) \(.*?\) VALUES", line)
        if copy:
            table = parts(copy.group(1).decode())
            certain.setdefault(table, []), there.setdefault(table, [])
            while True:
                at, end = end, data.find(b"\n", end) + 1 or len(data)
                if data[at:end] == b"\\.\n" or at == len(data):
                    break
                if data[end - 1:end] == b"\n":
                    certain[table].append(end)
                    there[table].append(end)
            at = end
        elif insert:
            table = parts(insert.group(1).decode())
            certain.setdefault(table, []), there.setdefault(table, [])
            at = rows(data, at + insert.end(), certain[table], there[table])
        else:
            at = end
    return certain, there


def rows(data, at, certain, there):
    depth = 0
    while at < len(data):
        c = data[at:at + 1]
        if c == b"'":
            at += 1
            while at < len(data) and (data[at:at + 1] != b"'" or data[at + 1:at + 2] == b"'"):
                at += 2 if data[at:at + 1] == b"'" else 1
        elif c == b"(":
            depth += 1
        elif c == b")":
            depth -= 1
            if depth == 0:
                there.append(at + 1)
        elif depth == 0 and c in b",;" and len(certain) < len(there):
            certain.append(at + 1)
            if c == b";":
                return at + 1
        at += 1
    return at


def number(data, at):
    """A number of an archive with four bytes, and the offset behind it."""
    if at + 5 > len(data):
        raise ValueError
    value = int.from_bytes(data[at + 1:at + 5], "little")
    return (-value if data[at] else value), at + 5


def blocks(data):
    """Number, offset of the content, and its pieces, of each block of a custom archive."""
    for start in range(len(data)):
        found, at = [], start
        try:
            while at < len(data):
                if data[at] != 1:
                    raise ValueError
                entry, at = number(data, at + 1)
                pieces = []
                while True:
                    size, at = number(data, at)
                    if size < 0 or size > len(data) or entry <= 0:
                        raise ValueError
                    if size == 0:
                        break
                    pieces.append((at, at + size))
                    at += size
                found.append((entry, pieces))
        except ValueError:
            continue
        if at == len(data) and found:
            return found
    sys.exit("no blocks")


def archive(path, data, lengths):
    listed = subprocess.run(["pg_restore", "-l", path], capture_output=True, check=True, text=True).stdout
    tables = {int(n): named(s, t) for n, s, t in re.findall(r"(?m)^(\d+); \d+ \d+ TABLE DATA (\S+) (\S+) ", listed)}
    all_ = [(tables[entry], pieces) for entry, pieces in blocks(data)]
    for length in lengths:
        for table, pieces in all_:
            whole = inflated(data, pieces, length)
            print(length, table, whole, whole, sep="\t")


def inflated(data, pieces, length):
    """Rows in the data before a place."""
    inflater, text = zlib.decompressobj(), b""
    for start, end in pieces:
        text += inflater.decompress(data[start:max(start, min(end, length))])
    lines = text.split(b"\n")[:-1]
    return lines.index(b"\\.") if b"\\." in lines else len(lines)


def main(path):
    lengths = [int(word) for word in sys.stdin.read().split()]
    with open(path, "rb") as file:
        data = file.read()
    if data.startswith(b"PGDMP"):
        return archive(path, data, lengths)
    certain, there = plain(data)
    for length in lengths:
        for table in certain:
            print(length, table, bisect.bisect_right(certain[table], length), bisect.bisect_right(there[table], length), sep="\t")


if __name__ == "__main__":
    main(sys.argv[1])

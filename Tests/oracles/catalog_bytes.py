"""Writes everything that the files of a catalog hold: their bytes as they are, and what is compressed within their pages.

usage: catalog_bytes.py DIRECTORY
"""

import ctypes
import glob
import os
import sqlite3
import sys

zstd = ctypes.CDLL("libzstd.so.1")
zstd.ZSTD_getFrameContentSize.restype = ctypes.c_ulonglong
zstd.ZSTD_getFrameContentSize.argtypes = [ctypes.c_char_p, ctypes.c_size_t]
for name in ["ZSTD_findFrameCompressedSize", "ZSTD_decompress"]:
    getattr(zstd, name).restype = ctypes.c_size_t
zstd.ZSTD_findFrameCompressedSize.argtypes = [ctypes.c_char_p, ctypes.c_size_t]
zstd.ZSTD_decompress.argtypes = [ctypes.c_char_p, ctypes.c_size_t, ctypes.c_char_p, ctypes.c_size_t]


def frames(data):
    at = data.find(b"\x28\xb5\x2f\xfd")
    while at >= 0:
        rest = data[at:]
        size = zstd.ZSTD_getFrameContentSize(rest, len(rest))
        if size < 1 << 30:
            room = ctypes.create_string_buffer(int(size) + 1)
            length = zstd.ZSTD_findFrameCompressedSize(rest, len(rest))
            if length <= len(rest):
                got = zstd.ZSTD_decompress(room, size, rest, length)
                if got <= size:
                    yield room.raw[:got]
        at = data.find(b"\x28\xb5\x2f\xfd", at + 1)


for path in sorted(glob.glob(os.path.join(sys.argv[1], "*"))):
    if os.path.isfile(path):
        sys.stdout.buffer.write(open(path, "rb").read())
    if path.endswith(".pages.db"):
        pages = sqlite3.connect("file:%s?mode=ro" % path, uri=True)
        whole = b"".join(row[0] for row in pages.execute("SELECT data FROM page ORDER BY id"))
        for frame in frames(whole):
            sys.stdout.buffer.write(frame)

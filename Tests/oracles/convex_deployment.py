"""A deployment of Convex as its streaming export API shows it: GET /api/json_schemas and /api/list_snapshot, as documented.

    convex_deployment.py DIRECTORY KEY [FAULT]

DIRECTORY has a file TABLE.json, an array of documents, for each table. Pages are of seven documents; a page belongs to a snapshot, which
every request but the first one names, and to a cursor that only this server understands. The documents of a snapshot stay as they are:
whatever is written meanwhile (one document a request) is in later ones only. Prints the port once it listens; FAULT makes it answer
wrongly.
"""
import http.server
import json
import pathlib
import sys
import urllib.parse

place, key, fault = pathlib.Path(sys.argv[1]), sys.argv[2], (sys.argv[3:] + [""])[0]
tables = {path.stem: json.loads(path.read_text()) for path in sorted(place.glob("*.json"))}
MOMENT, PAGE = 1770277_000_123_456_789, 7
written = {name: [] for name in tables}


class Deployment(http.server.BaseHTTPRequestHandler):
    def log_message(self, *words):
        pass

    def answer(self, value, status=200):
        body = json.dumps(value).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_GET(self):
        url = urllib.parse.urlsplit(self.path)
        words = dict(urllib.parse.parse_qsl(url.query, keep_blank_values=True))
        if self.headers.get("Authorization") != f"Convex {key}":
            return self.answer({"code": "BadDeployKey", "message": "The provided deploy key was invalid"}, 401)
        if words.get("format") != "json":
            return self.answer({"code": "BadFormat", "message": "format"}, 400)
        if url.path == "/api/json_schemas":
            return self.answer({name: {"type": "object", "properties": {}} for name in tables})
        if url.path != "/api/list_snapshot":
            return self.answer({"code": "NotFound", "message": url.path}, 404)
        if fault == "redirect":
            self.send_response(302)
            self.send_header("Location", "http://127.0.0.1:1/")
            self.end_headers()
            return None
        name, snapshot = words["tableName"], int(words.get("snapshot", MOMENT))
        if snapshot != MOMENT or name not in tables or set(words) - {"tableName", "snapshot", "cursor", "format"}:
            return self.answer({"code": "BadSnapshot", "message": "no such snapshot"}, 400)
        written[name].append({"_id": f"late{len(written[name])}"})
        start = json.loads(words["cursor"])["at"] if "cursor" in words else 0
        if fault == "halfway" and start > 0:
            return self.answer({"code": "InternalServerError", "message": "gone"}, 500)
        rows = [dict(row, _table=name, _ts=MOMENT - 5) for row in tables[name][start:start + PAGE]]
        end = start + PAGE
        if fault == "cursor":
            end = 0
        more = end < len(tables[name])
        return self.answer({
            "values": rows, "snapshot": MOMENT + (fault == "moment" and start > 0), "hasMore": more,
            "cursor": json.dumps({"at": end, "& ": "+%"}) if more else None})


server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Deployment)
print(server.server_address[1], flush=True)
server.serve_forever()

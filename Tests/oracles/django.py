"""An independent reading of Django backups, to compare the converter's with. Standard library only.

    django.py compare            reads our readings as JSON Lines on standard input, each behind a line {"file": PATH}, and
                                 prints every difference
    django.py database DB        prints how one such reading differs from the SQLite database it was dumped from
    django.py database DB exact  the same of formats that keep microseconds: XML and YAML

It knows the rules of naming and of references, not how they are carried out: everything is held in memory, relations are
found by trying all models, and natural keys by trying all columns.
"""
import bz2, gzip, io, itertools, json, lzma, re, sqlite3, sys, zipfile


class Num(str):
    """A number by its digits."""


MISSING = object()
USERS = ("user owner author editor creator created_by updated_by modified_by last_modified_by deleted_by approved_by "
         "added_by changed_by uploaded_by submitted_by assigned_to assignee reviewer sender recipient").split()
PLAIN = ("count level order number position priority rank size state status type value version weight year index score "
         "rating quantity amount price total code name").split()

# model: (table, key column, fields that refer to a model, many-to-many fields, natural key)
KNOWN = {
    "contenttypes.contenttype": ("django_content_type", "id", {}, {}, ["app_label", "model"]),
    "auth.permission": ("auth_permission", "id", {"content_type": "contenttypes.contenttype"}, {},
                        ["codename", "content_type"]),
    "auth.group": ("auth_group", "id", {}, {"permissions": "auth.permission"}, ["name"]),
    "auth.user": ("auth_user", "id", {}, {"groups": "auth.group", "user_permissions": "auth.permission"}, ["username"]),
    "sessions.session": ("django_session", "session_key", {}, {}, []),
    "admin.logentry": ("django_admin_log", "id", {"user": "auth.user", "content_type": "contenttypes.contenttype"}, {}, []),
    "sites.site": ("django_site", "id", {}, {}, ["domain"]),
    "redirects.redirect": ("django_redirect", "id", {"site": "sites.site"}, {}, []),
    "flatpages.flatpage": ("django_flatpage", "id", {}, {"sites": "sites.site"}, []),
    "authtoken.token": ("authtoken_token", "key", {"user": "auth.user"}, {}, []),
    "home.supportedopenaimodel": ("home_supportedopenaimodel", "id", {}, {"assigned_users": "auth.user"}, []),
}
USERDATA = {"users": "auth.user", "groups": "auth.group", "permissions": "auth.permission",
            "openai_models": "home.supportedopenaimodel"}


# ---------------------------------------------------------------------------------------------------------------- reading

def stored_text(path):
    data = open(path, "rb").read()
    if data[:2] == b"\x1f\x8b":
        data = gzip.decompress(data)
    elif data[:3] == b"BZh":
        data = bz2.decompress(data)
    elif data[:6] == b"\xfd7zXZ\0":
        data = lzma.decompress(data)
    elif data[:4] == b"PK\x03\x04":
        archive = zipfile.ZipFile(io.BytesIO(data))
        data = archive.read(archive.namelist()[0])
    elif data[:3] == b"]\0\0":
        data = lzma.decompress(data, lzma.FORMAT_ALONE)
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return data.decode("utf-16")
    return data.decode("utf-8-sig")


def parse(text):
    decoder = json.JSONDecoder(parse_int=Num, parse_float=Num, parse_constant=Num)
    start = re.search(r"^[\[{]", text, re.M)
    text = text[start.start():] if start else text
    try:
        return decoder.decode(text)
    except json.JSONDecodeError:
        return [decoder.decode(line) for line in text.split("\n") if line.strip()]


class Model:
    def __init__(self, name):
        self.name, self.rows, self.columns = name, [], []
        self.known = KNOWN.get(name)
        self.app, _, self.short = name.partition(".")
        self.table = self.known[0] if self.known else name.replace(".", "_")
        self.key = self.known[1] if self.known else "id"
        self.keys = set()

    def add(self, pk, fields):
        for name in fields:
            if name not in self.columns:
                self.columns.append(name)
        self.rows.append((pk, fields))

    def finish(self):
        """The last of several rows with one key counts; rows without a key are numbered behind the greatest."""
        last = {}
        for i, (pk, _) in enumerate(self.rows):
            if pk is not None:
                last[json.dumps(pk)] = i
        self.numbered = [pk for pk, _ in self.rows if pk is None]
        self.lost = len([1 for pk, _ in self.rows if pk is not None]) - len(last)
        whole = [int(pk) for pk, _ in self.rows if isinstance(pk, str) and re.fullmatch(r"0|[1-9]\d{0,17}", pk)]
        self.whole = len(whole) == len([1 for pk, _ in self.rows if pk is not None])
        following = itertools.count(max(whole, default=0) + 1)
        # Composite keys: each part is a field that holds it wherever both are given.
        self.members = []
        composite = [(pk, f) for pk, f in self.rows if isinstance(pk, list)]
        for part in range(len(composite[0][0]) if composite else 0):
            fit = [c for c in self.columns if c not in self.members and
                   all(c not in f or f[c] == pk[part] for pk, f in composite)]
            self.members.append(fit[0] if fit else None)
        kept = []
        for i, (pk, fields) in enumerate(self.rows):
            if pk is not None and last[json.dumps(pk)] != i:
                continue
            if pk is None and not composite:
                pk = Num(next(following))
            for part, name in enumerate(self.members):
                if isinstance(pk, list) and fields.get(name) is None:
                    fields[name] = pk[part]
            kept.append((pk, fields))
        self.rows = kept
        self.keys = {str(pk) for pk, _ in kept if not isinstance(pk, list)}
        number_keys = any(isinstance(pk, Num) for pk, _ in kept)
        self.numeric = self.whole and number_keys

    def values(self, column):
        return [f[column] for _, f in self.rows if f.get(column) is not None]

    def is_user(self):
        c = set(self.columns)
        return self.name == "auth.user" or not self.known and {"password", "last_login"} <= c and \
            bool(c & {"username", "email"}) and \
            bool(c & {"is_active", "is_staff", "is_superuser", "groups", "user_permissions"})


def models_of(document):
    models = {}

    def model(name):
        return models.setdefault(name, Model(name))

    if isinstance(document, dict) and set(document) <= {"model", "pk", "fields"}:
        document = [document]  # one line of JSON Lines
    if isinstance(document, list):
        for item in document:
            model(item["model"].lower()).add(item.get("pk"), item["fields"])
        return models, "fixture"
    lists = document.get("tables", document)
    for name, rows in lists.items():
        if not isinstance(rows, list):
            continue
        mine = model(USERDATA.get(name, name) if "tables" not in document else name)
        if mine.name == name:
            mine.app, _, mine.short = name.partition("_")
            mine.table = name
        for row in rows:
            fields = dict(row)
            mine.add(fields.pop("id", None), fields)
    return models, "rows"


# -------------------------------------------------------------------------------------------------------------- inference

def singular(word):
    if word.endswith("ies") and len(word) > 4:
        return word[:-3] + "y"
    if len(word) > 4 and re.search(r"(sses|xes|zes|ches|shes)$", word):
        return word[:-2]
    if len(word) > 2 and word.endswith("s") and not word.endswith(("ss", "us")):
        return word[:-1]
    return word


def likeness(field, model, plural):
    """0: the field's name is the model's; 1: its last words are; 2: the model's name ends with it; None: neither."""
    words = field.lower().split("_")
    best = None
    for w in ([words, words[:-1] + [singular(words[-1])]] if plural else [words]):
        whole = "".join(w)
        if whole == model:
            found = 0
        elif any("".join(w[i:]) == model for i in range(1, len(w))):
            found = 1
        elif len(whole) >= 4 and whole not in PLAIN and model.endswith(whole):
            found = 2
        else:
            continue
        best = found if best is None else min(best, found)
    return best


class Reading:
    def __init__(self, document):
        self.models, self.layout = models_of(document)
        for m in self.models.values():
            m.finish()
        self.tables, self.unverified = {}, []
        self.synthetic = None
        if self.layout == "rows":
            self.make_content_types()
        for m in self.models.values():
            self.find_parent(m)
        for m in self.models.values():
            self.build(m)

    def make_content_types(self):
        seen = set()
        for m in self.models.values():
            for v in m.values("content_type"):
                if isinstance(v, dict) and sorted(v) == ["app_label", "model"]:
                    seen.add((v["app_label"], v["model"]))
        if seen and "contenttypes.contenttype" not in self.models:
            ordered = sorted(seen, key=lambda p: (p[0].encode(), p[1].encode()))
            self.synthetic = {p: Num(i + 1) for i, p in enumerate(ordered)}

    def user(self):
        return next((m for m in self.models.values() if m.is_user()), None)

    def named(self, name):
        if name in self.models:
            return self.models[name]
        return self.user() if name == "auth.user" else None

    def groups(self, m, field, plural):
        """Models that a field is named like: best likeness first, the own application first."""
        like = [(likeness(field, t.short, plural), t.app != m.app, t) for t in self.models.values()]
        like = [x for x in like if x[0] is not None]
        for rank in sorted({x[:2] for x in like}):
            yield rank[0], [t for a, b, t in like if (a, b) == rank]

    def find_parent(self, m):
        m.parent = m.copy = None
        for c in m.columns:
            pairs = [(str(pk), f[c]) for pk, f in m.rows if f.get(c) is not None]
            if not pairs or any(not isinstance(v, str) or str(v) != pk for pk, v in pairs):
                continue
            if c == "id" and self.layout == "fixture":
                m.copy = c
            base = re.sub("_id$", "", c)
            if base.endswith("_ptr") and self.layout == "fixture":
                short = base[:-4].replace("_", "")
                found = [t for t in self.models.values() if t.short == short and t is not m]
                found.sort(key=lambda t: t.app != m.app)
                if found:
                    m.parent, m.copy, m.key = found[0], c, base + "_id"

    def by_values(self, m, field, values, plural):
        """The model whose keys all values are, by the field's name; and how many are missing."""
        base = re.sub("_id$", "", field)
        distinct = {str(v) for v in values}
        groups = list(self.groups(m, base, plural))
        for rank, targets in groups:
            fit = [t for t in targets if distinct <= t.keys]
            if len(fit) == 1:
                return fit[0], 0
        user = self.user()
        last = singular(base.lower().split("_")[-1])
        if user and (base.lower() in USERS or plural and last in USERS) and distinct and distinct <= user.keys:
            return user, 0
        if base == "parent" and distinct and distinct <= m.keys:
            return m, 0
        if groups and groups[0][0] == 0 and len(groups[0][1]) == 1 and distinct:
            target = groups[0][1][0]
            missing = len(distinct - target.keys)
            if missing * 2 < len(distinct):
                return target, missing
        return None, 0

    # Natural keys: every way to make the tuples from columns of a model is tried.

    def natural_parts(self, row, columns):
        parts = []
        for c in columns:
            v = row[1].get(c)
            if isinstance(v, dict):
                v = [v[k] for k in sorted(v)]
            if isinstance(v, list):
                if any(isinstance(x, (list, dict)) for x in v):
                    return None
                parts += v
            elif isinstance(v, str):
                parts.append(v)
            else:
                return None
        return tuple(map(str, parts))

    def natural_map(self, target, columns):
        found, repeated = {}, False
        for row in target.rows:
            parts = self.natural_parts(row, columns)
            if parts is not None:
                repeated |= parts in found
                found[parts] = row[0]
        return found, repeated

    def natural_columns(self, target, asker, field, tuples):
        """The combination of columns that explains most tuples; plain columns before lists, early before late."""
        own = [c for c in target.columns if not (target is asker and c == field)]
        best, score = None, 0
        arity = len(next(iter(tuples)))
        for n in range(1, arity + 1):
            for columns in itertools.permutations(own, n):
                found, _ = self.natural_map(target, columns)
                hits = sum(1 for t in tuples if t in found)
                scalars = sum(all(not isinstance(v, (list, dict)) for v in target.values(c)) for c in columns)
                rank = (hits, scalars > 0)
                if hits and (best is None or rank > score):
                    best, score = columns, rank
        return best

    def natural(self, m, field, values, nested, known):
        """(target, map, unresolved) for natural keys in a field, or None."""
        def tup(v):
            return tuple(map(str, [v[k] for k in sorted(v)] if isinstance(v, dict) else v))
        tuples = [tup(t) for v in values for t in (v if nested else [v])]
        if known:
            if self.synthetic and known == "contenttypes.contenttype":
                return "synthetic", self.synthetic, 0
            target = self.named(known)
            if target is None:
                return None
            columns = target.known[4] if target.known else ["username"] if "username" in target.columns else ["email"]
            found, _ = self.natural_map(target, columns)
            lost = sum(t not in found for t in tuples)
            return (target, found, lost) if lost < len(tuples) else None
        if len({len(t) for t in tuples}) != 1 or not tuples or not all(tuples):
            return None
        base = re.sub("_id$", "", field)
        targets = [t for _, ts in self.groups(m, base, nested) for t in ts]
        last = singular(base.lower().split("_")[-1])
        if not targets and self.user() and (base.lower() in USERS or nested and last in USERS):
            targets = [self.user()]
        certain = bool(targets)
        options = []
        for target in targets or self.models.values():
            columns = self.natural_columns(target, m, field, set(tuples))
            if not columns:
                continue
            found, repeated = self.natural_map(target, columns)
            lost = sum(t not in found for t in tuples)
            if not certain:
                plain = any(not isinstance(v, (list, dict)) for c in columns for v in target.values(c))
                if lost or repeated or not plain or any(all(isinstance(x, Num) for x in v) for v in self.flat(values, nested)):
                    continue
                if len(tuples[0]) == 1 and not nested and not target.numbered and not self.shows_natural_keys():
                    continue
            if lost < len(tuples):
                options.append((lost, target, found))
        if not options:
            return None
        least = min(o[0] for o in options)
        options = [o for o in options if o[0] == least]
        if len(options) > 1 and not certain:
            return None
        return options[0][1], options[0][2], least

    @staticmethod
    def flat(values, nested):
        return [t for v in values for t in v] if nested else values

    def shows_natural_keys(self):
        for m in self.models.values():
            if m.numbered:
                return True
            for c in m.columns:
                values = m.values(c)
                if values and all(isinstance(v, list) for v in values) and \
                        any(v and all(isinstance(x, list) for x in v) for v in values):
                    return True
                known = m.known or (KNOWN["auth.user"] if m.is_user() else None)
                if known and (c in known[2] or c in known[3]) and any(isinstance(x, list) for v in values for x in [v]):
                    if c in known[2] or any(isinstance(x, list) for v in values for x in v):
                        return True
        return False

    # ------------------------------------------------------------------------------------------------------------- tables

    def build(self, m):
        known = m.known or (KNOWN["auth.user"] if m.is_user() else None)
        names, makers, foreign, joins = [], [], [], []
        composite = bool(m.members) and None not in m.members
        if not composite:
            names.append(m.key)
            makers.append(lambda row: row[0])
        if m.parent:
            foreign.append((m.key, m.parent.table, m.parent.key, True))
        for c in m.columns:
            if c == m.copy:
                continue
            values = m.values(c)
            kinds = {"list" if isinstance(v, list) else "dict" if isinstance(v, dict) else
                     "num" if isinstance(v, Num) else "str" if isinstance(v, str) else "bool" for v in values}
            bare = re.sub("_id$", "", c)
            target = None
            if c in m.members:
                pass
            elif known and c in known[3] and kinds <= {"list"}:
                self.join(m, c, values, known[3][c], joins) or (names.append(c), makers.append(plain(c)))
                continue
            elif known and (c in known[2] or bare in known[2] and bare not in m.columns):
                target = self.reference(m, c, values, kinds, known[2].get(c) or known[2][bare])
            elif known and m.known and c not in known[3] and c in self.known_plain(m):
                pass
            elif kinds == {"list"}:
                if self.join(m, c, values, None, joins):
                    continue
                if all(v and all(not isinstance(x, (list, dict, bool)) and x is not None for x in v) for v in values) \
                        and not any(isinstance(x, Num) for v in values for x in v):
                    target = self.reference(m, c, values, kinds, "contenttypes.contenttype" if bare == "content_type" else None)
            elif kinds == {"dict"} and bare == "content_type":
                target = self.reference(m, c, values, kinds, "contenttypes.contenttype")
            elif kinds and kinds <= {"num", "str"} and (self.whole(values) or "str" in kinds):
                target = self.reference(m, c, values, kinds, None)
            if target is None:
                names.append(c)
                makers.append(plain(c))
                continue
            table, column, inferred, resolve, missing, absent = target
            name = c if c.endswith("_id") or c + "_id" in m.columns else c + "_id"
            names.append(name)
            makers.append((lambda c, resolve: lambda row: resolve(row[1].get(c, MISSING)))(c, resolve))
            if missing == 0 and not absent:
                foreign.append((name, table, column, inferred))
            elif resolve is same:
                self.unverified.append((m.table, name, table, missing))
        rows = [[make(row) for make in makers] for row in m.rows]
        if names == [m.key] and not m.rows and m.known:
            self.tables[m.table] = None  # an empty list: only what Django itself defines can be told
            for c, known in m.known[3].items():
                if self.named(known):
                    self.join(m, c, [], known, joins)
        else:
            self.tables[m.table] = dict(columns=names, primary=m.members if composite else [m.key], foreign=foreign, rows=rows)
        for name, table in joins:
            self.tables[name] = table
        if self.synthetic and "django_content_type" not in self.tables:
            self.tables["django_content_type"] = dict(
                columns=["id", "app_label", "model"], primary=["id"], foreign=[],
                rows=[[i, p[0], p[1]] for p, i in self.synthetic.items()])

    @staticmethod
    def known_plain(m):
        return {"auth.user": "password last_login is_superuser username first_name last_name email is_staff is_active date_joined",
                "sites.site": "domain name", "auth.group": "name", "admin.logentry":
                "action_time object_id object_repr action_flag change_message", "contenttypes.contenttype": "app_label model",
                "auth.permission": "name codename"}.get(m.name, "").split()

    @staticmethod
    def whole(values):
        return all(isinstance(v, Num) and re.fullmatch(r"-?(0|[1-9]\d*)", v) for v in values)

    def reference(self, m, c, values, kinds, known):
        """(table, column, inferred, resolve, missing, target absent) of a foreign key, or None for a plain column."""
        sure = known is not None and (m.known is not None or m.is_user())
        if kinds <= {"list"} and kinds or kinds == {"dict"}:
            found = self.natural(m, c, values, False, known)
            if found is None:
                return None
            target, mapping, lost = found
            if target == "synthetic":
                return "django_content_type", "id", False, natural_key(mapping), 0, False
            return target.table, target.key, not known, natural_key(mapping), lost, False
        if known:
            target = self.named(known)
            if target is None:
                table, key = KNOWN[known][:2]
                return table, key, not sure, same, len({str(v) for v in values}), True
            return target.table, target.key, not sure, same, len({str(v) for v in values} - target.keys), False
        if not values:
            return None
        target, missing = self.by_values(m, c, values, False)
        if target and not (missing and "str" in kinds):
            return target.table, target.key, True, same, missing, False
        if re.sub("_id$", "", c) == "content_type" and kinds == {"num"}:
            return self.reference(m, c, values, kinds, "contenttypes.contenttype")
        if kinds == {"str"}:
            for rank, targets in self.groups(m, re.sub("_id$", "", c), False):
                if rank == 0 and len(targets) == 1:
                    fit = [o for o in targets[0].columns if self.unique_text(targets[0], o) and
                           set(values) <= set(targets[0].values(o)) and not (targets[0] is m and o == c)]
                    if len(fit) == 1:
                        return targets[0].table, fit[0], True, same, 0, False
                break
        return None

    @staticmethod
    def unique_text(t, column):
        values = [f.get(column) for _, f in t.rows]
        return all(isinstance(v, str) and not isinstance(v, Num) for v in values) and len(set(values)) == len(values)

    def join(self, m, c, values, known, joins):
        """Adds the join table of a many-to-many field; False when the field is none."""
        elements = [x for v in values for x in v]
        nested = bool(elements) and all(isinstance(x, list) and x and
                                        not any(isinstance(y, (list, dict, bool)) or y is None for y in x) for x in elements)
        scalar = all(isinstance(x, str) for x in elements)
        missing, resolve, absent = 0, lambda v: v, False
        inferred = not known
        if nested:
            found = self.natural(m, c, values, True, known)
            if found is None:
                return False
            target, mapping, missing = found
            resolve = natural_key(mapping)
            table, short, key = target.table, target.short, target.key
        elif not scalar or not values and not known:
            return False
        elif known:
            target = self.named(known)
            absent = target is None
            table, key = (target.table, target.key) if target else KNOWN[known][:2]
            short = target.short if target else known.split(".")[1]
            missing = len({str(x) for x in elements} - (target.keys if target else set()))
        else:
            target = None
            if elements:
                whole = all(re.fullmatch(r"-?(0|[1-9]\d*)", x) or not isinstance(x, Num) for x in elements)
                target, missing = self.by_values(m, c, elements, True) if whole else (None, 0)
                if target and missing and any(not isinstance(x, Num) for x in elements):
                    target = None
                if target is None and not any(isinstance(x, Num) for x in elements):
                    missing = 0
                    fit = [t for t in self.models.values() if not t.whole and set(elements) <= t.keys]
                    target = fit[0] if len(fit) == 1 else None
            else:
                for rank, targets in self.groups(m, c, True):
                    target = targets[0] if rank == 0 and len(targets) == 1 else None
                    break
            if target is None:
                return False
            table, short, key = target.table, target.short, target.key
        own = (f"from_{m.short}_id", f"to_{short}_id") if target is m else (f"{m.short}_id", f"{short}_id")
        rows = []
        for pk, fields in m.rows:
            for x in distinct(fields.get(c) or []):
                rows.append([pk, resolve(x)])
        foreign = [(own[0], m.table, m.key, inferred)]
        name = f"{m.table}_{c}"
        if missing == 0 and not absent:
            foreign.append((own[1], table, key, inferred))
        elif not nested:
            self.unverified.append((name, own[1], table, missing))
        joins.append((name, dict(columns=list(own), primary=[], foreign=foreign, rows=rows)))
        return True


def distinct(items):
    seen, kept = set(), []
    for x in items:
        mark = json.dumps(x)
        if mark not in seen:
            seen.add(mark)
            kept.append(x)
    return kept


def plain(column):
    return lambda row: row[1].get(column, MISSING)


def same(value):
    return value


def natural_key(mapping):
    def resolve(value):
        if value is MISSING or value is None:
            return value
        parts = tuple(map(str, [value[k] for k in sorted(value)] if isinstance(value, dict) else value))
        return mapping.get(parts, value)
    return resolve


# ------------------------------------------------------------------------------------------------------------- comparison

def canonical(value):
    if value is MISSING:
        return ("missing",)
    if value is None:
        return ("null",)
    if isinstance(value, bool):
        return ("boolean", value)
    if isinstance(value, Num):
        return ("number", str(value))
    if isinstance(value, str):
        return ("text", value)
    return ("json", json.dumps(value, sort_keys=True))


def ours(cell):
    """One of our cells, so that it compares: JSON by its content."""
    kind, text = cell
    if kind == "json":
        return json.JSONDecoder(parse_int=Num, parse_float=Num, parse_constant=Num).decode(text)
    return {"null": None, "missing": MISSING, "true": True, "false": False}.get(kind, Num(text) if kind == "number" else text)


def equal(a, b):
    """Kinds may differ where keys are concerned (4 and \"4\"), and JSON in text is text or JSON."""
    a, b = canonical(a), canonical(b)
    if a == b:
        return True
    if {a[0], b[0]} == {"number", "text"}:
        return a[1] == b[1]
    if {a[0], b[0]} == {"json", "text"}:
        text, value = (a[1], b[1]) if a[0] == "text" else (b[1], a[1])
        try:
            parsed = json.JSONDecoder(parse_int=Num, parse_float=Num).decode(text)
        except ValueError:
            return False
        return canonical(parsed) == ("json", value)
    return False


def read_ours():
    """Our readings: path, tables by name, and what is beside them."""
    path, tables, rest = None, {}, {}
    for line in sys.stdin.buffer.read().decode("utf-8", "surrogatepass").split("\n"):
        item = json.loads(line) if line else {}
        if "file" in item:
            if path:
                yield path, tables, rest
            path, tables, rest = item["file"], {}, {}
        elif "table" in item:
            tables[item["table"]] = item
        elif item:
            rest = item
    yield path, tables, rest


def compare():
    for path, tables, rest in read_ours():
        try:
            for difference in differences(Reading(parse(stored_text(path))), tables, rest):
                print(path, *difference)
        except Exception as error:
            print(path, "cannot be read:", repr(error))


def differences(mine, tables, rest):
    for name in sorted(set(tables) | set(mine.tables)):
        if name not in tables or name not in mine.tables:
            yield ("table only", "expected" if name not in tables else "found", name)
            continue
        if mine.tables[name] is None:
            continue
        expected, found = mine.tables[name], tables[name]
        columns = [c[0] for c in found["columns"]]
        if sorted(columns) != sorted(expected["columns"]):
            yield (name, "columns", columns, "expected", expected["columns"])
            continue
        if found["primaryKey"] != expected["primary"]:
            yield (name, "primary key", found["primaryKey"], "expected", expected["primary"])
        keys = sorted(map(tuple, found["foreignKeys"]))
        if keys != sorted(expected["foreign"]):
            yield (name, "foreign keys", keys, "expected", sorted(expected["foreign"]))
        if len(found["rows"]) != len(expected["rows"]):
            yield (name, "rows", len(found["rows"]), "expected", len(expected["rows"]))
            continue
        order = [columns.index(c) for c in expected["columns"]]
        for i, (a, b) in enumerate(zip(found["rows"], expected["rows"])):
            for c, at, want in zip(expected["columns"], order, b):
                if not equal(ours(a[at]), want):
                    yield (name, "row", i, c, a[at], "expected", canonical(want))
    got = sorted((u[0], u[1], u[2], u[3]) for u in rest["unverified"])
    if got != sorted(mine.unverified):
        yield ("unverified", got, "expected", sorted(mine.unverified))


# --------------------------------------------------------------------------------------------------- against the database

def database(db):
    _, tables, _ = next(read_ours())
    connection = sqlite3.connect(f"file:{db}?mode=ro", uri=True)
    connection.text_factory = lambda b: b.decode("utf-8", "surrogateescape")
    theirs = [r[0] for r in connection.execute("select name from sqlite_master where type='table' and name not like 'sqlite_%'")]
    for name in sorted(set(tables) - set(theirs)):
        print("table", name, "is not in the database")
    for name in sorted(set(theirs) - set(tables)):
        count = connection.execute(f'select count(*) from "{name}"').fetchone()[0]
        if count:
            print("table", name, "is not in the dump,", count, "rows")
    for name in sorted(set(tables) & set(theirs)):
        compare_table(name, tables[name], connection)


def compare_table(name, table, connection):
    declared = {r[1]: r[2].lower() for r in connection.execute(f'pragma table_xinfo("{name}")')}
    columns = [c[0] for c in table["columns"]]
    is_join = not table["primaryKey"]
    for c in sorted(set(columns) - set(declared)):
        print(name, "column", c, "is not in the database")
    for c in sorted(set(declared) - set(columns) - ({"id"} if is_join else set())):
        print(name, "column", c, "is not in the dump")
    common = [c for c in columns if c in declared]
    pk = table["primaryKey"] if table["primaryKey"] and set(table["primaryKey"]) <= set(common) else common
    order = ",".join(f'"{c}"' for c in pk)
    rows = list(connection.execute(f'select {",".join(chr(34) + c + chr(34) for c in common)} from "{name}" order by {order}'))
    mine = [[ours(r[columns.index(c)]) for c in common] for r in table["rows"]]
    want = [[stored(declared[c], v) for c, v in zip(common, r)] for r in rows]
    key = [common.index(c) for c in pk]
    mine.sort(key=lambda r: [sortable(r[i]) for i in key])
    want.sort(key=lambda r: [sortable(r[i]) for i in key])
    if len(mine) != len(want):
        print(name, "rows", len(mine), "in the database", len(want))
        return
    for i, (a, b) in enumerate(zip(mine, want)):
        for c, x, y in zip(common, a, b):
            if not alike(declared[c], x, y):
                print(name, "row", i, c, canonical(x), "in the database", canonical(y))


def sortable(value):
    return (len(value), value) if isinstance(value, str) else (0, str(value))


def stored(kind, value):
    """A value of the database as dumpdata writes it."""
    if value is None:
        return None
    if EXACT and kind == "datetime":
        return value.replace(" ", "T") + "+00:00"
    if EXACT and kind == "time":
        return value
    if kind == "bool":
        return bool(value)
    if kind == "char(32)" and re.fullmatch("[0-9a-f]{32}", str(value)):
        v = value
        return f"{v[:8]}-{v[8:12]}-{v[12:16]}-{v[16:20]}-{v[20:]}"
    if kind == "datetime":
        whole, _, fraction = value.replace(" ", "T").partition(".")
        ms = (fraction + "000")[:3]
        return whole + (f".{ms}" if fraction.strip("0") else "") + "Z"
    if kind == "time":
        whole, _, fraction = value.partition(".")
        return whole + (f".{(fraction + '000')[:3]}" if fraction else "")
    if isinstance(value, bytes):
        import base64
        return base64.b64encode(value).decode()
    if isinstance(value, (int, float)):
        return Num(repr(value))
    return value


EXACT = sys.argv[3:] == ["exact"]


def alike(kind, a, b):
    if EXACT and kind in ("datetime", "time") and isinstance(a, str) and isinstance(b, str):
        a, b = (re.sub(r"(\.\d*?)0+(?=\+|$)", r"\1", v).replace(".+", "+").rstrip(".") for v in (a, b))
        return a == b
    if kind == "decimal" and isinstance(a, str) and isinstance(b, str):
        from decimal import Decimal
        return abs(Decimal(a) - Decimal(b)) <= abs(Decimal(b)) * Decimal("1e-14")
    if kind == "real" and isinstance(a, str) and isinstance(b, str):
        return float(a) == float(b)
    if kind == "bigint" and isinstance(a, str) and not isinstance(a, Num) and isinstance(b, Num):
        return microseconds(a) == int(b)
    if a is None and b is not None and kind == "text":
        return b == "null"  # JSON null, which dumpdata writes like NULL
    if kind == "text" and equal(a, b):
        return True
    if kind == "text" and isinstance(b, str) and canonical(a)[0] == "text":
        return json.dumps(a) == b or a == b
    return equal(a, b)


def microseconds(text):
    m = re.fullmatch(r"(?:(-?\d+) )?(\d\d):(\d\d):(\d\d)(?:\.(\d{6}))?", text)
    d, h, mi, s, f = (int(x or 0) for x in m.groups())
    return ((d * 24 + h) * 3600 + mi * 60 + s) * 1_000_000 + f


if __name__ == "__main__":
    {"compare": compare, "database": database}[sys.argv[1]](*sys.argv[2:3])

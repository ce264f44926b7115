"""A comprehensive folder: dump, CSV files, side files of psql, migrations and edge functions of a harbour's sensors."""
import shutil

from server import begin, bcrypt, digits, dump, insert, psql, untimed, users, uuid

DATABASE, STAMP, DAY = "tidewatch", "20251012_101500", "2025-10-12"
PEOPLE = [("mira", "tidewatch.example"), ("jonas", "tidewatch.example"), ("ines", "tidewatch.example"),
          ("tomasz", "tidewatch.example"), ("guest", "tidewatch.example"), ("aline", "pilots.example")]
ROLES = ["superadmin", "admin", "manager", "user", "guest", "viewer"]

# Name of a table: its columns, and rows as SQL expressions over n = 1 … count.
TABLES = {
    "departments": ("name text NOT NULL UNIQUE, floor integer", 4, "'Department ' || n, n"),
    "harbours": ("name text NOT NULL, latitude numeric(9,6), longitude numeric(9,6)", 3,
                 "'Harbour ' || n, 53.5 + n, 8.1 + n"),
    "berths": ("harbour_id bigint REFERENCES harbours, label text NOT NULL, depth numeric(5,2)", 12,
               "1 + n % 3, 'B' || n, 4 + n / 8.0"),
    "vessel_owners": ("name text NOT NULL, email text", 5, "'Owner ' || n, 'owner' || n || '@pilots.example'"),
    "vessels": ("owner_id bigint REFERENCES vessel_owners, name text NOT NULL, length double precision", 9,
                "1 + n % 5, 'Vessel \"' || n || '\"', n * 3.25"),
    "moorings": ("vessel_id bigint REFERENCES vessels, berth_id bigint REFERENCES berths, during tstzrange", 9,
                 "n, n, tstzrange('2025-09-01', '2025-09-02')"),
    "sensors": ("harbour_id bigint REFERENCES harbours, kind text NOT NULL, tags text[]", 6,
                "1 + n % 3, 'tide', ARRAY['a', 'b' || n]"),
    "tide_readings": ("sensor_id bigint REFERENCES sensors, level numeric(6,3) NOT NULL, at timestamptz NOT NULL", 40,
                      "1 + n % 6, n / 7.0, '2025-10-11 00:00+00'::timestamptz + n * interval '10 min'"),
    "weather_reports": ("harbour_id bigint REFERENCES harbours, report jsonb", 5,
                        "1 + n % 3, jsonb_build_object('wind', n, 'note', 'line one' || chr(10) || 'line two')"),
    "sensor_events": ("sensor_id bigint REFERENCES sensors, severity alert_level, payload bytea", 4,
                      "n, 'low', decode('00ff0' || n, 'hex')"),
    "alert_rules": ("name text, expression text", 3, "'Rule ' || n, 'level > ' || n"),
    "alerts": ("rule_id bigint REFERENCES alert_rules, raised_at timestamptz", 0, None),
    "inspections": ("berth_id bigint REFERENCES berths, done_on date", 5, "n, '2025-08-01'::date + n"),
    "inspection_items": ("inspection_id bigint REFERENCES inspections, remark text", 7,
                         "1 + n % 5, CASE WHEN n % 2 = 0 THEN '' WHEN n = 3 THEN NULL ELSE E'tab\\there' END"),
    "invoices": ("owner_id bigint REFERENCES vessel_owners, total numeric(12,2), issued date", 6,
                 "1 + n % 5, n * 10.5, '2025-07-01'::date + n"),
    "invoice_lines": ("invoice_id bigint REFERENCES invoices, text text, amount numeric(12,2)", 8,
                      "1 + n % 6, 'Mooring; night ' || n, n * 1.25"),
    "user_profiles": ("user_id uuid REFERENCES auth.users, display_name text, settings jsonb DEFAULT '{}'", 0, None),
    "user_roles": ("user_id uuid REFERENCES auth.users, role text NOT NULL, department text, granted_by uuid, "
                   "expires_at timestamptz, is_active boolean DEFAULT true, permissions jsonb DEFAULT '{}'", 0, None),
    "role_permissions": ("role text NOT NULL, permission text NOT NULL", 18,
                         "'role' || n % 6, 'permission ' || n"),
    "system_settings": ("key text UNIQUE, value jsonb", 4, "'setting.' || n, to_jsonb(n)"),
    "api_providers": ("name text NOT NULL, api_key_encrypted text, is_active boolean", 2,
                      "'Provider ' || n, 'enc:v1:' || md5(n::text), n = 1"),
    "audit_log": ("actor uuid, action text, at timestamptz", 0, None),
    "event_bus": ("topic text, payload json", 3, "'topic.' || n, '{\"n\": 1,  \"n\": 2}'"),
}
VIEW = "harbour_overview"

ENCRYPTION = {
    "is_encrypted": ("value text", "boolean", "RETURN value LIKE 'enc:%';"),
    "encrypt_api_key": ("plain text", "text", "RETURN 'enc:v1:' || encode(convert_to(plain || "
                        "coalesce(current_setting('app.encryption_key', true), 'tidewatch-fallback-key-2025'), 'UTF8'), "
                        "'base64');"),
    "decrypt_api_key": ("cipher text", "text", "RETURN convert_from(decode(substr(cipher, 8), 'base64'), 'UTF8');"),
    "auto_encrypt_provider_keys": ("", "trigger", "IF NOT public.is_encrypted(NEW.api_key_encrypted) THEN\n"
                                   "    NEW.api_key_encrypted := public.encrypt_api_key(NEW.api_key_encrypted);\n"
                                   "  END IF;\n\n  RETURN NEW;"),
}
OTHERS = ["current_harbour", "berth_is_free", "vessel_label", "tide_level", "latest_reading", "raise_alert",
          "close_alert", "invoice_total", "owner_mail", "assign_default_role", "user_role", "role_allows",
          "log_action", "setting", "sensor_count", "reading_count"]


def functions():
    text = ""
    for name, (arguments, returns, body) in ENCRYPTION.items():
        text += (f"CREATE FUNCTION public.{name}({arguments}) RETURNS {returns} LANGUAGE plpgsql SECURITY DEFINER\n"
                 f"AS $function$\nBEGIN\n  {body}\nEND;\n$function$;\n")
    for i, name in enumerate(OTHERS):
        definer = "SECURITY DEFINER SET search_path TO 'public'" if i % 3 == 0 else "STABLE"
        text += (f"CREATE FUNCTION public.{name}(p_id bigint DEFAULT {i}) RETURNS text LANGUAGE plpgsql {definer}\n"
                 f"AS $function$\nBEGIN\n  -- {name} of '{i}'; what follows is one statement\n"
                 f"  RETURN format('{name} %s', p_id);\nEND;\n$function$;\n")
    return text


def policies():
    text = ""
    for table in TABLES:
        if table == "event_bus":
            continue
        text += f"ALTER TABLE public.{table} ENABLE ROW LEVEL SECURITY;\n"
        text += f'CREATE POLICY "{table} can be read" ON public.{table} FOR SELECT TO authenticated USING (true);\n'
        text += (f'CREATE POLICY "{table} can be added" ON public.{table} FOR INSERT TO authenticated '
                 f"WITH CHECK (auth.uid() IS NOT NULL);\n")
        text += (f'CREATE POLICY "{table}: managers change" ON public.{table} FOR UPDATE TO authenticated, service_role '
                 f"USING (auth.role() = 'service_role') WITH CHECK (public.user_role(1) <> 'viewer');\n")
        text += (f'CREATE POLICY "{table}: admins delete" ON public.{table} AS RESTRICTIVE FOR DELETE TO authenticated '
                 f"USING (public.role_allows(4) LIKE '%admin%');\n")
    return text


def migrations():
    """24 files: version, name, text."""
    versions = [20250101000001 + i for i in range(3)] + [20251010090000 + 100 * i for i in range(17)]
    versions += [20251013000001 + i for i in range(4)]
    names = ["create_" + name for name in list(TABLES)[:20]] + ["add_roles", "add_roles_fixed", "superadmin", "triggers"]
    return [(str(version), name, f"-- {name.replace('_', ' ')}\nSELECT '{name}; no statement ends here';\n"
             f"COMMENT ON SCHEMA public IS 'since {version}';\n") for version, name in zip(versions, names)]


def database():
    begin(DATABASE)
    text = "CREATE TYPE public.alert_level AS ENUM ('low', 'high');\n"
    for table, (columns, _, _) in TABLES.items():
        text += f"CREATE TABLE public.{table} (id bigint GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY, {columns});\n"
        text += f"GRANT ALL ON public.{table} TO anon, authenticated, service_role;\n"
    text += users(PEOPLE, DAY)
    for table, (columns, count, values) in TABLES.items():
        names = ", ".join(part.split()[0] for part in columns.replace("(9,6)", "").replace("(5,2)", "").replace(
            "(6,3)", "").replace("(12,2)", "").split(", "))
        if count:
            text += f"INSERT INTO public.{table} ({names}) SELECT {values} FROM generate_series(1, {count}) n ORDER BY n;\n"
    keys = [uuid("user", *person) for person in PEOPLE]
    text += insert("public.user_profiles", ("user_id", "display_name"),
                   [(key, name.title()) for key, (name, _) in zip(keys, PEOPLE)])
    text += insert("public.user_roles", ("user_id", "role", "department", "granted_by", "expires_at", "is_active"), [
        (key, role, "Department 1" if i % 2 else None, keys[0], "2025-09-30 00:00:00+00" if role == "guest" else None,
         role != "viewer") for i, (key, role) in enumerate(zip(keys, ROLES))])
    text += f"CREATE VIEW public.{VIEW} AS SELECT h.name, count(b.id) AS berths FROM harbours h LEFT JOIN berths b ON " \
        "b.harbour_id = h.id GROUP BY h.name;\n"
    text += "CREATE INDEX tide_readings_at ON public.tide_readings (at);\n"
    text += functions() + policies()
    text += ("CREATE TRIGGER encrypt_keys BEFORE INSERT OR UPDATE ON public.api_providers FOR EACH ROW EXECUTE FUNCTION "
             "public.auto_encrypt_provider_keys();\n")
    # All but the last migration are applied, and one that has no file.
    applied = [(version, "{%s}" % '"SELECT 1"', name) for version, name, _ in migrations()[:-1]]
    applied.insert(3, ("20250301120000", "{}", "hotfix_without_a_file"))
    text += insert("supabase_migrations.schema_migrations", ("version", "statements", "name"), applied)
    text += insert("storage.buckets", ("id", "name", "public"), [("charts", "charts", True), ("private", "private", False)])
    text += insert("storage.objects", ("id", "bucket_id", "name", "metadata", "version"), [
        (uuid("object", name), "charts", name, '{"size": %d, "eTag": "\\"%s\\"", "mimetype": "image/png"}' % (
            100 + i, digits(name)[:32]), uuid("version", name)) for i, name in enumerate(["north/one.png", "two.png"])])
    psql(text, DATABASE)


INFO = "SELECT '-- {}' AS info;\nSELECT '-- Generated: 2025-10-12 08:15:00.581701+00' AS info;\nSELECT '';\n"
# What the script asks psql; `pg_policies.roles` is an array, so that its query fails and nothing is printed.
SIDE_FILES = {
    "rls_policies_complete.sql": INFO.format("RLS POLICIES BACKUP") + """
SELECT 'ALTER TABLE ' || schemaname || '.' || tablename || ' ENABLE ROW LEVEL SECURITY;' AS enable_rls
  FROM pg_tables WHERE schemaname = 'public' AND rowsecurity ORDER BY tablename;
SELECT 'CREATE POLICY ' || policyname || ' TO ' || roles || qual || ';' FROM pg_policies WHERE schemaname = 'public';
""",
    "rpc_functions_complete.sql": INFO.format("RPC FUNCTIONS BACKUP") + """
SELECT pg_get_functiondef(p.oid) AS function_definition FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
  WHERE n.nspname = 'public' ORDER BY p.proname;
""",
    "users_with_encrypted_passwords.sql": INFO.format("USERS RESTORE SCRIPT") + """
SELECT 'INSERT INTO auth.users (id, email, encrypted_password, phone, created_at)';
SELECT 'VALUES';
SELECT '  (''' || id || ''', ''' || email || ''', ''' || encrypted_password || ''', ''' || phone || ''')' AS
  restore_statement FROM auth.users ORDER BY email;
""",
    "user_roles_complete.sql": INFO.format("USER ROLES BACKUP") + """
SELECT 'INSERT INTO public.user_roles (id, user_id, role, is_active, permissions)';
SELECT 'VALUES';
SELECT '  (' || id || ', ' || quote_literal(user_id) || '::uuid, ' || quote_literal(role) || ', ' || is_active || ', '
  || quote_literal(permissions) || '::jsonb)' || CASE WHEN id = 6 THEN ';' ELSE ',' END AS restore_statement
  FROM public.user_roles ORDER BY id;
SELECT '';
""",
    "encryption_system.sql": INFO.format("ENCRYPTION SYSTEM BACKUP") + """
SELECT pg_get_functiondef(p.oid) AS function_definition FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
  WHERE n.nspname = 'public' AND p.proname LIKE '%crypt%' ORDER BY p.proname;
""",
    "migration_history.sql": INFO.format("MIGRATION HISTORY") + """
SELECT version || ' ' || executed_at FROM supabase_migrations.schema_migrations ORDER BY version;
""",
}


def scrubbed(text):
    """As a program against secrets left it that took long lines of dashes for keys."""
    return text.replace(b"-" * 40, b"LEGACY_API_KEY_REDACTED_FOR_GITHUB_SECURITY", 1) if b"-" * 80 in text else text


def edge_function(i):
    kinds = ["tide", "berth", "alert", "invoice", "sensor", "role", "mail"]
    name = f"{kinds[i % 7]}-{['get', 'list', 'sync', 'check', 'notify'][i % 5]}-{i:02}"
    text = (f'import {{ serve }} from "../_shared/serve.ts";\n\n// {name}\nserve(async (request) => {{\n'
            f'  const {{ id }} = await request.json();\n  return new Response(JSON.stringify({{ name: "{name}", id }}));\n}});\n')
    return name, text


def make(place):
    shutil.rmtree(place.parent, ignore_errors=True)
    folder = place / f"comprehensive_backup_{STAMP}"
    folder.mkdir(parents=True)
    database()
    (folder / "complete_database_with_data.dump").write_bytes(untimed(dump(DATABASE, "--format=custom")))
    (folder / "complete_database_with_data.sql").write_bytes(dump(DATABASE))
    for name, script in SIDE_FILES.items():
        (folder / name).write_bytes(scrubbed(psql(script, DATABASE, quiet=False)))
    with open(folder / "users_with_encrypted_passwords.sql", "ab") as file:
        file.write(b"COPY 6\n")
    columns = "id, email, encrypted_password, email_confirmed_at, raw_user_meta_data, raw_app_meta_data, created_at, updated_at"
    csv = "\\copy ({}) TO STDOUT WITH CSV HEADER\n"
    (folder / "users_complete.csv").write_bytes(psql(csv.format(f"SELECT {columns} FROM auth.users ORDER BY email"), DATABASE))
    # The rows went on while the script ran, and a table with an odd fate was forgotten.
    psql("UPDATE public.user_roles SET is_active = true WHERE role = 'viewer';"
         "DELETE FROM public.tide_readings WHERE id = 40;", DATABASE)
    (folder / "data_records").mkdir()
    for table in TABLES:
        if table != "event_bus":
            rows = psql(csv.format(f"SELECT * FROM public.{table} ORDER BY id"), DATABASE)
            (folder / "data_records" / f"{table}.csv").write_bytes(rows)
    (folder / "data_records" / f"{VIEW}.csv").write_bytes(b"")
    (folder / "migrations").mkdir()
    for version, name, text in migrations():
        (folder / "migrations" / f"{version}_{name}.sql").write_text(text)
    for name, text in [("_shared/serve.ts", SHARED)] + [(f"{n}/index.ts", t) for n, t in map(edge_function, range(73))]:
        path = folder / "edge_functions" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    (folder / "edge_functions" / "tide-get-00" / "deno.json").write_text('{"imports": {}}\n')
    script = folder / "restore_complete_backup.sh"
    script.write_text(RESTORE)
    (folder / "BACKUP_MANIFEST.md").write_text(MANIFEST.replace("STAMP", STAMP))
    (place / "README.md").write_text(README.replace("STAMP", "YYYYMMDD_HHMMSS"))


SHARED = "export const serve = (handler: (request: Request) => Promise<Response>) => Deno.serve(handler);\n"
RESTORE = """#!/bin/sh
# Restores the backup that this script lies in.
set -e
cd "$(dirname "$0")"
PGPASSWORD=postgres pg_restore -h 127.0.0.1 -p 54322 -U postgres -d postgres --clean --if-exists \\
  complete_database_with_data.dump
"""
MANIFEST = """# COMPREHENSIVE BACKUP MANIFEST

**Backup Created:** Sun Oct 12 10:15:00 CEST 2025
**Backup Location:** supabase_backups/comprehensive_backup_STAMP

## 📦 Backup Contents

### ✅ Database Complete Backup
- `complete_database_with_data.dump` - Binary format (optimized)
- `complete_database_with_data.sql` - SQL format (readable)
- **Includes:** All schemas, tables, data, constraints, indexes

### ✅ Users & Authentication
- `users_with_encrypted_passwords.sql` - All users with encrypted passwords
- `users_complete.csv` - User data export
- **Total Users:** 6
- **Encrypted Passwords:** ✅ Included

### ✅ User Roles & Permissions
- `user_roles_complete.sql` - All user role assignments
- **Total Roles:** 6
- **Permissions Matrix:** ✅ Included

### ✅ RLS Policies
- `rls_policies_complete.sql` - Executable SQL to recreate all policies
- **Total Policies:** 88

### ✅ RPC Functions
- `rpc_functions_complete.sql` - All stored procedures and functions
- **Total Functions:** 20

### ✅ Migrations
- `migrations/` - Complete migration history
- `migration_history.sql` - Applied migrations log
- **Total Migrations:** 24

### ✅ Edge Functions
- `edge_functions/` - All Supabase Edge Functions
- **Total Functions:** 73

### ✅ Encryption System
- `encryption_system.sql` - AES-256 encryption configuration
- **Encryption Functions:** 4

### ✅ Data Records
- `data_records/` - All table data in CSV format
- **Total Records:** XX records
- **Total Tables:** 23 tables

## 🔄 Restoration Instructions

### Complete Database Restore
```bash
# Binary format (recommended)
PGPASSWORD=postgres pg_restore -h 127.0.0.1 -p 54322 -U postgres -d postgres \\
  --clean --if-exists --no-owner --no-acl \\
  supabase_backups/comprehensive_backup_STAMP/complete_database_with_data.dump

# SQL format
PGPASSWORD=postgres psql -h 127.0.0.1 -p 54322 -U postgres -d postgres \\
  -f supabase_backups/comprehensive_backup_STAMP/complete_database_with_data.sql
```

### Selective Restore
```bash
psql -f supabase_backups/comprehensive_backup_STAMP/users_with_encrypted_passwords.sql
psql -f supabase_backups/comprehensive_backup_STAMP/rls_policies_complete.sql
```

## ✅ Backup Verification

- [x] Database schema
- [x] **All data records** (XX records)
- [x] RLS policies
- [ ] Storage files

**Status:** COMPLETE - Zero data loss guaranteed
"""
README = """# 📦 Backups of the tidewatch database

#### ✅ 1. Edge Functions
- **Location:** `edge_functions/`
- **Count:** 73 functions

#### ✅ 2. Migrations
- **Location:** `migrations/`
- **Count:** 24 migration files, `20250101000001_*.sql` to `20251013000004_*.sql`

#### ✅ 3. RLS Policies
- **File:** `rls_policies_complete.sql`
- **Count:** 88 policies
- **Format:** Executable SQL to recreate all policies

#### ✅ 4. RPC Functions
- **File:** `rpc_functions_complete.sql`
- **Count:** 20 functions

#### ✅ 5. Tables
- **Files:** `complete_database_with_data.dump` & `.sql`
- **Count:** 23 tables

#### ✅ 6. Data Records
- **Location:** `data_records/`
- **Count:** All records from all tables

#### ✅ 9. Encryption Configuration
- **File:** `encryption_system.sql`
- **Count:** 4 encryption functions
- **Includes:**
  - `is_encrypted()` - Check if data is encrypted
  - `encrypt_api_key()` - Encrypt API keys
  - `decrypt_api_key()` - Decrypt API keys
  - Encryption triggers and views

### Manual Backup
```bash
./create_comprehensive_backup.sh
```

Output:
```
✅ Database tables: 23 tables
✅ Data records: XX total records
✅ Users: 6 users (with encrypted passwords)
✅ User roles: 6 role assignments
✅ RLS policies: 88 policies
✅ RPC functions: 20 functions
✅ Migrations: 24 files
✅ Edge Functions: 73 functions
✅ Encryption functions: 4 functions
```

## Structure
- `supabase_backups/comprehensive_backup_STAMP/` and in it `data_records/users.csv`

## Restoration
```bash
cd supabase_backups/comprehensive_backup_STAMP
./restore_complete_backup.sh
psql -h 127.0.0.1 -p 54322 -U postgres -d postgres -f users_with_encrypted_passwords.sql
./verify_user_creation_system.sh
```

**Retention:** 7 days in development; in production daily 30 days, weekly 3 months, monthly 1 year
**Status:** ✅ PRODUCTION-READY
**Last Updated:** October 12, 2025
"""

"""Three files of `supabase db dump` and their summary, of a mill's projects."""
import re
import shutil

from server import begin, digits, dump, insert, psql, users, uuid

DATABASE, STAMP, DAY = "millwork", "20250902_152354", "2025-09-02"
# 14 tables with three policies each.
TABLES = {
    "organizations": "name text NOT NULL, kind text",
    "users": "organization_id uuid REFERENCES organizations, auth_id uuid REFERENCES auth.users, name text NOT NULL, "
             "email text, role text",
    "workflow_stages": "name text NOT NULL, position integer NOT NULL",
    "workflow_sub_stages": "stage_id uuid REFERENCES workflow_stages, name text NOT NULL, needs_approval boolean",
    "contacts": "organization_id uuid REFERENCES organizations, name text, phone text",
    "projects": "customer_id uuid REFERENCES organizations, stage_id uuid REFERENCES workflow_stages, title text NOT NULL, "
                "value numeric(12,2), due date",
    "messages": "sender_id uuid REFERENCES users, project_id uuid REFERENCES projects, body text",
    "approvals": "message_id uuid REFERENCES messages, approver_id uuid REFERENCES users, state approval_state",
    "documents": "project_id uuid REFERENCES projects, title text, version integer, storage_path text",
    "reviews": "document_id uuid REFERENCES documents, reviewer_id uuid REFERENCES users, verdict text",
    "notifications": "user_id uuid REFERENCES users, text text, seen boolean",
    "activity_log": "user_id uuid REFERENCES users, action text, at timestamptz, details jsonb",
    "drawings": "project_id uuid REFERENCES projects, outline jsonb",
    "quotes": "project_id uuid REFERENCES projects, total numeric(12,2), valid_until date",
}
COUNTS = {"organizations": 8, "users": 25, "workflow_stages": 8, "workflow_sub_stages": 30, "contacts": 10, "projects": 17,
          "messages": 12, "approvals": 6, "documents": 9, "reviews": 5, "notifications": 14, "activity_log": 27,
          "drawings": 160, "quotes": 0}


def key(table, n):
    return uuid("millwork", table, n % max(COUNTS[table], 1))


def rows(table):
    for n in range(COUNTS[table]):
        own = {
            "organizations": lambda: (f"Organisation {n}", ["mill", "customer", "supplier"][n % 3]),
            "users": lambda: (key("organizations", n), uuid("user", f"person{n}", "millwork.example") if n < 15 else None,
                              f"Person {n}", f"person{n}@millwork.example", "external" if n >= 15 else "internal"),
            "workflow_stages": lambda: (f"Stage {n}", n),
            "workflow_sub_stages": lambda: (key("workflow_stages", n), f"Step {n}", n % 4 == 0),
            "contacts": lambda: (key("organizations", n + 1), f"Contact {n}", f"+49 421 555{n:03}"),
            "projects": lambda: (key("organizations", n), key("workflow_stages", n), f"Stair; 'No. {n}'", n * 1250.5,
                                 f"2026-01-{n + 1:02}"),
            "messages": lambda: (key("users", n), key("projects", n), f"About step {n}:\n-- it isn't SQL; really\n"),
            "approvals": lambda: (key("messages", n), key("users", n + 3), ["open", "given"][n % 2]),
            "documents": lambda: (key("projects", n), f"Drawing {n}", n % 3 + 1, f"plans/{n}.pdf"),
            "reviews": lambda: (key("documents", n), key("users", n), "good" if n % 2 else None),
            "notifications": lambda: (key("users", n), f"Notice {n}", n % 2 == 0),
            "activity_log": lambda: (key("users", n), "edit", f"2025-09-01 10:{n:02}:00+00", '{"n": %d}' % n),
            "drawings": lambda: (key("projects", n), '{"points": [%s]}' % ", ".join(
                str(int(digits("point", n, i)[:4], 16)) for i in range(140))),
        }[table]()
        yield (key(table, n), *own)


def database():
    begin(DATABASE)
    text = "CREATE TYPE public.approval_state AS ENUM ('open', 'given');\n"
    for table, columns in TABLES.items():
        text += f"CREATE TABLE public.{table} (id uuid PRIMARY KEY DEFAULT gen_random_uuid(), {columns});\n"
        text += f"COMMENT ON TABLE public.{table} IS 'Each row is one of the {table.replace('_', ' ')} of the mill.';\n"
        text += f"CREATE INDEX {table}_by_column ON public.{table} ({columns.split()[0]});\n"
        text += f"GRANT ALL ON TABLE public.{table} TO anon, authenticated, service_role;\n"
    # messages → users → approvals → messages.
    text += "ALTER TABLE public.users ADD COLUMN approval_id uuid REFERENCES approvals;\n"
    for i in range(12):
        text += (f"CREATE FUNCTION public.step_{i}(p_project uuid) RETURNS boolean LANGUAGE plpgsql SECURITY DEFINER\n"
                 f"SET search_path TO 'public' AS $$\nBEGIN\n  RETURN EXISTS (SELECT 1 FROM projects WHERE id = p_project);\n"
                 f"END;\n$$;\n")
    for table in TABLES:
        text += f"ALTER TABLE public.{table} ENABLE ROW LEVEL SECURITY;\n"
        text += f'CREATE POLICY "Members read {table}" ON public.{table} FOR SELECT TO authenticated USING (auth.uid() IS NOT NULL);\n'
        text += f'CREATE POLICY "Members add {table}" ON public.{table} FOR INSERT TO authenticated WITH CHECK (auth.uid() IS NOT NULL);\n'
        text += f"CREATE POLICY service_{table} ON public.{table} TO service_role USING (true) WITH CHECK (true);\n"
    text += users([(f"person{n}", "millwork.example") for n in range(15)], DAY)
    for table, columns in TABLES.items():
        # The comma of a precision separates no columns.
        names = ("id", *(part.split()[0] for part in columns.replace("12,2", "").split(", ")))
        if COUNTS[table]:
            text += insert(f"public.{table}", names, rows(table))
    text += f"UPDATE public.users SET approval_id = '{key('approvals', 0)}' WHERE id = '{key('users', 1)}';\n"
    text += insert("storage.buckets", ("id", "name", "public"), [("plans", "plans", False), ("photos", "photos", True)])
    text += insert("storage.objects", ("id", "bucket_id", "name", "metadata", "version"), [
        (uuid("object", n), "plans", f"{n}.pdf", '{"size": %d, "mimetype": "application/pdf"}' % (900 + n), uuid("v", n))
        for n in range(9)])
    psql(text, DATABASE)


def schema_dump():
    """What `supabase db dump` makes of a schema."""
    text = dump(DATABASE, "--schema-only", "--quote-all-identifier", "--exclude-schema=auth|storage|extensions|supabase_migrations")
    text = text.decode()
    text = re.sub(r'^CREATE (SCHEMA|TABLE|SEQUENCE) "', r'CREATE \1 IF NOT EXISTS "', text, flags=re.M)
    text = re.sub(r'^CREATE (VIEW|FUNCTION|TRIGGER) "', r'CREATE OR REPLACE \1 "', text, flags=re.M)
    text = "".join(line for line in text.splitlines(True) if not line.startswith(("--", "\\restrict", "\\unrestrict")))
    return (text + "\nRESET ALL;\n").encode()


def data_dump():
    """What `supabase db dump --data-only` makes of the rows."""
    text = dump(DATABASE, "--data-only", "--quote-all-identifier", "--column-inserts", "--rows-per-insert=100000",
                "--exclude-schema=extensions|supabase_migrations")
    text = re.sub(rb"^(\\(?:un)?restrict )", rb"-- \1", text, flags=re.M)
    return b"SET session_replication_role = replica;\n\n" + text + b"RESET ALL;\n"


def make(place):
    shutil.rmtree(place.parent, ignore_errors=True)
    place.mkdir(parents=True)
    database()
    schema = schema_dump()
    # The script asks for a schema dump twice, and calls the second one complete.
    files = {"schema": schema, "data": data_dump(), "complete": schema}
    for kind, text in files.items():
        (place / f"millwork_{kind}_backup_{STAMP}.sql").write_bytes(text)
    figures = {kind.upper(): f"{len(text):,} bytes ({round(len(text) / 1000)} KB)" for kind, text in files.items()}
    figures |= {f"{kind.upper()}_KB": f"{round(len(text) / 1000)} KB" for kind, text in files.items()}
    total = sum(map(len, files.values()))
    text = SUMMARY.format(stamp=STAMP, total=f"~{total / 1e6:.1f} MB", **figures)
    # The last line went through a program that took UTF-8 for Windows-1252.
    (place / f"backup-summary-{STAMP}.md").write_bytes(text.encode().replace("✅".encode(), "✅".encode().decode("cp1252").encode()))


SUMMARY = """# Millwork Database Backup Summary

**Backup Timestamp:** 2025-09-02 15:23:54  
**Backup Type:** Comprehensive Database Backup with Complete Storage Integration  
**Environment:** Local Supabase Instance  

## Backup Files Created

### 1. Schema Backup
- **File:** `millwork_schema_backup_{stamp}.sql`
- **Size:** {SCHEMA}
- **Content:** Database structure, tables, indexes, functions and RLS policies
- **Purpose:** Structure-only backup for schema recovery

### 2. Data Backup
- **File:** `millwork_data_backup_{stamp}.sql`
- **Size:** {DATA}
- **Content:** All data from all tables
- **Purpose:** Data-only backup for content recovery
- **Note:** Contains circular foreign-key constraint warnings (expected)

### 3. Complete Backup
- **File:** `millwork_complete_backup_{stamp}.sql`
- **Size:** {COMPLETE}
- **Content:** Schema + Data (full database state)
- **Purpose:** Complete database restoration

## Database State Captured

### Organizations & Users
- **8 Organizations** with complete organizational structure
- **25 Users** with proper role assignments and authentication
  - 15 internal users with various roles
  - 10 external contacts (customers/suppliers)

### Workflow System
- **8 Workflow Stages** with complete manufacturing workflow
- **30 Workflow Sub-Stages** for detailed process tracking
- **17 Projects** with customer relationships and stage progression

### Data Tables
- **10 Contacts** (customer and supplier information)
- **27 Activity Log Entries** for audit trail
- **40+ RLS Policies** across 14 tables (properly configured)
- **Documents, Reviews, Messages, Notifications** with complete data

### Complete Storage Integration
- **Storage Buckets**: Document storage buckets fully configured
- **Storage Policies**: Comprehensive RLS policies for document access control
- **File Operations**: Upload, download, delete, and version management

### Recent System Enhancements
1. **Document Upload Zone** - Drag-and-drop document management
2. **Bulk Operations** - Bulk approval and delegation

## Technical Specifications

### Database Configuration
- **Database:** PostgreSQL 15.1 (Supabase local)
- **Connection:** `postgresql://postgres:postgres@127.0.0.1:54322/postgres`
- **RLS:** Enabled on all tables with proper policies
- **Functions:** SECURITY DEFINER for optimal performance

### Backup System Features
- **Automated Script:** `scripts/backup-database.sh` with automatic cleanup
- **Cleanup Management:** Automatically removes old backups, keeps only latest set

## Restore Instructions

### Complete Database Restore
```bash
# Reset database and restore complete backup
supabase db reset --local
psql -h 127.0.0.1 -p 54322 -U postgres -d postgres < backups/millwork_complete_backup_{stamp}.sql
```

### Data-Only Restore (Advanced)
```bash
# Reset database and restore data only (requires --disable-triggers)
supabase db reset --local
psql -h 127.0.0.1 -p 54322 -U postgres -d postgres --disable-triggers < backups/millwork_data_backup_{stamp}.sql
```

## Warnings & Notes

### Circular Foreign-Key Constraints
The data backup contains warnings about circular foreign-key constraints in:
- `messages` table
- `users` table  
- `approvals` table

### Backup Cleanup
- **Old backups removed:** 3 previous backup files
- **Latest backup set preserved:** {stamp}

## Verification Checklist

- [x] **Schema backup created successfully** ({SCHEMA_KB})
- [x] **Data backup created successfully** ({DATA_KB})
- [x] **Complete backup created successfully** ({COMPLETE_KB})
- [x] **Old backups cleaned up** (3 files removed)
- [x] **Backup files are accessible** in backups/ directory
- [x] **Restore instructions documented** for all backup types
- [x] **Database state captured** with all recent enhancements
- [x] **Complete storage integration included** in backup
- [x] **Document workflows integrated** with project management
- [x] **Storage security configured** with proper access controls

## Support Information

- **Script:** `scripts/backup-database.sh`
- **Permissions:** Executable (`chmod +x scripts/backup-database.sh`)
- **Location:** `backups/`
- **Current Files:** 3 backup files + 1 summary document
- **Total Size:** {total}

---

**Backup Created:** 2025-09-02 15:23:54  
**Backup Script:** `scripts/backup-database.sh`  
**Environment:** Local Supabase Development  
**Status:** ✅ Complete and Verified with Full Storage Integration
"""

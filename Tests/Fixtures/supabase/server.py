"""Programs of the throw-away server, and what every Supabase database has."""
import hashlib
import os
import pathlib
import shutil
import subprocess
import sys

PLACES = sorted(pathlib.Path("/usr/lib/postgresql").glob("*/bin"))


def program(name):
    found = [str(place / name) for place in PLACES if (place / name).exists()]
    return found[-1] if found else shutil.which(name)


def psql(script, database, *options, quiet=True):
    """Runs a script; with `quiet` nothing may fail, otherwise the output is what psql prints, failed queries left out."""
    words = [program("psql"), "-X", "-U", "postgres", "-d", database, *options]
    words += ["-q", "-At", "-v", "ON_ERROR_STOP=1"] if quiet else []
    done = subprocess.run(words, input=script.encode(), capture_output=True)
    if quiet and done.returncode:
        sys.exit(done.stderr.decode())
    return done.stdout


def dump(database, *options):
    words = [program("pg_dump"), "-U", "postgres", *options]
    if "--format=custom" not in options:
        words += ["--restrict-key=tidewatchmillwork0invented"]
    return subprocess.run([*words, database], capture_output=True, check=True).stdout


def untimed(archive):
    """A custom archive that says it was made on 12 October 2025 at 10:15:00."""
    time = b"".join(b"\0" + n.to_bytes(4, "little") for n in (0, 15, 10, 12, 9, 125, 0))
    return archive[:16] + time + archive[16 + len(time):]


def begin(database):
    """Makes an empty database with the roles of Supabase."""
    os.environ.setdefault("PGUSER", "postgres")
    subprocess.run(
        [program("psql"), "-X", "-q", "-U", os.environ.get("COFFER_PGUSER", "coffer"), "-d", "template1"],
        input=ROLES.format(database=database).encode(), check=True, capture_output=True)
    psql(PLATFORM, database)


def digits(*words):
    return hashlib.sha256("/".join(map(str, words)).encode()).hexdigest()


def uuid(*words):
    h = digits(*words)
    return f"{h[:8]}-{h[8:12]}-4{h[13:16]}-8{h[17:20]}-{h[20:32]}"


def bcrypt(*words):
    """What looks like a hash of bcrypt; no password belongs to it."""
    alphabet = "./ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
    bits = hashlib.sha512("/".join(map(str, words)).encode()).digest()
    return "$2a$10$" + "".join(alphabet[b & 63] for b in bits[:53])


def quoted(value):
    if value is None:
        return "NULL"
    if isinstance(value, (bool, int)):
        return str(value).lower()
    return "'" + str(value).replace("'", "''") + "'"


def insert(table, columns, rows):
    lines = ",\n".join("(" + ", ".join(map(quoted, row)) + ")" for row in rows)
    return f"INSERT INTO {table} ({', '.join(columns)}) VALUES\n{lines};\n"


def users(people, day):
    """Rows of auth.users and auth.identities: (name, domain) pairs."""
    accounts, identities = [], []
    for i, (name, domain) in enumerate(people):
        mail, key = f"{name}@{domain}", uuid("user", name, domain)
        at = f"{day} 08:{i:02}:00+00"
        accounts.append((
            "00000000-0000-0000-0000-000000000000", key, "authenticated", "authenticated", mail, bcrypt(mail), at,
            '{"provider": "email", "providers": ["email"]}', '{"name": "%s"}' % name.title(), None, at, at))
        identities.append((mail, key, '{"sub": "%s"}' % key, "email", at, uuid("identity", mail)))
    return insert("auth.users", (
        "instance_id", "id", "aud", "role", "email", "encrypted_password", "email_confirmed_at", "raw_app_meta_data",
        "raw_user_meta_data", "is_super_admin", "created_at", "updated_at"), accounts) + insert(
            "auth.identities", ("provider_id", "user_id", "identity_data", "provider", "created_at", "id"), identities)


ROLES = """
DO $$ BEGIN
  CREATE ROLE postgres SUPERUSER LOGIN;
  CREATE ROLE anon; CREATE ROLE authenticated; CREATE ROLE service_role BYPASSRLS; CREATE ROLE authenticator LOGIN;
  CREATE ROLE supabase_admin SUPERUSER; CREATE ROLE supabase_auth_admin; CREATE ROLE supabase_storage_admin;
EXCEPTION WHEN duplicate_object THEN NULL; END $$;
CREATE DATABASE {database} TEMPLATE template0 OWNER postgres;
"""
PLATFORM = """
CREATE SCHEMA auth AUTHORIZATION supabase_admin;
CREATE SCHEMA storage AUTHORIZATION supabase_admin;
CREATE SCHEMA extensions;
CREATE SCHEMA supabase_migrations;
CREATE TABLE supabase_migrations.schema_migrations (version text PRIMARY KEY, statements text[], name text);
CREATE TABLE auth.users (
  instance_id uuid, id uuid PRIMARY KEY, aud varchar(255), role varchar(255), email varchar(255),
  encrypted_password varchar(255), email_confirmed_at timestamptz, last_sign_in_at timestamptz,
  raw_app_meta_data jsonb, raw_user_meta_data jsonb, is_super_admin boolean, created_at timestamptz,
  updated_at timestamptz, phone text UNIQUE, phone_confirmed_at timestamptz,
  confirmed_at timestamptz GENERATED ALWAYS AS (LEAST(email_confirmed_at, phone_confirmed_at)) STORED,
  is_sso_user boolean NOT NULL DEFAULT false, deleted_at timestamptz, is_anonymous boolean NOT NULL DEFAULT false);
CREATE TABLE auth.identities (
  provider_id text NOT NULL, user_id uuid NOT NULL REFERENCES auth.users ON DELETE CASCADE, identity_data jsonb NOT NULL,
  provider text NOT NULL, last_sign_in_at timestamptz, created_at timestamptz, updated_at timestamptz,
  id uuid PRIMARY KEY, UNIQUE (provider_id, provider));
CREATE FUNCTION auth.uid() RETURNS uuid LANGUAGE sql STABLE AS
  $$ SELECT nullif(current_setting('request.jwt.claim.sub', true), '')::uuid $$;
CREATE FUNCTION auth.role() RETURNS text LANGUAGE sql STABLE AS
  $$ SELECT current_setting('request.jwt.claim.role', true) $$;
CREATE TABLE storage.buckets (
  id text PRIMARY KEY, name text NOT NULL UNIQUE, owner uuid, created_at timestamptz, updated_at timestamptz,
  public boolean DEFAULT false, file_size_limit bigint, allowed_mime_types text[], owner_id text);
CREATE TABLE storage.objects (
  id uuid PRIMARY KEY, bucket_id text REFERENCES storage.buckets, name text, owner uuid, created_at timestamptz,
  updated_at timestamptz, last_accessed_at timestamptz, metadata jsonb,
  path_tokens text[] GENERATED ALWAYS AS (string_to_array(name, '/')) STORED, version text, owner_id text);
ALTER TABLE auth.users OWNER TO supabase_auth_admin;
ALTER TABLE auth.identities OWNER TO supabase_auth_admin;
ALTER TABLE storage.buckets OWNER TO supabase_storage_admin;
ALTER TABLE storage.objects OWNER TO supabase_storage_admin;
ALTER TABLE storage.objects ENABLE ROW LEVEL SECURITY;
GRANT USAGE ON SCHEMA public, auth TO anon, authenticated, service_role;
GRANT ALL ON SCHEMA auth TO supabase_auth_admin;
GRANT ALL ON SCHEMA storage TO supabase_storage_admin;
"""

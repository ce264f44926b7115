import Bytes
import Diagnostics
import Records
import SQLText
import Testing

private func objects(_ sql: String, _ kind: String) -> [String] { describe(load(sql).finish().objects, kind) }

@Suite struct PostgresObjectTests {
  @Test func functions() {
    #expect(
      objects(
        """
        CREATE OR REPLACE FUNCTION app.f(x integer DEFAULT 1, VARIADIC y text[] DEFAULT ARRAY['a'::text]) RETURNS TABLE(a integer, b text)
            LANGUAGE plpgsql STABLE SECURITY DEFINER
            SET search_path TO 'public', 'pg_temp'
            AS $_$ BEGIN RETURN; END; $_$;
        CREATE FUNCTION f() RETURNS SETOF integer LANGUAGE sql BEGIN ATOMIC SELECT 1; SELECT CASE WHEN true THEN 1 END; END;
        ALTER FUNCTION app.f(x integer, VARIADIC y text[]) OWNER TO "Me";
        """, "function") == [
          "app.f; arguments=x integer DEFAULT 1, VARIADIC y text[] DEFAULT ARRAY['a'::text]; "
            + "returns=TABLE(a integer, b text); language=plpgsql; security=definer; volatility=stable; "
            + "search-path='public', 'pg_temp'; schema=app; owner=Me",
          "f; returns=SETOF integer; language=sql; security=invoker; volatility=volatile",
        ])
  }

  @Test func policiesAndRowSecurity() {
    let sql = """
      CREATE POLICY p_all ON app.child AS RESTRICTIVE USING (true) WITH CHECK ((n < 100));
      CREATE POLICY "p read" ON app.child FOR SELECT TO app_reader, "Weird Role-1" USING ((note <> 'secret; ''x'''::text));
      ALTER TABLE ONLY app.child FORCE ROW LEVEL SECURITY;
      ALTER TABLE app.child ENABLE ROW LEVEL SECURITY;
      ALTER TABLE "auth"."users" ENABLE ROW LEVEL SECURITY;
      ALTER TABLE "auth"."users" DISABLE ROW LEVEL SECURITY;
      """
    #expect(
      objects(sql, "policy") == [
        "p_all on app.child; command=ALL; roles=public; permissive=RESTRICTIVE; using=true; check=(n < 100)",
        "p read on app.child; command=SELECT; roles=app_reader,Weird Role-1; permissive=PERMISSIVE; "
          + "using=(note <> 'secret; ''x'''::text)",
      ])
    #expect(
      objects(sql, "row-security") == [
        "app.child on app.child; state=forced", "auth.users on auth.users; state=disabled",
      ])
  }

  @Test func triggersAndRules() {
    let sql = """
      CREATE TRIGGER tr BEFORE INSERT OR UPDATE OF note ON app.child FOR EACH ROW WHEN ((new.note IS NOT NULL)) EXECUTE FUNCTION app.touch('arg;1');
      CREATE CONSTRAINT TRIGGER ct AFTER DELETE ON t DEFERRABLE FOR EACH ROW EXECUTE PROCEDURE f();
      CREATE RULE no_del AS ON DELETE TO app.child WHERE (old.n = 99) DO INSTEAD NOTHING;
      CREATE EVENT TRIGGER ev ON ddl_command_start WHEN TAG IN ('x') EXECUTE FUNCTION app.evt();
      ALTER EVENT TRIGGER ev DISABLE;
      """
    #expect(
      objects(sql, "trigger") == [
        "tr on app.child; timing=BEFORE; events=INSERT OR UPDATE OF note; function=app.touch",
        "ct on t; timing=AFTER; events=DELETE; function=f",
      ])
    #expect(objects(sql, "rule") == ["no_del on app.child"])
    #expect(objects(sql, "event-trigger") == ["ev; events=ddl_command_start; function=app.evt"])
  }

  @Test func sequencesAndTypes() {
    let sql = """
      CREATE TABLE app.t (s integer);
      CREATE SEQUENCE app.q AS smallint START WITH 5 INCREMENT BY -2 MINVALUE -100 CACHE 3;
      ALTER SEQUENCE app.q OWNED BY app.t.s;
      SELECT pg_catalog.setval('app.q', 7, false);
      SELECT pg_catalog.setval('"Other"', 9223372036854775807, true);
      CREATE TYPE mood AS ENUM ('a', 'b,c');
      CREATE TYPE r AS RANGE (subtype = float8);
      """
    #expect(
      objects(sql, "sequence") == [
        "app.q; data-type=smallint; start=5; increment=-2; schema=app; owned-by=app.t.s; last-value=7; is-called=no",
        "Other; last-value=9223372036854775807; is-called=yes",
      ])
    #expect(objects(sql, "type") == ["mood; form=enum; labels='a', 'b,c'", "r; form=range"])
  }

  @Test func rolesHideTheirPasswords() {
    let sql = """
      CREATE ROLE app;
      ALTER ROLE app WITH NOSUPERUSER LOGIN PASSWORD 'SCRAM-SHA-256$4096:salt$x:y' VALID UNTIL '2030-01-01';
      CREATE USER "b c" WITH ENCRYPTED PASSWORD 'md5abc' CREATEDB;
      ALTER ROLE app SET statement_timeout TO '30s';
      ALTER ROLE app IN DATABASE d SET search_path TO 'x';
      GRANT reader, writer TO app WITH ADMIN OPTION GRANTED BY postgres;
      CREATE USER MAPPING FOR app SERVER s OPTIONS (user 'u', password 'hunter2');
      CREATE SUBSCRIPTION sub CONNECTION 'host=x password=hunter2' PUBLICATION p;
      ALTER ROLE x PASSWORD NULL;
      """
    let all = load(sql).finish().objects
    #expect(
      describe(all, "role") == [
        "app; has-password=yes; attributes=NOSUPERUSER LOGIN VALID UNTIL '2030-01-01'",
        "b c; attributes=CREATEDB; has-password=yes", "x; has-password=no",
      ])
    #expect(
      describe(all, "role-setting").map { String($0.prefix(27)) } == [
        "app; setting=SET statement_", "app; setting=IN DATABASE d ",
      ])
    #expect(
      describe(all, "role-membership") == [
        "reader,writer to app; role=reader,writer; member=app; options=WITH ADMIN OPTION GRANTED BY postgres"
      ])
    for object in all {
      let everything = text(object.definition) + object.attributes.map { text($0.value) }.joined()
      #expect(!["SCRAM", "md5abc", "hunter2"].contains { everything.contains($0) }, "\(object.kind)")
    }
    #expect(describe(all, "user-mapping") == ["app@s"])
  }

  @Test func rightsCommentsAndOwners() {
    let sql = """
      CREATE TABLE app.child (note text);
      GRANT SELECT ON TABLE app.child TO reader;
      GRANT UPDATE(note),INSERT(note) ON TABLE app.child TO "W R" WITH GRANT OPTION;
      REVOKE ALL ON FUNCTION app.f(x integer) FROM PUBLIC;
      ALTER DEFAULT PRIVILEGES FOR ROLE o IN SCHEMA app GRANT SELECT ON TABLES  TO reader;
      COMMENT ON TABLE app.child IS 'it''s';
      COMMENT ON COLUMN app.child.note IS 'n';
      COMMENT ON FUNCTION app.f(x integer) IS 'f';
      COMMENT ON TRIGGER tr ON app.child IS 't';
      ALTER TABLE app.child OWNER TO me;
      CREATE EXTENSION IF NOT EXISTS "uuid-ossp" WITH SCHEMA extensions;
      CREATE PUBLICATION pub;
      ALTER PUBLICATION pub ADD TABLE ONLY app.child (note);
      """
    let all = load(sql).finish().objects
    #expect(
      describe(all, "grant") == [
        "app.child to reader on app.child; privileges=SELECT; on=TABLE app.child; to=reader",
        "app.child to W R on app.child; privileges=UPDATE(note),INSERT(note); on=TABLE app.child; to=W R",
        "app.f(x integer) to public; privileges=ALL; on=FUNCTION app.f(x integer); to=public; revoke=yes",
      ])
    #expect(
      describe(all, "default-privileges") == [
        "o TABLES to reader; role=o; schema=app; privileges=SELECT; on=TABLES; to=reader"
      ])
    #expect(
      describe(all, "comment") == [
        "app.child on app.child; on=TABLE; text=it's", "note on app.child; on=COLUMN; text=n",
        "app.f; on=FUNCTION; text=f",
        "tr on app.child; on=TRIGGER; text=t",
      ])
    #expect(describe(all, "owner") == ["app.child on app.child; on=table; owner=me"])
    #expect(describe(all, "extension") == ["uuid-ossp; schema=extensions"])
    #expect(describe(all, "publication") == ["pub; tables=ONLY app.child (note)"])
  }

  @Test(arguments: [
    ("INSERT INTO t VALUES (1)", StatementClass.data), ("COPY t (a) FROM stdin", .data),
    ("CREATE TABLE t (a int)", .schema),
    ("CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'select 1'", .code), ("SET a = b", .session),
    ("BEGIN", .transaction),
    ("COPY t FROM PROGRAM 'x'", .forbidden), ("COPY t FROM '/etc/passwd'", .forbidden),
    ("COPY t TO STDOUT", .forbidden),
    ("COPY (SELECT 1) TO '/x'", .forbidden), ("ALTER SYSTEM SET a = 'b'", .forbidden), ("LOAD 'x'", .forbidden),
    ("DO $$ BEGIN END $$", .forbidden), ("CALL p()", .forbidden), ("SELECT lo_import('/etc/passwd')", .forbidden),
    ("SELECT pg_catalog.lowrite(0, '\\x00')", .data), ("SELECT setval('s', 1)", .data), ("SELECT f()", .code),
    ("garbage here", .unknown), ("", .session), ("-- c", .session), ("DROP TABLE x", .schema), ("(", .unknown),
    ("TRUNCATE t", .data), ("REFRESH MATERIALIZED VIEW v", .code), ("CREATE EXTENSION plpython3u", .code),
  ])
  func classes(_ sql: String, _ expected: StatementClass) {
    var schema = DumpSchema(.postgres)
    #expect(schema.add(Array(sql.utf8), at: 0) == expected)
  }

  @Test func commandsOfPsqlAreFindings() {
    var schema = DumpSchema(.postgres)
    for line in ["\\restrict abc", "\\connect x", "\\unrestrict abc", "\\encoding LATIN1"] {
      schema.addMetaCommand(Array(line.utf8), at: 1)
    }
    #expect(schema.finish().findings.isEmpty && schema.clientEncoding.map(text) == "LATIN1")
    for line in ["\\! touch x", "\\copy t from x", "\\set a b", "\\gexec", "\\restrict `id`", "\\i x.sql"] {
      schema.addMetaCommand(Array(line.utf8), at: 2)
    }
    #expect(
      schema.finish().findings.map { "\($0.code) \($0.count)" } == [
        "suspicious-meta-command 4", "suspicious-meta-command 1", "includes-file 1",
      ])
  }

  @Test func changesOfOneStatementStandAlone() {
    let sql =
      "CREATE TABLE t (a int, b int); ALTER TABLE ONLY t ADD CONSTRAINT k PRIMARY KEY (a), ADD CONSTRAINT u UNIQUE (b);"
    let constraints = load(sql).finish().objects.filter { $0.kind == "constraint" }
    #expect(
      constraints.map { text($0.definition) } == [
        "ALTER TABLE ONLY t ADD CONSTRAINT k PRIMARY KEY (a)", "ALTER TABLE ONLY t ADD CONSTRAINT u UNIQUE (b)",
      ])
  }

  @Test func whatNewerVersionsAdd() {
    let sql = """
      ALTER TABLE ONLY app.mv ALTER COLUMN n SET (pg_attver=58188304);
      SELECT * FROM pg_catalog.pg_restore_attribute_stats('version', '180000'::integer);
      """
    let (_, objects, findings) = load(sql).finish()
    #expect(objects.isEmpty && findings.map(\.code) == ["statistics-left-out"])
  }

  @Test func settingsOfTheTokenizer() {
    var schema = DumpSchema(.postgres)
    _ = schema.add(Array("SET standard_conforming_strings = off".utf8), at: 0)
    #expect(schema.syntax.backslashEscapes)
    _ = schema.add(Array("SET client_encoding = 'SJIS'".utf8), at: 0)
    #expect(schema.clientEncoding.map(text) == "SJIS")
    _ = schema.add(Array("SET standard_conforming_strings = on".utf8), at: 0)
    #expect(!schema.syntax.backslashEscapes)
  }

  @Test func bodiesHoldSemicolons() {
    /// Number of bytes of the first statement of a text.
    func length(_ text: String, _ family: SQLFamily = .postgres) -> Int? {
      var heap = ByteHeap(capacity: 256)
      heap.append(Array(text.utf8).span)
      heap.clearPadding()
      guard case .delimiter(let end) = heap.statementEnd(from: 0, StatementRule(family: family)) else { return nil }
      return end
    }
    for text in [
      "CREATE FUNCTION f() RETURNS int LANGUAGE sql BEGIN ATOMIC SELECT 1; SELECT 2; END",
      "CREATE OR REPLACE PROCEDURE f() BEGIN ATOMIC SELECT CASE WHEN a THEN 1 END; SELECT 2; END",
      "CREATE TABLE t (a int)", "BEGIN", "CREATE VIEW v AS SELECT begin.atomic",
    ] {
      #expect(length(text + "; SELECT 3;") == text.utf8.count, "\(text)")
      #expect(length(text) == nil)
    }
    for text in [
      "CREATE TEMP TRIGGER t AFTER INSERT ON x BEGIN UPDATE y SET a = 1; END",
      "CREATE TRIGGER t AFTER INSERT ON x BEGIN UPDATE y SET a = CASE WHEN 1 THEN 2 END; SELECT 1; END",
    ] { #expect(length(text + "; SELECT 3;", .sqlite) == text.utf8.count, "\(text)") }
  }
}

import Bytes
import Diagnostics
import Records
import SQLText
import Testing

private func tables(_ text: String, _ syntax: SQLSyntax) -> String {
  load(text, syntax).finish().tables.map(describe).joined(separator: "\n")
}

@Suite struct MySQLTests {
  @Test func everyType() {
    #expect(
      tables(
        """
        /*!40101 SET NAMES utf8mb4 */;
        CREATE TABLE `all ``types` (
          `id` int(10) unsigned NOT NULL AUTO_INCREMENT COMMENT 'the; key',
          `b1` tinyint(1) DEFAULT NULL, `ti` tinyint(4) DEFAULT NULL, `bits` bit(10), `bit` bit(1),
          `bu` bigint(20) unsigned, `bi` bigint(20), `dc` decimal(20,5) DEFAULT '0.00000', `fl` float, `db` double,
          `ch` char(5) CHARACTER SET latin1 NOT NULL DEFAULT '', `vc` varchar(50) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin,
          `tx` longtext, `bn` binary(4), `bl` longblob, `d` date, `t` time(3), `dt` datetime(6),
          `ts` timestamp NULL DEFAULT current_timestamp() ON UPDATE current_timestamp(), `y` year(4),
          `en` enum('a','b''c') DEFAULT NULL, `st` set('x','y'),
          `js` longtext CHARACTER SET utf8mb4 COLLATE utf8mb4_bin DEFAULT NULL CHECK (json_valid(`js`)), `j2` json,
          `pt` point, `gen` int(11) GENERATED ALWAYS AS (`ti` + 1) VIRTUAL, `uu` uuid, `ip` inet6,
          `pid` int unsigned,
          PRIMARY KEY (`id`,`vc`(10)), UNIQUE KEY `u` (`d`,`t`), UNIQUE KEY `part` (`tx`(10)), KEY `k` (`vc`(10)),
          FULLTEXT KEY `ft` (`tx`),
          CONSTRAINT `fk` FOREIGN KEY (`pid`) REFERENCES `Parent` (`ID`) ON DELETE CASCADE
        ) ENGINE=InnoDB AUTO_INCREMENT=100 DEFAULT CHARSET=utf8mb4 COMMENT='tbl; ''c''';
        """, .mysql) == """
          all `types key(id,vc) unique(d,t) index(vc) fk(pid)->Parent(ID) ON DELETE CASCADE
            id int64 <int(10) unsigned> required identity
            b1 boolean <tinyint(1)> default NULL
            ti int32 <tinyint(4)> default NULL
            bits bytes <bit(10)>
            bit boolean <bit(1)>
            bu decimal(20,0) <bigint(20) unsigned>
            bi int64 <bigint(20)>
            dc decimal(20,5) <decimal(20,5)> default '0.00000'
            fl float64 <float>
            db float64 <double>
            ch text <char(5)> max 5 required default ''
            vc text <varchar(50)> max 50 required
            tx text <longtext>
            bn bytes <binary(4)>
            bl bytes <longblob>
            d date <date>
            t text <time(3)>
            dt timestamp <datetime(6)>
            ts timestamptz <timestamp> default current_timestamp()
            y int32 <year(4)>
            en enum(a|b'c) <enum('a','b''c')> default NULL
            st text <set('x','y')>
            js json <longtext> default NULL
            j2 json <json>
            pt bytes <point>
            gen int32 <int(11)> as `ti` + 1
            uu uuid <uuid>
            ip text <inet6>
            pid int64 <int unsigned>
          """)
  }

  @Test func modesChangeTheTokenizer() {
    var schema = DumpSchema(.mysql)
    let add: (String) -> Void = { _ = schema.add(Array($0.utf8), at: 0) }
    add("/*!40101 SET @OLD_SQL_MODE=@@SQL_MODE, SQL_MODE='NO_AUTO_VALUE_ON_ZERO,ANSI' */")
    #expect(schema.syntax.ansiQuotes && schema.syntax.backslashEscapes)
    add("/*!50003 SET @saved_sql_mode = @@sql_mode */")
    add("/*!50003 SET sql_mode = 'NO_BACKSLASH_ESCAPES' */")
    #expect(!schema.syntax.ansiQuotes && !schema.syntax.backslashEscapes)
    add("/*!50003 SET sql_mode = @saved_sql_mode */")
    #expect(schema.syntax.ansiQuotes && schema.syntax.backslashEscapes)
    add("/*!40101 SET SQL_MODE=@OLD_SQL_MODE */")
    #expect(schema.syntax == .mysql)
    add("/*!40101 SET NAMES latin1 */")
    #expect(schema.clientEncoding.map(text) == "latin1")
  }

  @Test func objectsInDelimitersAndVersionComments() {
    let sql = """
      CREATE DATABASE /*!32312 IF NOT EXISTS*/ `shop` /*!40100 DEFAULT CHARACTER SET utf8mb4 */;
      USE `shop`;
      CREATE TABLE `t` (`a` int);
      /*!50001 CREATE VIEW `v` AS SELECT 1 AS `a`*/;
      DELIMITER ;;
      /*!50003 CREATE*/ /*!50017 DEFINER=`root`@`localhost`*/ /*!50003 trigger tr before insert on t for each row begin set new.a = 1; end */;;
      CREATE DEFINER=`root`@`localhost` PROCEDURE `p`(IN x int) BEGIN SELECT x; END;;
      DELIMITER ;
      /*!50001 DROP VIEW IF EXISTS `v`*/;
      /*!50001 CREATE ALGORITHM=UNDEFINED DEFINER=`root`@`localhost` SQL SECURITY DEFINER VIEW `v` AS select 2 AS `a` */;
      LOCK TABLES `t` WRITE;
      USE `other`;
      CREATE TABLE `t` (`b` int);
      """
    let (tables, objects, _) = load(sql, .mysql).finish()
    #expect(tables.map { text($0.name) } == ["t", "other.t"])
    #expect(describe(objects, "trigger") == ["tr on t; timing=BEFORE; events=insert"])
    #expect(describe(objects, "procedure") == ["p; arguments=IN x int; language=sql; security=definer"])
    #expect(describe(objects, "view") == ["v"])
    #expect(objects.first { $0.kind == "view" }.map { text($0.definition).contains("select 2") } == true)
  }

  @Test func accountsKeepTheirHosts() {
    let sql = """
      CREATE USER `app`@`10.0.%` IDENTIFIED BY PASSWORD '*0123456789ABCDEF0123456789ABCDEF01234567';
      CREATE USER 'app'@'localhost', plain@example;
      CREATE USER plain@example IDENTIFIED BY 'hunter2';
      CREATE ROLE readers;
      GRANT SELECT ON `shop`.`t` TO `app`@`10.0.%`, 'app'@'localhost', readers WITH GRANT OPTION;
      GRANT readers TO `app`@`10.0.%`;
      """
    let (_, objects, _) = load(sql, .mysql).finish()
    #expect(
      objects.filter { $0.kind == "role" }.map { text($0.name) }
        == ["app@10.0.%", "app@localhost", "plain@example", "readers"])
    #expect(
      objects.filter { $0.kind == "grant" || $0.kind == "role-membership" }.map {
        text($0.attribute("to") ?? $0.attribute("member") ?? [])
      } == ["app@10.0.%,app@localhost,readers", "app@10.0.%"])
    #expect(!objects.contains { text($0.definition).contains("hunter2") || text($0.definition).contains("0123456789") })
  }

  @Test(arguments: [
    ("LOAD DATA INFILE 'x' INTO TABLE t", StatementClass.forbidden), ("SELECT 1 INTO OUTFILE '/x'", .forbidden),
    ("LOCK TABLES a WRITE", .session), ("INSERT INTO t VALUES (1)", .data),
    ("/*!40000 ALTER TABLE `t` DISABLE KEYS */", .session),
    ("UNLOCK TABLES", .session), ("REPLACE INTO t VALUES (1)", .data), ("INSTALL PLUGIN x SONAME 'y'", .forbidden),
  ])
  func classes(_ sql: String, _ expected: StatementClass) {
    var schema = DumpSchema(.mysql)
    #expect(schema.add(Array(sql.utf8), at: 0) == expected)
  }
}

@Suite struct SQLiteTests {
  @Test func typesAndKeys() {
    #expect(
      tables(
        """
        PRAGMA foreign_keys=OFF;
        CREATE TABLE IF NOT EXISTS "a b" (id integer primary key autoincrement, t text, [n] numeric(6,2), d datetime,
          bl BLOB, r real, b bool NOT NULL DEFAULT 0, any, v varchar(20) UNIQUE COLLATE NOCASE, j JSON, u UUID,
          o Unsigned Big Int, g int generated always as (r+1) stored, h AS (r));
        CREATE TABLE "Child" ("ID" INTEGER, p integer NOT NULL REFERENCES "A B" ("ID") DEFERRABLE INITIALLY DEFERRED,
          q int, CONSTRAINT "c" CHECK (q > 0), PRIMARY KEY("ID" AUTOINCREMENT),
          FOREIGN KEY (Q) REFERENCES child) STRICT;
        CREATE TABLE w(a text primary key, b) without rowid;
        CREATE INDEX i ON "a b"(T, d DESC);
        CREATE UNIQUE INDEX u ON "a b"(d);
        CREATE INDEX x ON "a b"(lower(t));
        """, .sqlite) == """
          a b key(id) unique(v) unique(d) index(t,d)
            id int64 <integer> required identity
            t text <text>
            n decimal(6,2) <numeric(6,2)>
            d timestamp <datetime>
            bl bytes <BLOB>
            r float64 <real>
            b boolean <bool> required default 0
            any text
            v text <varchar(20)> max 20
            j json <JSON>
            u text <UUID>
            o int64 <Unsigned Big Int>
            g int64 <int> as r+1
            h text as r
          Child key(ID) (p)->a b(id) DEFERRABLE INITIALLY DEFERRED (q)->Child(ID)
            ID int64 <INTEGER> required identity
            p int64 <integer> required
            q int64 <int>
          w key(a)
            a text <text>
            b text
          """)
  }

  @Test func virtualTablesAndTheirShadows() {
    let sql = """
      PRAGMA writable_schema=ON;
      INSERT INTO sqlite_schema(type,name,tbl_name,rootpage,sql)VALUES('table','f','f',0,'CREATE VIRTUAL TABLE f using fts5(x)');
      CREATE TABLE IF NOT EXISTS 'f_data'(id INTEGER PRIMARY KEY, block BLOB);
      CREATE TABLE IF NOT EXISTS 'f_config'(k PRIMARY KEY, v) WITHOUT ROWID;
      CREATE TABLE f_other(a);
      CREATE VIEW v AS SELECT 1;
      CREATE TRIGGER tr AFTER INSERT ON f_other BEGIN UPDATE f_other SET a=CASE WHEN 1 THEN 2 END; SELECT 1; END;
      """
    let schema = load(sql, .sqlite), (tables, objects, findings) = schema.finish()
    #expect(tables.map { text($0.name) } == ["f_other"])
    #expect(schema.isShadow("f_data") && schema.table("f_data") == nil && !schema.isShadow("f_other"))
    #expect(
      describe(objects, "statement") == [
        "f; form=virtual-table; module=fts5", "f_data on f; form=shadow-table", "f_config on f; form=shadow-table",
      ])
    #expect(describe(objects, "trigger") == ["tr on f_other; timing=AFTER; events=INSERT"])
    #expect(findings.map { "\($0.code) \($0.count)" } == ["shadow-tables-left-out 2"])
  }

  @Test(arguments: [
    ("ATTACH 'x' AS y", StatementClass.forbidden), ("SELECT load_extension('x')", .forbidden),
    ("PRAGMA foreign_keys=OFF", .session),
    ("PRAGMA temp_store_directory='/x'", .forbidden), ("BEGIN TRANSACTION", .transaction),
    ("DELETE FROM sqlite_sequence", .data),
    ("INSERT INTO t VALUES(1)", .data), ("SELECT writefile('x', 'y')", .forbidden), ("ROLLBACK", .transaction),
  ])
  func classes(_ sql: String, _ expected: StatementClass) {
    var schema = DumpSchema(.sqlite)
    #expect(schema.add(Array(sql.utf8), at: 0) == expected)
  }
}

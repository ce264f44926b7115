import Bytes
import Conversion
import Diagnostics
import Records
import SQLiteClient
import SQLitePages
import TestSupport
import Testing

@testable import SQLiteFile

/// Rows that are read from the pages themselves are those that SQLite reads.
@Suite struct PageTests {
  /// What came of reading a table.
  private struct Reading: Equatable {
    var rows: [[TestValue]] = []
    var invalidTexts: [Int] = []
    var isBroken = false
  }

  /// Reads a table; `pages`: not by SQLite alone. Whether that was so to the end.
  private func read(
    _ table: DatabaseTable, _ pages: TableReader?, _ connection: borrowing Connection
  ) throws -> (Reading, byPages: Bool) {
    let run = TableRows(table, pages: pages)
    var reading = Reading(), batch = RecordBatch(capacity: 64), goesOn = true
    while goesOn && !reading.isBroken {
      batch.removeAll(columnCount: table.schema.columns.count)
      do throws(SQLiteError) { goesOn = try run.read(into: &batch, connection) } catch { reading.isBroken = true }
      reading.rows += try batch.testRows()
    }
    reading.invalidTexts = run.invalidTexts
    return (reading, run.pages != nil)
  }

  private func connect(_ path: [UInt8]) throws -> Connection {
    var options = ConnectionOptions(.read)
    options.isImmutable = true
    return try Connection(path, options)
  }

  /// Reads all tables of a database both ways and compares; the names of those that were read from the pages to the end.
  private func compare(_ found: DatabaseCase) throws -> Set<Name> {
    let copy = try DatabaseCopy(found.input), connection = try copy.open()
    var whole: Set<Name> = []
    for table in try DatabaseSchema(connection, isUTF16: copy.header.isUTF16).tables {
      let pages = copy.reader(of: table)
      let (fast, byPages) = try read(table, pages, connection), (slow, _) = try read(table, nil, connection)
      #expect(fast == slow, "\(displayed(table.schema.name))")
      #expect(!slow.isBroken)
      if byPages { whole.insert(table.schema.name) }
    }
    return whole
  }

  /// Values of all kinds and lengths, in trees of every depth.
  private static let script = """
    import random, struct
    random.seed(SIZE)
    c.execute('PRAGMA page_size=SIZE'); c.execute('PRAGMA auto_vacuum=VACUUM')
    c.execute('CREATE TABLE many(a TEXT, id INTEGER PRIMARY KEY, n INT, r REAL, x, b BLOB)')
    c.execute('CREATE TABLE plain(x, y FLOAT, z DOUBLE PRECISION, p "FLOATING POINT", q CHARINT)')
    c.execute('CREATE TABLE key(k TEXT PRIMARY KEY, v) WITHOUT ROWID')
    c.execute('CREATE TABLE empty(x); ')
    c.execute('CREATE TABLE late(x)')
    c.execute('CREATE TABLE "row""id"(rowid TEXT, oid, v)')
    def value():
        k = random.randrange(12)
        if k == 0: return None
        if k == 1: return random.choice([0, 1, -1, 127, 128, -128, -129, 32767, -32769, 2**23 - 1, -2**23 - 1, 2**31, 2**47 - 1, -2**47, 2**47, 2**63 - 1, -2**63])
        if k == 2: return random.choice([0.0, -0.0, 1.5, 1e300, float('inf'), float('nan'), -3.0, 7.0, 2.0**53, 2.0**60])
        if k == 3: return random.randbytes(random.randrange(40))
        if k == 4: return 'ü€😀'[:random.randrange(4)] * random.randrange(9)
        if k == 5: return 'a\\0b'
        if k == 6: return random.randrange(-2**40, 2**40)
        if k == 7: return 'x' * random.randrange(min(SIZE // 8, 4000), min(3 * SIZE, 9000))
        return 'text %d' % random.randrange(10**random.randrange(1, 12))
    c.execute('BEGIN')
    for i in range(600):
        c.execute('INSERT OR REPLACE INTO many VALUES(?,?,?,?,?,?)', [value(), random.choice([i, i * 1000003, -i * 77, 2**62 - i]), value(), value(), value(), value()])
        c.execute('INSERT INTO plain VALUES(?,?,?,?,?)', [value() for _ in range(5)])
        c.execute('INSERT OR REPLACE INTO key VALUES(?,?)', [str(value()), value()])
        c.execute('INSERT INTO late VALUES(?)', [value()])
        c.execute('INSERT INTO "row""id" VALUES(?,?,?)', [value(), value(), value()])
    # Each length about the ends of what stands on a page.
    for n in range(SIZE // 8 - 40, SIZE // 8 + 8): c.execute('INSERT INTO plain(x) VALUES(?)', ['y' * n])
    for n in range(SIZE - 60, SIZE + 8): c.execute('INSERT INTO plain(x) VALUES(?)', [b'z' * n])
    c.execute("INSERT INTO plain(x) VALUES(CAST(x'41FF42' AS TEXT))")
    c.execute('COMMIT')
    c.execute('DELETE FROM many WHERE id % 3 = 0')
    c.execute('ALTER TABLE late ADD COLUMN y'); c.execute('INSERT INTO late VALUES(1, 2)')
    c.execute('ALTER TABLE plain DROP COLUMN z')
    """

  @Test(arguments: [512, 1024, 4096, 8192, 65536]) func everyPageSizeIsRead(_ size: Int) throws {
    let script = Self.script.split(separator: "SIZE", omittingEmptySubsequences: false).joined(separator: "\(size)")
    let found = try DatabaseCase(python: script)
    #expect(try compare(found) == ["many", "plain", "empty", "late", "row\"id"])
  }

  @Test func whatIsNotInThePagesIsAskedOfSQLite() throws {
    let defaults = try DatabaseCase(
      python: """
        c.execute('CREATE TABLE t(x)')
        for i in range(9): c.execute('INSERT INTO t VALUES(?)', [i])
        c.execute("ALTER TABLE t ADD COLUMN y DEFAULT 'new'")
        c.execute("INSERT INTO t VALUES(9, 'own')")
        c.execute("CREATE TABLE u(x, y DEFAULT 5)"); c.execute('INSERT INTO u(x) VALUES(1)')
        """)
    #expect(try compare(defaults) == ["u"])
    let texts = try DatabaseCase(
      python: """
        c.execute('PRAGMA encoding="UTF-16le"')
        c.execute('CREATE TABLE t(x)')
        c.execute("INSERT INTO t VALUES('ü')")
        """)
    #expect(try compare(texts) == [])
    let generated = try DatabaseCase("CREATE TABLE t(x, y AS (x + 1)); INSERT INTO t VALUES(1);")
    #expect(try compare(generated) == [])
  }

  /// Bytes at the end of each page that belong to an extension.
  @Test func reservedBytesAreLeftOut() throws {
    let found = try DatabaseCase(
      """
      .filectrl reserve_bytes 40
      VACUUM;
      CREATE TABLE t(x, y);
      WITH RECURSIVE n(i) AS (VALUES(1) UNION ALL SELECT i + 1 FROM n WHERE i < 900)
        INSERT INTO t SELECT i, printf('%.*c', i * 17, 'q') FROM n;
      """)
    #expect(try DatabaseCopy(found.input).header.reserved == 40)
    #expect(try compare(found) == ["t"])
  }

  /// A row that is too large to be held is read by SQLite piece by piece, those around it from the pages.
  @Test func longRowsAreReadBetweenOthers() throws {
    let found = try DatabaseCase(
      python: """
        c.execute('CREATE TABLE t(id INTEGER PRIMARY KEY, x)')
        for i in range(40): c.execute('INSERT INTO t VALUES(?, ?)', [i * 3, 'x' * (1500000 if i % 13 == 0 else i)])
        """)
    #expect(try compare(found) == ["t"])
  }

  /// Whatever byte is wrong: rows that SQLite reads are read, and where SQLite finds damage, damage is found.
  @Test func damageIsMetAsSQLiteMeetsIt() throws {
    let found = try DatabaseCase(
      python: """
        c.execute('PRAGMA page_size=512')
        c.execute('CREATE TABLE t(id INTEGER PRIMARY KEY, x, y REAL)')
        for i in range(30): c.execute('INSERT INTO t VALUES(?, ?, ?)', [i * 5, 'text %d' % i if i % 9 else 'z' * 900, i / 2])
        """)
    let copy = try DatabaseCopy(found.input), table = try DatabaseSchema(try copy.open(), isUTF16: false).tables[0]
    let bytes = try readFile(found.place.path + "/data.db"), size = copy.header.pageSize
    let place = try TemporaryDirectory(), path = place.file("d.db")
    let layout = PageLayout(pageSize: size, reserved: 0, pageCount: bytes.count / size)
    var broken = 0, byPages = 0, at = size
    while at < bytes.count {
      for flip: UInt8 in [0x01, 0x80] {
        var damaged = bytes
        damaged[at] ^= flip
        try writeFile(place.path + "/d.db", damaged)
        let pages = TableReader(
          try SharedFile(path), layout, root: table.root, columns: table.stored, rowLimit: 1 << 20)
        // SQLite checks a page when a connection sees it for the first time.
        let (fast, isByPages) = try read(table, pages, try connect(path))
        let (slow, _) = try read(table, nil, try connect(path))
        // A row that SQLite looks for by its key, and passes over, is missed when it stands on the page.
        let isStricter = fast.isBroken && !slow.isBroken && slow.rows.starts(with: fast.rows)
        #expect(fast == slow || isStricter, "byte \(at), flipped by \(flip)")
        if slow.isBroken { broken += 1 }
        if isByPages { byPages += 1 }
      }
      // Heads of pages and cells, and some of what is in them.
      at += at % size < 32 ? 1 : 23
    }
    #expect(broken > 50 && byPages > 50)
  }
}

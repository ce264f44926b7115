internal import Bytes
internal import CatalogModel
internal import CatalogStore
internal import Records
internal import Testing

/// A backup of people in all kinds of writing.
private let people: [[String?]] = [
  ["1", "Ann O’Neill", "ann.oneill@example.org lives at Zürich, 8. Straße"],
  ["2", "José Ángel Ñandú", "see 3f2504e0-4f89-11d3-9a0c-0305e82c3301"],
  ["3", "joann", "joann.oneill@example.org; ANN is her sister"],
  ["4", "山田太郎", "東京都に住んでいます"],
  ["5", "Ева Ёлкина", "тел. +7 (495) 123-45-67"],
  ["6", nil, ""],
  ["7", "!!!", "a_b_c 1.10 v2"],
  ["8", "cafe\u{301} noir", "ΣΊΣΥΦΟΣ"],
]

extension CatalogStore {
  fileprivate func keys(_ term: SearchTerm, change: @Sendable (inout SearchQuery) -> Void = { _ in })
    throws(CatalogError) -> [String]
  {
    var query = SearchQuery([term])
    change(&query)
    return try search(query).keys
  }
}

extension CatalogStore {
  fileprivate func count(_ words: String, _ change: (inout SearchQuery) -> Void) throws(CatalogError) -> Int {
    var query = SearchQuery([.words(bytes(words))])
    change(&query)
    return try search(query).hits.count
  }
}

private func bytes(_ text: String) -> [UInt8] { Array(text.utf8) }

extension CatalogConformance {
  static let searching: [ConformanceCase] = [
    ConformanceCase("words, phrases, prefixes and addresses are found as people type them", searches: true) { store in
      try store.add(Fixture.registration(), [(Fixture.table(), people)])
      let expected: [(String, [String])] = [
        ("ann", ["1", "3"]), ("ANN", ["1", "3"]), ("joann", ["3"]), ("oneill", ["1", "3"]),
        ("ann.oneill@example.org", ["1"]), ("Ann.ONeill@Example.org", ["1"]), ("oneill@example", ["1", "3"]),
        ("3f2504e0-4f89-11d3-9a0c-0305e82c3301", ["2"]), ("4f89-11d3", ["2"]), ("4f89 11d3", ["2"]),
        ("4f89.11d3", []), ("jose", ["2"]), ("JOSÉ", ["2"]), ("jose\u{301}", ["2"]), ("nandu", ["2"]),
        ("strasse", ["1"]), ("STRAẞE", ["1"]), ("zurich", ["1"]), ("jo*", ["2", "3"]), ("zür*", ["1"]),
        ("\"angel nandu\"", ["2"]), ("angel nandu", ["2"]), ("nandu angel", []), ("angel nan*", ["2"]),
        ("angel nan", []), ("太郎", ["4"]), ("郎太", []), ("東京", ["4"]), ("京", ["4"]), ("елкина", ["5"]),
        ("ЁЛКИНА", ["5"]), ("(495)", ["5"]), ("495", ["5"]), ("+7 495", ["5"]), ("123-45-67", ["5"]), ("12345", []),
        ("b", ["7"]), ("a_b_c", ["7"]), ("1.10", ["7"]), ("1.1", []), ("10", ["7"]), ("cafe", ["8"]),
        ("cafe noir", ["8"]), ("σισυφος", ["8"]), ("σίσυφοσ", ["8"]), ("no", []), ("noir cafe", []),
        ("an*", ["1", "2", "3"]),
      ]
      for (words, keys) in expected {
        let result = try store.search(words)
        #expect(result.keys == keys, "\(words)")
        #expect(!result.scanned && result.isComplete)
      }
      #expect(try store.search("ann", "zurich").keys == ["1"])
      #expect(try store.search("ann", "sister").keys == ["3"])
      #expect(try store.search("jose", "3f2504e0").keys == ["2"])  // one in each of two columns
      #expect(try store.search("\"nandu see\"").keys == [])  // no phrase across columns
    },
    ConformanceCase("what matches is marked", searches: true) { store in
      try store.add(Fixture.registration(), [(Fixture.table(), people)])
      func marks(_ words: String...) throws(CatalogError) -> [String] {
        var query = SearchQuery(words.map { .words(bytes($0)) })
        query.context = 200
        return try store.search(query).hits.flatMap(\.matches).map(\.marked)
      }
      #expect(
        try marks("ann") == [
          "[Ann] O’Neill", "[ann].oneill@example.org lives at Zürich, 8. Straße",
          "joann.oneill@example.org; [ANN] is her sister",
        ])
      #expect(
        try marks("strasse", "ann o’neill") == ["[Ann O’Neill]", "ann.oneill@example.org lives at Zürich, 8. [Straße]"])
      #expect(try marks("cafe") == ["[cafe\u{301}] noir"])
      #expect(try marks("jose", "angel") == ["[José] [Ángel] Ñandú"])
      #expect(try marks("太郎") == ["山田[太郎]"])
      let hit = try #require(try store.search("strasse") { $0.context = 3 }.hits.first)
      #expect(hit.matches.map(\.marked) == ["8. [Straße]"])
      #expect(hit.matches.first?.isCutAtStart == true && hit.matches.first?.isCutAtEnd == false)
      #expect(hit.matches.first?.column == "note")
      #expect(hit.place == .record(table: "people", key: bytes("1"), number: 1))
      #expect(hit.backup.project == "shop")
      let cut = try #require(try store.search("lives") { $0.context = 6 }.hits.first)
      #expect(cut.matches.map(\.marked) == ["e.org [lives] at Zü"])  // never inside a letter
    },
    ConformanceCase("exact values, substrings and expressions", searches: true) { store in
      try store.add(Fixture.registration(), [(Fixture.table(), people)])
      #expect(try store.keys(.exact(bytes("joann"))) == ["3"])
      #expect(try store.keys(.exact(bytes("Joann"))) == [])
      #expect(try store.keys(.exact(bytes("ann"))) == [])
      #expect(try store.keys(.exact(bytes("cafe\u{301} noir"))) == ["8"])
      #expect(try store.keys(.exact(bytes("caf\u{E9} noir"))) == [])
      let odd = try store.search(SearchQuery([.exact(bytes("!!!"))]))
      #expect(odd.keys == ["7"] && odd.scanned)
      let empty = try store.search(SearchQuery([.exact([])]))
      #expect(empty.keys == ["6"] && empty.scanned)
      let exact = try store.search(SearchQuery([.exact(bytes("joann"))]))
      #expect(!exact.scanned)
      #expect(try store.search("!!!").keys == ["7"])
      #expect(try store.search("!!!").scanned)
      #expect(try store.search("!!!", "b").scanned == false)

      let substring = try store.search(SearchQuery([.substring(bytes("OANN"))]))
      #expect(substring.keys == ["3"] && substring.scanned)
      #expect(try store.keys(.substring(bytes("urich, 8. STRASS"))) == ["1"])
      #expect(try store.keys(.substring(bytes("OANN"))) { $0.isCaseSensitive = true } == [])
      #expect(try store.keys(.substring(bytes("都に"))) == ["4"])

      let regex = try store.search(SearchQuery([.regex(bytes("^jo.nn$"))]))
      #expect(regex.keys == ["3"] && regex.scanned)
      #expect(try store.keys(.regex(bytes("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"))) == ["2"])
      #expect(try store.keys(.regex(bytes("^ann\\b"))) == ["1"])
      #expect(try store.keys(.regex(bytes("^ann\\b"))) { $0.isCaseSensitive = true } == ["1"])
      #expect(try store.keys(.regex(bytes("^ANN\\b"))) { $0.isCaseSensitive = true } == [])
      #expect(try store.keys(.regex(bytes("ё"))) == ["5"])
      for bad in ["(", "a**", "[a", "\\1", "(?=a)", "a{3,2}", "*"] {
        guard case .invalid? = errorCode({ () throws(CatalogError) in _ = try store.keys(.regex(bytes(bad))) }) else {
          Issue.record("accepted \(bad)")
          continue
        }
      }
      for bad in ["", " ", "*", "\"\"", "\u{301}"] {
        guard case .invalid? = errorCode({ () throws(CatalogError) in _ = try store.search(bad) }) else {
          Issue.record("accepted '\(bad)'")
          continue
        }
      }
    },
    ConformanceCase("case counts when it is asked for", searches: true) { store in
      try store.add(Fixture.registration(), [(Fixture.table(), people)])
      func keys(_ words: String) throws(CatalogError) -> [String] {
        var query = SearchQuery([.words(bytes(words))])
        query.isCaseSensitive = true
        return try store.search(query).keys
      }
      #expect(try keys("ann") == ["1"])
      #expect(try keys("ANN") == ["3"])
      #expect(try keys("Ann") == ["1"])
      #expect(try keys("jose") == [])
      #expect(try keys("José Ángel") == ["2"])
      #expect(try keys("José angel") == [])
      #expect(try keys("Jos*") == ["2"])
      #expect(try keys("cafe") == [])  // a mark follows
      #expect(try keys("cafe\u{301}") == ["8"])
    },
    ConformanceCase("values of every kind are found", searches: true) { store in
      let columns: [Name] = ["id", "amount", "active", "ratio", "data", "raw", "big"]
      let key = try store.write { (tx) throws(CatalogError) -> Key<Backup>? in
        guard case .added(let key) = try tx.register(Fixture.registration()) else { return nil }
        let table = try tx.add(Fixture.table("orders", columns), to: key)
        var batch = RecordBatch(capacity: 100)
        batch.removeAll(columnCount: columns.count)
        let number = bytes("123456789012345678901234567890.10")
        let json = bytes(#"{"name":"Ren\u00e9e \ud83d\ude00","lines":["a\nbeta","c:\\temp"]}"#)
        let row: [Cell] = [
          .integer(-9_223_372_036_854_775_808), batch.cell(.number, number.span), .boolean(true), .double(0.5),
          batch.cell(.json, json.span), batch.cell(.bytes, [UInt8]([0xDE, 0xAD, 0xBE, 0xEF]).span), .missing,
        ]
        batch.append(row: row)
        let long = [UInt8](repeating: 7, count: 5000)
        batch.append(row: [.integer(2), .null, .null, .null, .null, batch.cell(.bytes, long.span), .external(0)])
        try tx.index(batch, of: table)
        try tx.finish(key)
        return key
      }
      #expect(key != nil)
      let first = "-9223372036854775808"
      for words in [
        "9223372036854775808", "-9223372036854775808", "123456789012345678901234567890.10", "true", "0.5", "deadbeef",
        "renée", "renee", "beta", "\"a beta\"", "temp", "c:\\temp",
      ] {
        #expect(try store.search(words).keys == [first], "\(words)")
      }
      #expect(try store.search("nbeta").keys == [])  // the n belongs to an escape
      #expect(try store.search("u00e9e").keys == [])
      #expect(try store.keys(.substring(bytes("😀"))) == [first])
      #expect(try store.keys(.exact(bytes("true"))) == [first])
      #expect(
        try store.keys(.exact(bytes(#"{"name":"Ren\u00e9e \ud83d\ude00","lines":["a\nbeta","c:\\temp"]}"#))) == [first])
      let result = try store.search("true")
      #expect(result.unsearchableValues == 2)
      #expect(result.hits.first?.matches.map(\.column) == ["active"])
    },
    ConformanceCase("secrets are neither found nor shown", searches: true) { store in
      let table = Fixture.table("users", ["id", "password", "name"], secret: "password")
      let keyed = Fixture.table("tokens", ["token", "owner"], secret: "token")
      try store.add(
        Fixture.registration(),
        [(table, [["1", "hunter2hunter2", "Ann"]]), (keyed, [["tok_secret_1", "Ann"]])])
      for words in ["hunter2hunter2", "hunter2*", "tok_secret_1", "secret"] {
        #expect(try store.search(words).hits.isEmpty, "\(words)")
      }
      #expect(try store.keys(.substring(bytes("unter"))) == [])
      #expect(try store.keys(.regex(bytes("tok_"))) == [])
      #expect(try store.keys(.exact(bytes("hunter2hunter2"))) == [])
      #expect(try store.search("ann").keys == ["1", "-"])  // a secret key is not shown
    },
    ConformanceCase("hostile regular expressions end in linear time", searches: true) { store in
      let evil = String(repeating: "a", count: 20_000)
      try store.add(Fixture.registration(), [(Fixture.table(), [["1", evil, nil]])])
      #expect(try store.keys(.regex(bytes("^(a+)+$b"))) == [])
      #expect(try store.keys(.regex(bytes("(a|a)*c"))) == [])
      #expect(try store.keys(.regex(bytes("^(a*)*$"))).contains("1"))
      guard
        case .invalid? = errorCode({ () throws(CatalogError) in
          _ = try store.keys(.regex(bytes("((a{1000}){1000}){1000}")))
        })
      else {
        Issue.record("accepted a pattern of a thousand million instructions")
        return
      }
      #expect(try store.keys(.regex(bytes("(((){1000}){1000}){1000}x"))) == [])
    },
    ConformanceCase("generated queries find what a plain scan finds", searches: true) { store in
      var model = SearchModel(seed: 7)
      let rows = model.rows(count: 400)
      try store.add(Fixture.registration(), [(Fixture.table(), rows.map { $0.shown })])
      for _ in 0..<600 {
        let question = model.question(rows)
        let result = try store.search(question.query)
        let expected = rows.filter { question.matches($0) }.map { $0.shown[0] ?? "" }
        #expect(result.keys == expected, "\(question.query.terms.map { "\($0)" })")
      }
    },
  ]

  static let searchScopes: [ConformanceCase] = [
    ConformanceCase("hits come newest backup first, and every backup that holds the value is told", searches: true) {
      store in
      let table = Fixture.table("b_first"), second = Fixture.table("a_second")
      let rows = [["1", "Ann", nil], ["2", "Bob", nil], ["3", "Ann", nil]]
      let old = try store.add(Fixture.registration(seed: 1, takenAt: Fixture.day(1)), [(table, rows), (second, rows)])
      let newest = try store.add(Fixture.registration("blog", seed: 2, takenAt: Fixture.day(9)), [(table, rows)])
      let middle = try store.add(Fixture.registration(seed: 3, takenAt: Fixture.day(5)), [(second, rows)])
      try store.add(Fixture.registration(seed: 4, takenAt: Fixture.day(7)), [(second, [["1", "Bob", nil]])])
      let result = try store.search("ann")
      #expect(result.hits.map(\.backup.key) == [newest, newest, middle, middle, old, old, old, old])
      #expect(result.keys == ["1", "3", "1", "3", "1", "3", "1", "3"])
      let tables: [Name] = result.hits.compactMap { if case .record(let table, _, _) = $0.place { table } else { nil } }
      #expect(tables == ["b_first", "b_first", "a_second", "a_second", "b_first", "b_first", "a_second", "a_second"])

      func count(_ change: (inout SearchQuery) -> Void) throws(CatalogError) -> Int { try store.count("ann", change) }
      #expect(try count { $0.scope.project = "blog" } == 2)
      #expect(try count { $0.scope.keys = [old] } == 4)
      #expect(
        try count {
          $0.scope.since = Fixture.day(2); $0.scope.until = Fixture.day(8)
        } == 2)
      #expect(try count { $0.scope.newestOnly = true } == 2)  // the newest of the shop holds none
      #expect(try count { $0.table = NamePattern("a_*") } == 4)
      #expect(try count { $0.table = NamePattern("A_SECOND") } == 4)
      #expect(try count { $0.table = NamePattern("nothing") } == 0)
      #expect(try count { $0.column = NamePattern("name") } == 8)
      #expect(try count { $0.column = NamePattern("note") } == 0)
      #expect(try count { $0.scope.system = "convex" } == 0)
      #expect(
        errorCode { () throws(CatalogError) in _ = try count { $0.scope.project = "nobody" } }
          == .notFound("project 'nobody'"))
    },
    ConformanceCase("a limit is told, and the rest follows", searches: true) { store in
      for seed in 1...3 {
        let rows = (1...7).map { ["\($0)", $0 % 2 == 0 ? "even" : "odd", nil] }
        try store.add(
          Fixture.registration(seed: UInt8(seed), takenAt: Fixture.day(Int64(seed))), [(Fixture.table(), rows)])
      }
      for term in [SearchTerm.words(bytes("odd")), .substring(bytes("dd")), .words(bytes("od*"))] {
        let all = try store.search(SearchQuery([term]))
        #expect(all.hits.count == 12 && all.isComplete && all.next == nil && all.total == nil)
        for limit in [1, 3, 4, 5, 11, 12, 13] {
          var pages: [SearchHit] = []
          var query = SearchQuery([term])
          query.limit = limit
          for _ in 0..<20 {
            let page = try store.search(query)
            #expect(page.hits.count == limit || page.isComplete)
            #expect(page.isComplete == (page.next == nil))
            pages += page.hits
            guard let next = page.next else { break }
            query.cursor = SearchCursor(next.description)
          }
          #expect(pages == all.hits)
        }
        var counting = SearchQuery([term])
        counting.limit = 2
        counting.countsAll = true
        let counted = try store.search(counting)
        #expect(counted.total == 12 && counted.hits.count == 2 && !counted.isComplete)
        counting.limit = 0
        #expect(try store.search(counting).total == 12)
      }
    },
    ConformanceCase("a value is found in those of many backups that hold it", searches: true) { store in
      for seed in 1...30 {
        let rows = (0..<5).map { ["\($0)", "common \(seed)", $0 == 3 && seed % 7 == 0 ? "rare rarely" : nil] }
        try store.add(
          Fixture.registration(seed: UInt8(seed), takenAt: Fixture.day(Int64(seed * 17 % 31))),
          [(Fixture.table(), rows)])
      }
      let order = try store.read { (tx) throws(CatalogError) in try tx.backups(BackupQuery()).map(\.key) }
      #expect(
        try store.search("common") { $0.limit = nil }.hits.map(\.backup.key) == order.flatMap { [$0, $0, $0, $0, $0] })
      for words in ["rare", "rar*", "\"rare rarely\""] {
        let found = try store.search(words).hits.map(\.backup.key)
        #expect(found.count == 4 && found == order.filter { found.contains($0) })
      }
      #expect(try store.search("rare") { $0.scope.latest = 3 }.hits.count <= 3)
      #expect(try store.search("absent").hits.isEmpty)
    },
    ConformanceCase("keys only, or nothing, is indexed when it is asked for", searches: true) { store in
      let rows = [["k1", "Ann", nil]]
      try store.add(Fixture.registration(seed: 1, indexing: .keys), [(Fixture.table(), rows)])
      try store.add(Fixture.registration(seed: 2, indexing: .none), [(Fixture.table(), rows)])
      #expect(try store.search("k1").hits.count == 1)
      let result = try store.search("ann")
      #expect(result.hits.isEmpty && result.partlyIndexedBackups == 2)
    },
    ConformanceCase("documents are found, but not under a table", searches: true) { store in
      var registration = Fixture.registration()
      registration.documents = [
        Document(path: bytes("README.md"), text: bytes("Deployment: opulent-rabbit-360.convex.cloud\n")),
        Document(path: bytes("notes.txt"), text: bytes("nothing")),
      ]
      try store.add(registration, [(Fixture.table(), [["1", "opulent", nil]])])
      let result = try store.search("opulent-rabbit-360.convex.cloud")
      #expect(result.keys == ["README.md"])
      #expect(result.hits.first?.matches.first?.column == nil)
      #expect(try store.search("opulent").keys == ["README.md", "1"])
      #expect(try store.search("opulent") { $0.table = NamePattern("*") }.keys == ["1"])
    },
    ConformanceCase("runs of several tables may alternate", searches: true) { store in
      let found = try store.write { (tx) throws(CatalogError) -> Key<Backup>? in
        guard case .added(let key) = try tx.register(Fixture.registration()) else { return nil }
        let a = try tx.add(Fixture.table("a"), to: key), b = try tx.add(Fixture.table("b"), to: key)
        for i in 1...3 {
          try tx.index(Fixture.batch([["a\(i)", "x", nil], ["a\(i)'", "y", nil]]), of: a)
          try tx.index(Fixture.batch([["b\(i)", "x", nil]]), of: b)
        }
        try tx.finish(key)
        return key
      }
      #expect(found != nil)
      #expect(try store.search("x").keys == ["a1", "b1", "a2", "b2", "a3", "b3"])
      let onlyB = try store.search("x") { $0.table = NamePattern("b") }
      #expect(onlyB.keys == ["b1", "b2", "b3"])
      #expect(onlyB.hits.map(\.place).last == .record(table: "b", key: bytes("b3"), number: 3))
    },
  ]
}

internal import Bytes
internal import CatalogModel
internal import CatalogStore
internal import Diagnostics
internal import Records
internal import Testing

/// Bytes that are no UTF-8, with a NUL and quotes.
private let odd: [UInt8] = [0xFF, 0x00, 0x27, 0x22, 0xC3, 0x28] + Array("é e\u{301}".utf8)

extension CatalogConformance {
  static let registering: [ConformanceCase] = [
    ConformanceCase("a backup comes back as it was registered") { store in
      var registration = Fixture.registration(Name(odd))
      registration.environment = "production"
      registration.label = odd
      registration.note = Array("before the move".utf8)
      registration.alias = "before-move"
      registration.tags = [Tag("reason", odd), Tag("team", [])]
      registration.attributes = [Attribute("django_version", Array("4.2".utf8))]
      registration.artifacts[0].path = odd
      registration.artifacts[0].locations[0].path = odd
      registration.artifacts[0].table = Name(odd)
      registration.objects = [
        SchemaObject(kind: "view", name: Name(odd), table: "t", definition: odd),
        SchemaObject(kind: "policy", name: "own rows", table: "t"), SchemaObject(kind: "policy", name: "own rows"),
      ]
      registration.objects[1].attributes = [
        SchemaAttribute("using", odd), SchemaAttribute("command", []), SchemaAttribute("using", Array("again".utf8)),
      ]
      registration.claims = [
        Claim(subject: "records", stated: odd, measured: "61", verdict: .proved, artifact: odd)
      ]
      registration.findings = [
        Finding(
          "duplicate-keys", .error, "key occurs twice", advice: "look", artifact: odd, table: Name(odd), column: "c",
          offset: 7, count: 3)
      ]
      registration.documents = [Document(path: odd, text: odd)]
      var table = Fixture.table(Name(odd), ["id", Name(odd)], secret: Name(odd))
      table.uniqueKeys = [["id"], ["id", Name(odd)]]
      table.indexes = [[Name(odd)]]
      table.foreignKeys = [
        CatalogForeignKey(
          ForeignKey(["id", Name(odd)], references: Name(odd), ["a", "b"], isInferred: true), isVerified: false,
          danglingCount: 4),
        CatalogForeignKey(ForeignKey(["id"], references: "other", ["id"])),
      ]
      table.columns[1].maximumLength = 20
      table.columns[1].isIdentity = true
      table.columns[1].statistics.kinds = [.null, .text]
      table.columns[1].statistics.nullCount = 2
      table.columns[1].statistics.missingCount = 3
      table.columns[1].statistics.shortest = 0
      table.columns[1].statistics.longest = 9
      table.columns[1].statistics.distinctEstimate = 5
      table.statistics.digest = "00ff"
      let key = try store.add(registration, [(table, [["1", nil], ["2", nil]])])
      table.statistics.recordCount = 2

      let (backup, contents) = try store.read { (tx) throws(CatalogError) in
        (try tx.backup(key), try tx.contents(of: key, .all))
      }
      let found = try #require(backup)
      #expect(found.project == Name(odd))
      #expect(found.environment == "production")
      #expect(found.label == odd)
      #expect(found.note == registration.note)
      #expect(found.aliases == ["before-move"])
      #expect(found.tags == registration.tags)
      #expect(found.attributes == registration.attributes)
      #expect(found.takenAt == registration.takenAt)
      #expect(found.registeredAt == registration.registeredAt)
      #expect(found.id == BackupID(project: Name(odd), content: registration.content))
      #expect(found.counts.tables == 1 && found.counts.records == 2 && found.counts.artifacts == 1)
      #expect(found.counts.bytes == 1000 && found.counts.findings == 1)
      #expect(contents.objects == registration.objects)
      #expect(contents.claims == registration.claims)
      #expect(contents.findings == registration.findings)
      #expect(contents.documents == registration.documents)
      var artifact = try #require(contents.artifacts.first)
      artifact.key = nil
      artifact.locations[0].firstSeen = Moment(microseconds: 0)
      artifact.locations[0].lastSeen = Moment(microseconds: 0)
      #expect(artifact == registration.artifacts[0])
      var stored = try #require(contents.tables.first)
      stored.key = nil
      #expect(stored == table)
    },
    ConformanceCase("the same content is the same backup, wherever it lies", searches: true) { store in
      let key = try store.add(Fixture.registration(), [(Fixture.table(), [["1", "Ann", nil]])])
      var again = Fixture.registration()
      again.registeredAt = Fixture.day(301)
      let same = try store.write { (tx) throws(CatalogError) in try tx.register(again) }
      #expect(same == .known(key, newLocations: 0))
      again.artifacts[0].locations[0].path = Array("/moved/data.json".utf8)
      let moved = try store.write { (tx) throws(CatalogError) in try tx.register(again) }
      #expect(moved == .known(key, newLocations: 1))
      let (backups, artifacts, events) = try store.read { (tx) throws(CatalogError) in
        (
          try tx.backups(BackupQuery()), try tx.contents(of: key, .artifacts).artifacts,
          try tx.events(project: nil, limit: 10)
        )
      }
      #expect(backups.count == 1 && backups.first?.counts.records == 1)
      #expect(artifacts.first?.locations.count == 2)
      #expect(artifacts.first?.locations.map(\.lastSeen) == [Fixture.day(301), Fixture.day(301)])
      #expect(artifacts.first?.locations.map(\.firstSeen) == [Fixture.day(300), Fixture.day(301)])
      #expect(events.map(\.kind) == [.located, .registered])
      #expect(try store.search("ann").hits.count == 1)
    },
    ConformanceCase("equal artifacts of one backup keep places of their own") { store in
      var registration = Fixture.registration()
      var twin = registration.artifacts[0]
      twin.path = Array("copy.json".utf8)
      twin.locations[0].path = Array("/backups/1/copy.json".utf8)
      registration.artifacts.append(twin)
      let key = try store.add(registration)
      _ = try store.add(registration)
      let artifacts = try store.read { (tx) throws(CatalogError) in try tx.contents(of: key, .artifacts).artifacts }
      #expect(artifacts.map { $0.locations.count } == [1, 1])
    },
    ConformanceCase("registering again takes on what the user says this time") { store in
      let key = try store.add(Fixture.registration())
      var again = Fixture.registration()
      again.label = Array("weekly".utf8)
      again.environment = "staging"
      again.alias = "weekly-1"
      again.tags = [Tag("a", Array("b".utf8))]
      _ = try store.add(again)
      let backup = try store.read { (tx) throws(CatalogError) in try tx.backup(key) }
      #expect(backup?.label == again.label && backup?.environment == "staging")
      #expect(backup?.aliases == ["weekly-1"] && backup?.tags == again.tags)
    },
    ConformanceCase("the same content in another project is another backup") { store in
      let a = try store.add(Fixture.registration("a"))
      let b = try store.add(Fixture.registration("b"))
      #expect(a != b)
      let ids = try store.read { (tx) throws(CatalogError) in try tx.backups(BackupQuery()).map(\.id) }
      #expect(Set(ids).count == 2)
      #expect(
        try store.read { (tx) throws(CatalogError) in
          try tx.backup(content: Fixture.registration().content, project: "b")?.key
        } == b)
    },
    ConformanceCase("a body that throws leaves nothing behind", searches: true) { store in
      struct Stop: Error {}
      #expect(throws: Stop.self) {
        try store.write(failed: { $0 as any Error }) { (tx) throws(any Error) in
          guard case .added(let key) = try tx.register(Fixture.registration()) else { return }
          let table = try tx.add(Fixture.table(), to: key)
          try tx.index(Fixture.batch([["1", "Zenobia", nil]]), of: table)
          throw Stop()
        }
      }
      let left = try store.read { (tx) throws(CatalogError) in
        (try tx.projects(), try tx.backups(BackupQuery()), try tx.events(project: nil, limit: 5))
      }
      #expect(left.0.isEmpty && left.1.isEmpty && left.2.isEmpty)
      #expect(try store.search("zenobia").hits.isEmpty)
      try store.add(Fixture.registration(), [(Fixture.table(), [["1", "Zenobia", nil]])])
      #expect(try store.search("zenobia").hits.count == 1)
    },
    ConformanceCase("ten thousand objects are registered at once and found by name") { store in
      var registration = Fixture.registration()
      registration.objects = (0..<10_000).map { number in
        var object = SchemaObject(
          kind: number % 2 == 0 ? "function" : "policy", name: Name("object_\(number)"), table: "t",
          definition: Array("CREATE FUNCTION object_\(number)() RETURNS int LANGUAGE sql AS $$ SELECT 1 $$".utf8))
        object.attributes = ["language", "security", "volatility", "returns"].map {
          SchemaAttribute($0, Array("value \(number)".utf8))
        }
        return object
      }
      let clock = ContinuousClock()
      var key = Key<Backup>(0)
      let spent = try clock.measure { key = try store.add(registration) }
      // A fraction of a second when the program is optimised and alone; this catches what looks at all for each.
      #expect(spent < .seconds(20), "\(spent)")
      let objects = try store.read { (tx) throws(CatalogError) in try tx.contents(of: key, .objects).objects }
      #expect(objects == registration.objects)
      let found = try store.read { (tx) throws(CatalogError) in
        try tx.find(FindQuery(.object(kind: "policy"), NamePattern("object_999?")))
      }
      #expect(found.map(\.name) == [9991, 9993, 9995, 9997, 9999].map { Array("object_\($0)".utf8) })
      #expect(found.first?.attributes == registration.objects[9991].attributes)
    },
    ConformanceCase("findings, claims and statistics can follow the rows") { store in
      let key = try store.write { (tx) throws(CatalogError) -> Key<Backup>? in
        guard case .added(let key) = try tx.register(Fixture.registration()) else { return nil }
        let table = try tx.add(Fixture.table(), to: key)
        try tx.index(Fixture.batch([["1", "a", "b"], ["2", nil, nil]]), of: table)
        var statistics = TableStatistics()
        statistics.recordCount = 2
        statistics.digest = "abc"
        var column = ColumnStatistics()
        column.nullCount = 1
        try tx.setStatistics(statistics, columns: [ColumnStatistics(), column, column], of: table)
        try tx.add([Finding("a", .info, "first"), Finding("b", .critical, "second")], to: key)
        try tx.add([Finding("c", .warning, "third")], to: key)
        try tx.add([Claim(subject: "records", stated: [0x32], verdict: .proved, artifact: [])], to: key)
        try tx.finish(key)
        return key
      }
      let (backup, contents) = try store.read { (tx) throws(CatalogError) in
        (try tx.backup(key!), try tx.contents(of: key!, .all))
      }
      #expect(backup?.counts.records == 2 && backup?.counts.findings == 3)
      #expect(contents.tables.first?.statistics.digest == "abc")
      #expect(contents.tables.first?.columns.map(\.statistics.nullCount) == [0, 1, 1])
      #expect(contents.findings.map(\.code) == ["a", "b", "c"] && contents.claims.count == 1)
    },
    ConformanceCase("known files are told by their path") { store in
      let key = try store.add(Fixture.registration())
      let path = Fixture.registration().artifacts[0].locations[0].path
      let files = try store.read { (tx) throws(CatalogError) in try tx.knownFiles(at: path) }
      #expect(files.map(\.backup) == [key])
      #expect(files.first?.location.stamp == Fixture.registration().artifacts[0].locations[0].stamp)
      #expect(files.first?.checksum == Fixture.registration().artifacts[0].checksum)
      try store.write { (tx) throws(CatalogError) in try tx.touch(key, at: Fixture.day(310)) }
      let touched = try store.read { (tx) throws(CatalogError) in try tx.knownFiles(at: path) }
      #expect(touched.first?.location.lastSeen == Fixture.day(310))
      #expect(try store.read { (tx) throws(CatalogError) in try tx.knownFiles(at: [0x2F]) }.isEmpty)
    },
  ]
}

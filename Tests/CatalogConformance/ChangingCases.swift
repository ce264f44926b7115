internal import Bytes
internal import CatalogModel
internal import CatalogStore
internal import Records
internal import Testing
internal import TextSearch

extension CatalogStore {
  fileprivate func resolve(_ text: String, project: Name? = nil) throws(CatalogError) -> Key<Backup> {
    guard let address = BackupAddress(Array(text.utf8)) else { throw CatalogError(.invalid("address")) }
    return try read { (tx) throws(CatalogError) in try tx.resolve(address, project: project).key }
  }
  fileprivate func edit(_ key: Key<Backup>, _ edit: BackupEdit) throws(CatalogError) {
    try write { (tx) throws(CatalogError) in try tx.edit(key, edit, at: Fixture.day(320)) }
  }
  fileprivate func backup(_ key: Key<Backup>) throws(CatalogError) -> Backup? {
    try read { (tx) throws(CatalogError) in try tx.backup(key) }
  }
}

extension CatalogConformance {
  static let addressing: [ConformanceCase] = [
    ConformanceCase("addresses by age, date, alias and id") { store in
      let old = try store.add(Fixture.registration(seed: 1, takenAt: Fixture.day(10)))
      let new = try store.add(Fixture.registration(seed: 2, takenAt: Fixture.day(20)))
      let other = try store.add(Fixture.registration("blog", seed: 3, takenAt: Fixture.day(15)))
      try store.edit(old, .alias("before-migration"))
      #expect(try store.resolve("latest") == new)
      #expect(try store.resolve("latest~1") == other)
      #expect(try store.resolve("first") == old)
      #expect(try store.resolve("first~2") == new)
      #expect(try store.resolve("shop@latest~1") == old)
      #expect(try store.resolve("latest", project: "blog") == other)
      #expect(try store.resolve("before-migration") == old)
      #expect(try store.resolve("shop@before-migration") == old)
      #expect(try store.resolve("shop@2026-01-21") == new)  // that day included
      #expect(try store.resolve("shop@2026-01-20T23:59") == old)
      #expect(try store.resolve("2026-01-16") == other)
      let id = try #require(try store.backup(new)).id
      #expect(try store.resolve(id.short) == new)
      #expect(try store.resolve(id.description.uppercased()) == new)
      #expect(try store.resolve("shop@" + String(id.description.prefix(12))) == new)
      #expect(
        errorCode { () throws(CatalogError) in _ = try store.resolve("blog@\(id.short)") }
          == .notFound("backup 'blog@\(id.short)'"))
      #expect(
        errorCode { () throws(CatalogError) in _ = try store.resolve("latest~3") } == .notFound("backup 'latest~3'"))
      #expect(errorCode { () throws(CatalogError) in _ = try store.resolve("2020-01-01") } != nil)
      #expect(
        errorCode { () throws(CatalogError) in _ = try store.resolve("nobody@latest") } == .notFound("project 'nobody'")
      )
    },
    ConformanceCase("an address that fits several backups is refused") { store in
      let a = try store.add(Fixture.registration("a", seed: 1))
      let b = try store.add(Fixture.registration("b", seed: 2))
      try store.edit(a, .alias("weekly"))
      try store.edit(b, .alias("weekly"))
      guard
        case .ambiguous(_, let candidates)? = errorCode({ () throws(CatalogError) in _ = try store.resolve("weekly") })
      else {
        Issue.record("resolved")
        return
      }
      #expect(candidates.count == 2)
      #expect(try store.resolve("b@weekly") == b)
      #expect(try store.resolve("weekly", project: "a") == a)
    },
    ConformanceCase("ids outlive a project's new name") { store in
      let first = try store.add(Fixture.registration("a"))
      let id = try #require(try store.backup(first)).id
      try store.write { (tx) throws(CatalogError) in try tx.renameProject("a", to: "b", at: Fixture.day(1)) }
      let second = try store.add(Fixture.registration("a"))
      #expect(first != second)
      #expect(try store.backup(first)?.id == id)
      #expect(try store.backup(second)?.id != id)
      #expect(try store.resolve(id.description) == first)
    },
    ConformanceCase("queries narrow the list") { store in
      var late = Fixture.registration(seed: 2, takenAt: Fixture.day(20))
      late.environment = "production"
      late.tags = [Tag("keep", Array("yes".utf8))]
      let a = try store.add(Fixture.registration(seed: 1, takenAt: Fixture.day(10)))
      let b = try store.add(late)
      var convex = Fixture.registration("blog", seed: 3, takenAt: Fixture.day(30))
      convex.system = "convex"
      convex.kind = "script set"
      let c = try store.add(convex)
      func list(_ change: (inout BackupQuery) -> Void) throws(CatalogError) -> [Key<Backup>] {
        var query = BackupQuery()
        change(&query)
        let asked = query
        return try store.read { (tx) throws(CatalogError) in try tx.backups(asked).map(\.key) }
      }
      #expect(try list { _ in } == [c, b, a])
      #expect(try list { $0.project = "shop" } == [b, a])
      #expect(try list { $0.environment = "production" } == [b])
      #expect(try list { $0.system = "convex" } == [c])
      #expect(try list { $0.kind = "dumpdata fixture" } == [b, a])
      #expect(try list { $0.since = Fixture.day(20) } == [c, b])
      #expect(try list { $0.until = Fixture.day(20) } == [b, a])
      #expect(try list { $0.tag = Tag("keep") } == [b])
      #expect(try list { $0.tag = Tag("keep", Array("no".utf8)) } == [])
      #expect(try list { $0.tag = Tag("keep", Array("yes".utf8)) } == [b])
      #expect(try list { $0.keys = [a, c] } == [c, a])
      #expect(try list { $0.keys = [] } == [])
      #expect(try list { $0.latest = 2 } == [c, b])
      #expect(try list { $0.newestOnly = true } == [c, b, a])  // a and b differ in environment
      #expect(
        try list {
          $0.project = "shop"; $0.newestOnly = true; $0.latest = 1
        } == [b])
    },
  ]

  static let changing: [ConformanceCase] = [
    ConformanceCase("labels, notes, tags and aliases change and leave events") { store in
      let key = try store.add(Fixture.registration())
      let other = try store.add(Fixture.registration(seed: 2))
      try store.edit(key, .label(Array("first".utf8)))
      try store.edit(key, .note(Array("said".utf8)))
      try store.edit(key, .environment("staging"))
      try store.edit(key, .tag(Tag("reason", Array("a".utf8))))
      try store.edit(key, .tag(Tag("reason", Array("b".utf8))))
      try store.edit(key, .alias("golden"))
      var backup = try #require(try store.backup(key))
      #expect(backup.label == Array("first".utf8) && backup.note == Array("said".utf8))
      #expect(backup.environment == "staging")
      #expect(backup.tags == [Tag("reason", Array("b".utf8))] && backup.aliases == ["golden"])
      try store.edit(other, .alias("golden"))
      #expect(try store.backup(key)?.aliases == [] && store.backup(other)?.aliases == ["golden"])
      try store.edit(key, .label(nil))
      try store.edit(key, .environment(nil))
      try store.edit(key, .untag("reason"))
      try store.edit(other, .unalias("golden"))
      backup = try #require(try store.backup(key))
      #expect(backup.label == nil && backup.environment == nil && backup.tags == [])
      #expect(
        errorCode { () throws(CatalogError) in try store.edit(key, .untag("reason")) } == .notFound("tag 'reason'"))
      #expect(errorCode { () throws(CatalogError) in try store.edit(key, .unalias("x")) } == .notFound("alias 'x'"))
      let events = try store.read { (tx) throws(CatalogError) in try tx.events(project: "shop", limit: 100) }
      #expect(
        events.reversed().map(\.kind) == [
          .registered, .registered, .labelled, .noted, .environmentSet, .tagged, .tagged, .aliased, .aliased, .labelled,
          .environmentSet, .untagged, .unaliased,
        ])
      #expect(events.allSatisfy { $0.detail != Array("said".utf8) })
    },
    ConformanceCase("an alias cannot mean anything else") { store in
      let key = try store.add(Fixture.registration())
      for name in ["latest", "latest~2", "first", "2026-02-05", "a@b", "deadbeef", "", "a b", "a/b", "last-verified"] {
        let code = errorCode { () throws(CatalogError) in try store.edit(key, .alias(Name(name))) }
        guard case .invalid? = code else {
          Issue.record("accepted '\(name)'")
          continue
        }
      }
      try store.edit(key, .alias("vor-der-Umstellung_é"))
    },
    ConformanceCase("projects are renamed, and backups moved") { store in
      let key = try store.add(Fixture.registration("a"), [(Fixture.table(), [["1", "Ann", nil]])])
      _ = try store.add(Fixture.registration("b", seed: 2))
      try store.edit(key, .alias("golden"))
      func write(_ body: @Sendable (inout any CatalogWriter & ~Copyable) throws(CatalogError) -> Void)
        throws(CatalogError)
      {
        try store.write { (tx) throws(CatalogError) in try body(&tx) }
      }
      #expect(
        errorCode { () throws(CatalogError) in
          try write { (tx) throws(CatalogError) in try tx.renameProject("a", to: "b", at: Fixture.day(1)) }
        } == .exists("project 'b'"))
      #expect(
        errorCode { () throws(CatalogError) in
          try write { (tx) throws(CatalogError) in try tx.renameProject("x", to: "y", at: Fixture.day(1)) }
        } == .notFound("project 'x'"))
      try write { (tx) throws(CatalogError) in try tx.renameProject("a", to: "c", at: Fixture.day(1)) }
      #expect(try store.resolve("c@golden") == key)
      try write { (tx) throws(CatalogError) in try tx.move(key, to: "b", at: Fixture.day(2)) }
      #expect(try store.resolve("b@golden") == key)
      let names = try store.read { (tx) throws(CatalogError) in try tx.projects().map(\.name) }
      #expect(names == ["b"])  // nothing is left in the other
      #expect(try store.search("ann") { $0.scope.project = "b" }.keys == ["1"])
      let twin = try store.add(Fixture.registration("d"))
      guard
        case .exists? = errorCode({ () throws(CatalogError) in
          try write { (tx) throws(CatalogError) in try tx.move(twin, to: "b", at: Fixture.day(3)) }
        })
      else {
        Issue.record("two backups of the same content in one project")
        return
      }
    },
    ConformanceCase("a project with a note stays when it is empty") { store in
      let key = try store.add(Fixture.registration("a"))
      try store.write { (tx) throws(CatalogError) in
        try tx.setProjectNote("a", Array("ours".utf8), at: Fixture.day(1))
        try tx.forget(key, at: Fixture.day(2))
      }
      let projects = try store.read { (tx) throws(CatalogError) in try tx.projects() }
      #expect(projects.map(\.name) == ["a"] && projects.first?.note == Array("ours".utf8))
      #expect(projects.first?.backupCount == 0 && projects.first?.newestBackup == nil)
    },
    ConformanceCase("what is forgotten is gone, and nothing else") { store in
      var registration = Fixture.registration("a")
      registration.alias = "golden"
      registration.documents = [Document(path: Array("README.md".utf8), text: Array("zenobia wrote this".utf8))]
      let rows = [["1", "Zenobia", "first"], ["2", "Ann", "Zürich zenobia"]]
      let key = try store.add(registration, [(Fixture.table(), rows)])
      let kept = try store.add(Fixture.registration("a", seed: 2), [(Fixture.table(), rows)])
      #expect(try store.search("zenobia").hits.count == 3)
      try store.write { (tx) throws(CatalogError) in try tx.forget(key, at: Fixture.day(9)) }
      #expect(try store.backup(key) == nil)
      #expect(try store.search("zenobia").hits.map(\.backup.key) == [kept, kept])
      #expect(try store.search("zurich").keys == ["2"])
      var substring = SearchQuery([.substring(Array("enobi".utf8))])
      #expect(try store.search(substring).hits.count == 2)
      substring.scope.keys = [kept]
      #expect(try store.search(substring).hits.count == 2)
      #expect(errorCode { () throws(CatalogError) in _ = try store.resolve("golden") } != nil)
      let path = registration.artifacts[0].locations[0].path
      #expect(try store.read { (tx) throws(CatalogError) in try tx.knownFiles(at: path) }.isEmpty)
      let events = try store.read { (tx) throws(CatalogError) in try tx.events(project: "a", limit: 1) }
      #expect(events.map(\.kind) == [.forgotten])
      let again = try store.add(registration, [(Fixture.table(), rows)])
      let found = try store.search("zenobia")
      #expect(found.hits.count == 3, "\(found.hits.map { ($0.place, $0.backup.key, $0.first.key) })")
      #expect(again != kept)
    },
  ]

  static let finding: [ConformanceCase] = [
    ConformanceCase("tables, columns, objects and files are found by name") { store in
      var registration = Fixture.registration(seed: 0xAB, takenAt: Fixture.day(5))
      registration.objects = [
        SchemaObjects.function("is_admin"), SchemaObjects.policy("is_admin_policy"),
      ]
      let tables = [
        Fixture.table("auth_user", ["id", "email"]), Fixture.table("100%_Sure", ["e_mail"], secret: "e_mail"),
      ]
      let key = try store.add(registration, tables.map { ($0, []) })
      let newer = try store.add(Fixture.registration(seed: 2, takenAt: Fixture.day(6)), [(tables[0], [])])
      func find(_ subject: FindQuery.Subject, _ name: String) throws(CatalogError) -> [Found] {
        try store.read { (tx) throws(CatalogError) in try tx.find(FindQuery(subject, NamePattern(name))) }
      }
      #expect(try find(.table, "AUTH_user").map(\.backup.key) == [newer, key])
      #expect(try find(.table, "auth").isEmpty)
      #expect(try find(.table, "auth*").count == 2)
      #expect(try find(.table, "100%_sure").count == 1)
      #expect(try find(.table, "1000_sure").isEmpty)  // % and _ stand for themselves
      #expect(try find(.column, "e?mail").map(\.name) == [Array("e_mail".utf8)])
      #expect(try find(.column, "e?mail").first?.table == "100%_Sure")
      #expect(try find(.column, "*mail").count == 3)
      #expect(try find(.object(kind: "function"), "is_*").map(\.kind) == ["function"])
      #expect(try find(.object(kind: nil), "is_*").count == 2)
      #expect(try find(.file, "data.json").count == 2)
      #expect(try find(.file, "/backups/171/*").map(\.backup.key) == [key])
      #expect(try find(.hash, "abab").map(\.backup.key) == [key])
      #expect(try find(.hash, "02").map(\.backup.key) == [newer])
      #expect(try find(.table, "no_such").isEmpty)
    }
  ]
}

/// Invented schema objects.
private enum SchemaObjects {
  static func function(_ name: Name) -> SchemaObject { SchemaObject(kind: "function", name: name) }
  static func policy(_ name: Name) -> SchemaObject { SchemaObject(kind: "policy", name: name, table: "t") }
}

import Bytes
import Conversion
import Diagnostics
import Records
import Testing

/// What fixtures become, rule by rule.
@Suite struct FixtureTests {
  private func read(_ text: String) throws -> DjangoRun { try #require(try DjangoRun(FileContainer(text))) }
  private func key(_ run: DjangoRun, _ table: Name, _ column: Name) -> ForeignKey? {
    run.table(table)?.foreignKeys.first { $0.columns == [column] }
  }

  // MARK: Naming and references

  @Test func namedReferenceBecomesForeignKey() throws {
    let run = try read(
      """
      [{"model":"shop.author","pk":1,"fields":{"name":"A"}},{"model":"shop.book","pk":1,"fields":{"author":1,"pages":1}}]
      """)
    #expect(run.table("shop_book")?.columns.map(\.name) == ["id", "author_id", "pages"])
    let found = key(run, "shop_book", "author_id")
    #expect(found == ForeignKey(["author_id"], references: "shop_author", ["id"], isInferred: true))
    #expect(run.column("shop_book", "author_id")?.type == .int64)
    #expect(run.column("shop_book", "pages")?.type == .int32)
    #expect(run.knowledge.objects.contains { $0.name == "author_id" && $0.table == "shop_book" })
  }

  @Test func referredTablesComeFirst() throws {
    let run = try read(
      """
      [{"model":"shop.book","pk":1,"fields":{"author":1}},{"model":"shop.author","pk":1,"fields":{"name":"A"}}]
      """)
    #expect(run.knowledge.tables.map(\.name) == ["shop_author", "shop_book"])
  }

  @Test func valuesWithoutRowsAreNoReference() throws {
    let run = try read(
      """
      [{"model":"shop.order","pk":1,"fields":{}},{"model":"shop.line","pk":1,"fields":{"order":7}},
       {"model":"shop.line","pk":2,"fields":{"order":8}}]
      """)
    #expect(run.table("shop_line")?.columns.map(\.name) == ["id", "order"])
    #expect(run.table("shop_line")?.foreignKeys == [])
    #expect(run.knowledge.unverifiedForeignKeys == [])
  }

  @Test func mostlyKnownValuesAreDanglingReference() throws {
    let run = try read(
      """
      [{"model":"shop.author","pk":1,"fields":{}},{"model":"shop.author","pk":2,"fields":{}},
       {"model":"shop.author","pk":3,"fields":{}},{"model":"shop.book","pk":1,"fields":{"author":1}},
       {"model":"shop.book","pk":2,"fields":{"author":2}},{"model":"shop.book","pk":3,"fields":{"author":9}}]
      """)
    #expect(run.table("shop_book")?.foreignKeys == [])
    let left = try #require(run.knowledge.unverifiedForeignKeys.first)
    #expect(left.reason == .dangling && left.count == 1 && left.key.columns == ["author_id"])
    #expect(run.finding("foreign-key-dangling")?.count == 1)
  }

  @Test func knownReferenceToMissingTableIsNamed() throws {
    let run = try read(
      """
      [{"model":"admin.logentry","pk":1,"fields":{"action_time":"2024-01-01T00:00:00Z","user":3,"content_type":null,
       "object_id":"1","object_repr":"x","action_flag":1,"change_message":""}}]
      """)
    #expect(run.table("django_admin_log")?.index(of: "user_id") != nil)
    #expect(run.table("django_admin_log")?.foreignKeys == [])
    let left = run.knowledge.unverifiedForeignKeys.first { $0.key.columns == ["user_id"] }
    #expect(left?.reason == .missingTable && left?.count == 1 && left?.key.table == "auth_user")
    #expect(run.finding("foreign-key-missing-table") != nil)
  }

  @Test func userNamesLeadToOwnUserModel() throws {
    let run = try read(
      """
      [{"model":"people.account","pk":4,"fields":{"password":"!","last_login":null,"email":"a@b.co","is_active":true,
       "groups":[],"plan":"x"}},{"model":"blog.post","pk":1,"fields":{"created_by":4}},
       {"model":"admin.logentry","pk":1,"fields":{"user":4,"content_type":null}}]
      """)
    #expect(key(run, "blog_post", "created_by_id")?.table == "people_account")
    #expect(key(run, "django_admin_log", "user_id")?.table == "people_account")
    #expect(run.table("people_account_groups")?.columns.map(\.name) == ["account_id", "group_id"])
    #expect(run.column("people_account", "password")?.isSecret == true)
    #expect(run.column("people_account", "plan")?.type == .text)
  }

  @Test func parentRefersToItsOwnModel() throws {
    let run = try read(
      """
      [{"model":"t.node","pk":1,"fields":{"parent":2}},{"model":"t.node","pk":2,"fields":{"parent":null}}]
      """)
    #expect(key(run, "t_node", "parent_id")?.table == "t_node")
    #expect(run.values("t_node", "parent_id") == ["number:2", "null"])
  }

  @Test func textKeysAndOtherColumnsAreReferences() throws {
    let run = try read(
      """
      [{"model":"s.shop","pk":"ACE","fields":{"n":1}},{"model":"s.coupon","pk":1,"fields":{"code":"SAVE","n":1}},
       {"model":"s.sale","pk":1,"fields":{"shop":"ACE","coupon":"SAVE","note":"ACE"}}]
      """)
    #expect(key(run, "s_sale", "shop_id")?.referencedColumns == ["id"])
    #expect(key(run, "s_sale", "coupon_id")?.referencedColumns == ["code"])
    #expect(run.table("s_coupon")?.uniqueKeys == [["code"]])
    #expect(run.table("s_sale")?.index(of: "note") != nil)
    #expect(run.column("s_sale", "shop_id")?.type == .text)
  }

  @Test func columnWithIDSuffixKeepsItsName() throws {
    let run = try read(
      """
      [{"model":"s.shop","pk":1,"fields":{}},{"model":"s.sale","pk":1,"fields":{"shop_id":1}}]
      """)
    #expect(key(run, "s_sale", "shop_id")?.table == "s_shop")
  }

  @Test func takenNameIsNotGivenAgain() throws {
    let run = try read(
      """
      [{"model":"s.shop","pk":1,"fields":{}},{"model":"s.sale","pk":1,"fields":{"shop":1,"shop_id":"x"}}]
      """)
    #expect(run.table("s_sale")?.columns.map(\.name) == ["id", "shop", "shop_id"])
  }

  @Test func ownApplicationIsPreferred() throws {
    let run = try read(
      """
      [{"model":"a.tag","pk":1,"fields":{}},{"model":"b.tag","pk":1,"fields":{}},{"model":"b.item","pk":1,"fields":{"tag":1}},
       {"model":"c.item","pk":1,"fields":{"tag":1}}]
      """)
    #expect(key(run, "b_item", "tag_id")?.table == "b_tag")
    #expect(run.table("c_item")?.foreignKeys == [])
  }

  // MARK: Keys

  @Test func spellingsOfOneModelAreOneTable() throws {
    let run = try read(
      """
      [{"model":"Lab.Thing","fields":{"name":"x"}},{"pk":"7","model":"lab.thing","fields":{"owner":"3","name":"y"}}]
      """)
    #expect(run.knowledge.tables.map(\.name) == ["lab_thing"])
    #expect(run.values("lab_thing", "id") == ["number:8", "text:7"])
    #expect(run.values("lab_thing", "owner") == ["missing", "text:3"])
    #expect(run.column("lab_thing", "id")?.type == .int64)
    #expect(run.finding("model-spellings")?.count == 2)
    #expect(run.finding("assigned-primary-keys")?.count == 1)
  }

  @Test func lastOfSeveralRowsCounts() throws {
    let run = try read(
      """
      [{"model":"a.b","pk":1,"fields":{"v":"old","l":[]}},{"model":"a.b","pk":2,"fields":{"v":"x","l":[]}},
       {"model":"a.b","pk":1,"fields":{"v":"older","l":[]}},{"model":"a.b","pk":"1","fields":{"v":"new","l":[]}}]
      """)
    #expect(run.values("a_b", "v") == ["text:x", "text:new"])
    #expect(run.finding("duplicate-rows")?.count == 2)
  }

  @Test func compositeKeysAreTheirMembers() throws {
    let run = try read(
      """
      [{"model":"t.user","pk":[1,"a"],"fields":{"tenant_id":1,"id":"a","mail":"x"}},
       {"model":"t.user","pk":[2,"b\\u00e9"],"fields":{"mail":"y"}},{"model":"t.user","fields":{"tenant_id":3,"id":"c"}}]
      """)
    #expect(run.table("t_user")?.primaryKey == ["tenant_id", "id"])
    #expect(run.values("t_user", "tenant_id") == ["number:1", "number:2", "number:3"])
    #expect(run.values("t_user", "id") == ["text:a", "text:bé", "text:c"])
  }

  @Test func parentLinkIsThePrimaryKey() throws {
    let run = try read(
      """
      [{"model":"s.place","pk":3,"fields":{"name":"x"}},{"model":"s.cafe","pk":3,"fields":{"place_ptr":3,"beans":"b"}}]
      """)
    #expect(run.table("s_cafe")?.columns.map(\.name) == ["place_ptr_id", "beans"])
    #expect(run.table("s_cafe")?.primaryKey == ["place_ptr_id"])
    #expect(key(run, "s_cafe", "place_ptr_id")?.table == "s_place")
    #expect(run.column("s_cafe", "place_ptr_id")?.isIdentity == false)
    #expect(run.column("s_place", "id")?.isIdentity == true)
  }

  @Test func fieldCalledIDIsNoSecondKey() throws {
    let same = try read(#"[{"model":"a.b","pk":1,"fields":{"id":1,"n":"x"}}]"#)
    #expect(same.table("a_b")?.columns.map(\.name) == ["id", "n"])
    let other = try read(#"[{"model":"a.b","pk":1,"fields":{"id":5,"n":"x"}}]"#)
    #expect(other.table("a_b")?.columns.map(\.name) == ["pk", "id", "n"])
  }

  @Test func numbersMakeDigitsInTextNumbers() throws {
    let run = try read(
      """
      [{"model":"a.owner","pk":"4","fields":{}},{"model":"a.thing","pk":1,"fields":{"owner":4}}]
      """)
    #expect(run.column("a_owner", "id")?.type == .int64)
    #expect(run.column("a_thing", "owner_id")?.type == .int64)
    let text = try read(#"[{"model":"a.owner","pk":"4","fields":{}}]"#)
    #expect(text.column("a_owner", "id")?.type == .text)
    let zeros = try read(#"[{"model":"a.owner","pk":"04","fields":{}},{"model":"a.owner","pk":5,"fields":{}}]"#)
    #expect(zeros.column("a_owner", "id")?.type != .int64)
  }

  // MARK: Many-to-many

  @Test func listsBecomeJoinRows() throws {
    let run = try read(
      """
      [{"model":"s.tag","pk":"u1","fields":{}},{"model":"s.tag","pk":"u\\"2","fields":{}},
       {"model":"s.book","pk":1,"fields":{"tags":["u1","u\\"2","u1"],"scores":[1,2]}},
       {"model":"s.book","pk":2,"fields":{"tags":[],"scores":[]}}]
      """)
    #expect(run.table("s_book")?.columns.map(\.name) == ["id", "scores"])
    #expect(run.column("s_book", "scores")?.type == .json)
    #expect(run.table("s_book_tags")?.uniqueKeys == [["book_id", "tag_id"]])
    #expect(run.values("s_book_tags", "book_id") == ["number:1", "number:1"])
    #expect(run.values("s_book_tags", "tag_id") == ["text:u1", "text:u\"2"])
    #expect(run.finding("repeated-list-elements")?.count == 1)
    #expect(run.runs.last == "s_book_tags")
  }

  @Test func listsToTheModelItselfNameBothSides() throws {
    let run = try read(
      """
      [{"model":"s.book","pk":1,"fields":{"books":[2]}},{"model":"s.book","pk":2,"fields":{"books":[1]}}]
      """)
    #expect(run.values("s_book_books", "from_book_id") == ["number:1", "number:2"])
    #expect(run.values("s_book_books", "to_book_id") == ["number:2", "number:1"])
  }

  @Test func listsOfOtherThingsStayJSON() throws {
    let run = try read(
      """
      [{"model":"s.tag","pk":1,"fields":{}},{"model":"s.book","pk":1,"fields":{"tags":[1,null],"m":[{"a":1}],"x":[1,[2]]}}]
      """)
    #expect(run.knowledge.tables.map(\.name) == ["s_tag", "s_book"])
    #expect(run.values("s_book", "tags") == ["json:[1,null]"])
  }

  @Test func emptyListsNeedTheModelsName() throws {
    let run = try read(
      #"[{"model":"s.tag","pk":1,"fields":{}},{"model":"s.book","pk":1,"fields":{"tags":[],"options":[]}}]"#)
    #expect(run.table("s_book")?.columns.map(\.name) == ["id", "options"])
    #expect(run.table("s_book_tags") != nil)
  }

  @Test func earlierRowsOfOneKeyHaveNoJoinRows() throws {
    let run = try read(
      """
      [{"model":"s.tag","pk":1,"fields":{}},{"model":"s.tag","pk":2,"fields":{}},
       {"model":"s.book","pk":1,"fields":{"tags":[1]}},{"model":"s.book","pk":1,"fields":{"tags":[2]}}]
      """)
    #expect(run.values("s_book_tags", "tag_id") == ["number:2"])
  }

  // MARK: Natural keys

  @Test func naturalKeysResolveForwards() throws {
    let run = try read(
      """
      [{"model":"s.book","pk":1,"fields":{"author":["Zoë"],"editor":["Bo"]}},
       {"model":"s.author","fields":{"name":"Bo","born":1}},{"model":"s.author","fields":{"name":"Zo\\u00eb","born":2}}]
      """)
    #expect(run.values("s_author", "id") == ["number:1", "number:2"])
    #expect(run.values("s_book", "author_id") == ["number:2"])
    #expect(run.values("s_book", "editor_id") == ["number:1"])
  }

  @Test func naturalKeysOfSeveralPartsMayHoldOthers() throws {
    let run = try read(
      """
      [{"model":"s.author","fields":{"name":"Bo"}},{"model":"s.book","fields":{"title":"T1","author":["Bo"]}},
       {"model":"s.book","fields":{"title":"T2","author":["Bo"]}},
       {"model":"s.review","pk":1,"fields":{"book":["T2","Bo"],"others":[["T1","Bo"]]}}]
      """)
    #expect(run.values("s_review", "book_id") == ["number:2"])
    #expect(run.values("s_review_others", "book_id") == ["number:1"])
  }

  @Test func djangosOwnNaturalKeysAreKnown() throws {
    let run = try read(
      """
      [{"model":"contenttypes.contenttype","fields":{"app_label":"s","model":"book"}},
       {"model":"auth.permission","fields":{"name":"n","content_type":["s","book"],"codename":"add_book"}},
       {"model":"auth.group","pk":9,"fields":{"name":"Editors","permissions":[["add_book","s","book"]]}},
       {"model":"auth.user","pk":4,"fields":{"username":"bo","groups":[["Editors"]],"user_permissions":[]}},
       {"model":"s.note","pk":1,"fields":{"content_type":["s","book"],"object_id":"1"}}]
      """)
    #expect(run.values("auth_permission", "content_type_id") == ["number:1"])
    #expect(run.values("auth_group_permissions", "permission_id") == ["number:1"])
    #expect(run.values("auth_user_groups", "group_id") == ["number:9"])
    #expect(run.values("s_note", "content_type_id") == ["number:1"])
    #expect(key(run, "auth_user_groups", "group_id")?.isInferred == false)
  }

  @Test func unresolvedNaturalKeysStayJSON() throws {
    let run = try read(
      """
      [{"model":"auth.user","pk":1,"fields":{"username":"bo"}},{"model":"s.a","pk":1,"fields":{"user":["bo"],"site":["x"]}},
       {"model":"s.a","pk":2,"fields":{"user":["who"],"site":["y"]}},{"model":"s.b","pk":1,"fields":{"user":["who"]}}]
      """)
    #expect(run.values("s_a", "user_id") == ["text:1", "text:[\"who\"]"])
    #expect(run.column("s_a", "user_id")?.type == .text)
    #expect(run.table("s_a")?.foreignKeys == [])
    #expect(run.values("s_b", "user") == ["json:[\"who\"]"])
    #expect(run.values("s_a", "site") == ["json:[\"x\"]", "json:[\"y\"]"])
    let counts = run.knowledge.findings.filter { $0.code == "natural-key-unresolved" }.map(\.count)
    #expect(counts.sorted() == [1, 1])
  }

  @Test func oneTextInAListIsNoKeyWithoutEvidence() throws {
    let run = try read(
      """
      [{"model":"s.color","pk":1,"fields":{"name":"red"}},{"model":"s.a","pk":1,"fields":{"labels":["red"]}}]
      """)
    #expect(run.values("s_a", "labels") == ["json:[\"red\"]"])
  }

  // MARK: Types

  @Test func typesComeFromWhatIsKnownThenFromValues() throws {
    let run = try read(
      """
      [{"model":"auth.user","pk":1,"fields":{"username":"007","last_login":"2012-01-13 00:14:00","is_active":true}},
       {"model":"s.a","pk":1,"fields":{"price":"1.10","zip":"01234","when":"2024-01-01T00:00:00.123Z","took":"3 04:05:06",
        "big":12345678901234567890,"f":NaN,"list":"[\\"1\\", null]","u":"a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11"}}]
      """)
    #expect(run.column("auth_user", "username")?.type == .text)
    #expect(run.column("auth_user", "username")?.maximumLength == 150)
    #expect(run.column("auth_user", "last_login")?.type == .timestamp)
    #expect(run.column("auth_user", "id")?.type == .int32)
    let types = Dictionary(
      uniqueKeysWithValues: try #require(run.table("s_a")).columns.map { ($0.name, $0.type) })
    #expect(types["price"] == .decimal(precision: 3, scale: 2))
    #expect(types["zip"] == .text)
    #expect(types["when"] == .timestamptz)
    #expect(types["took"] == .interval)
    #expect(types["big"] == .decimal(precision: 20, scale: 0))
    #expect(types["f"] == .float64)
    #expect(types["list"] == .json)
    #expect(types["u"] == .uuid)
    #expect(run.values("s_a", "list") == ["json:[\"1\", null]"])
    #expect(run.values("s_a", "big") == ["number:12345678901234567890"])
    #expect(run.finding("special-numbers")?.count == 1)
  }

  @Test func cutOffTimesAreNamed() throws {
    let cut = try read(
      #"[{"model":"a.b","pk":1,"fields":{"t":"2024-01-01T00:00:00.123Z"}},{"model":"a.b","pk":2,"fields":{"t":"2024-01-01T00:00:00Z"}}]"#
    )
    #expect(cut.finding("milliseconds-only")?.count == 1)
    let whole = try read(#"[{"model":"a.b","pk":1,"fields":{"t":"2024-01-01T00:00:00.123456Z"}}]"#)
    #expect(whole.finding("milliseconds-only") == nil)
  }

  /// Every kind of secret that Django keeps is masked, and named once.
  @Test func secretsAreFound() throws {
    let run = try read(
      """
      [{"model":"auth.user","pk":1,"fields":{"username":"bo","password":"pbkdf2_sha256$1$s$aGFzaGhhc2hoYXNoaGFzaGhhc2hoYXNoaGFzaGhhc2g="}},
       {"model":"sessions.session","pk":"k1","fields":{"session_data":"e30:1x:y","expire_date":"2030-01-01T00:00:00Z"}}]
      """)
    #expect(run.column("auth_user", "password")?.isSecret == true)
    #expect(run.column("auth_user", "username")?.isSecret == false)
    #expect(run.column("django_session", "session_key")?.isSecret == true)
    #expect(run.column("django_session", "session_data")?.isSecret == true)
    #expect(run.finding("password-hashes")?.table == "auth_user")
  }

  @Test func unexpectedValuesOverruleWhatIsKnown() throws {
    let run = try read(
      #"[{"model":"sites.site","pk":1,"fields":{"domain":5,"name":null}},{"model":"auth.user","pk":1,"fields":{"is_staff":"x"}}]"#
    )
    #expect(run.column("django_site", "domain")?.type == .int32)
    #expect(run.column("django_site", "name")?.isNullable == true)
    #expect(run.column("auth_user", "is_staff")?.type == .text)
  }

  @Test func tableNamesDoNotCollide() throws {
    let run = try read(
      """
      [{"model":"a_b.c","pk":1,"fields":{"x":1}},{"model":"a.b_c","pk":1,"fields":{"y":2}},
       {"model":"s.book","pk":1,"fields":{"tags":[1]}},{"model":"s.book_tags","pk":1,"fields":{}},
       {"model":"s.tag","pk":1,"fields":{}}]
      """)
    let names = run.knowledge.tables.map(\.name)
    #expect(Set(names).count == names.count && names.count == 6)
    #expect(run.values("a_b_c", "x") == ["number:1"])
    #expect(run.finding("table-name-taken") != nil)
  }
}

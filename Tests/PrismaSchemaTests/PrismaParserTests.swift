import Bytes
import Diagnostics
import PrismaSchema
import Records
import Testing

private func parse(_ text: String) -> PrismaSchema { PrismaSchema(Array(text.utf8)) }

@Suite struct PrismaParserTests {
  @Test func trapsOfTheGrammar() {
    let schema = parse(
      """
      \u{FEFF}datasource db {\r
        provider = "postgresql" // a { brace }\r
        url      = "postgres://u:p@host/db?x=//y"\r
      }\r
      /// Documented
      /// twice
      model model { // keywords are names
        id    Int @id @default(autoincrement())
        type  String @default("say \\"hi\\" } // \\u00e9\\n") /* and */ @db.VarChar(
          191,
        )
        enum  Kind[] @default([A, B]) /// what it is
        tags  String[]
        gone  Unsupported("tsvector")?
        old: [String]
        @@index([type(ops: raw("text_ops"), sort: Desc), enum], map: "x")
        @@unique(fields: [type, enum], name: "client_name")
      }
      enum Kind { A B @map("b b")
        C
      }
      """)
    #expect(schema.findings.map(\.code) == ["schema-url"])
    #expect(schema.models.map(\.name) == ["model"])
    #expect(schema.models[0].documentation == Array("Documented\ntwice".utf8))
    let fields = schema.models[0].fields
    #expect(fields.map { text($0.name) } == ["id", "type", "enum", "tags", "gone", "old"])
    #expect(fields[1].attribute("default")?.argument("value", or: 0)?.text == Array("say \"hi\" } // é\n".utf8))
    #expect(fields[4].unsupported == Array("tsvector".utf8) && fields[4].isOptional)
    #expect(fields[5].isList)
    #expect(schema.enums[0].values.map { text($0.stored) } == ["A", "b b", "C"])
    let table = schema.tables()[0]
    #expect(table.schema.indexes == [["type", "enum"]])
    #expect(table.indexes.map { text($0.name) } == ["model_pkey", "x", "model_type_enum_key"])
    #expect(
      table.schema.columns.map(describe) == [
        "id int32 <integer> required identity",
        "type text <character varying(191)> max 191 required default 'say \"hi\" } // é\n'::character varying",
        "enum enum[] <public.\"Kind\"[]> default ARRAY['A'::public.\"Kind\", 'b b'::public.\"Kind\"]",
        "tags text[] <text[]>", "gone text <tsvector>", "old text[] <text[]>",
      ])
  }

  @Test func linesThatAreNotUnderstood() {
    let schema = parse(
      """
      nonsense here
      model A {
        id Int @id
        ??? what
        b String @default("open
        c Int @default((
        d Int
      }
      model A { id Int @id }
      model B {
        id String @id
      """)
    #expect(schema.models.map { $0.fields.map { text($0.name) } } == [["id", "d"], ["id"]])
    #expect(Set(schema.findings.map(\.code)) == ["schema-unread", "schema-repeated"])
    #expect(schema.findings.first { $0.code == "schema-unread" }?.count == 3)
  }

  @Test func endsWhereverItIsCut() {
    let whole = Array(
      """
      enum E { A @map("a") }
      model A {
        id Int @id @default(dbgenerated("f(')")) /// doc
        bs B[] @relation("x", references: [id])
        @@map("a_table")
      }
      """.utf8)
    for count in 0...whole.count { _ = PrismaSchema(Array(whole[..<count])).tables() }
    for depth in [10, 1000] {
      let nested = "model A { a Int @default(" + String(repeating: "[", count: depth) + "\n}"
      #expect(parse(nested).models.count == 1)
    }
  }

  @Test func relationsOfManyToMany() {
    let schema = parse(
      """
      model Tag { id String @id @db.Uuid
        posts Post[]
      }
      model Post {
        id Int @id
        tags Tag[]
        likes Post[] @relation("likes")
        likedBy Post[] @relation("likes")
        author User @relation(fields: [authorId], references: [id], onDelete: NoAction)
        authorId Int
        editors User[] @relation("edits")
      }
      model User {
        id Int @id
        posts Post[]
        edits Post[] @relation("edits")
        boss User? @relation("boss", fields: [bossId], references: [id])
        bossId Int?
        staff User[] @relation("boss")
      }
      """)
    let tables = schema.tables()
    #expect(
      tables.filter { $0.origin == .link }.map { text($0.schema.name) } == ["_PostToTag", "_likes", "_edits"])
    let links = tables.first { $0.schema.name == "_PostToTag" }?.schema
    #expect(links?.columns.map(describe) == ["A int32 <integer> required", "B uuid <uuid> required"])
    #expect(links?.foreignKeys.map { text($0.table) } == ["Post", "Tag"])
    let post = tables.first { $0.model == "Post" }
    #expect(post?.relations.first { $0.field == "tags" }?.link?.ownColumn == "A")
    // Of a model's relation to itself the first field by name has its own rows in A.
    #expect(post?.relations.first { $0.field == "likedBy" }?.link?.ownColumn == "A")
    #expect(post?.relations.first { $0.field == "likes" }?.link?.ownColumn == "B")
    #expect(
      post?.schema.foreignKeys.map(describe) == [
        "Post_authorId_fkey ([\"authorId\"]) User ([\"id\"]) ON UPDATE CASCADE"
      ])
    let user = tables.first { $0.model == "User" }
    #expect(user?.schema.foreignKeys.first?.actions == Array("ON UPDATE CASCADE ON DELETE SET NULL".utf8))
  }

  @Test func otherDatabases() {
    let body = """
      model A {
        id   Int @id @default(autoincrement())
        s    String @unique
        n    BigInt
        d    Decimal @db.Decimal(10, 2)
        at   DateTime @default(now())
        ok   Boolean @default(true)
        b    B? @relation(fields: [n], references: [id])
        tags B[] @relation("t")
      }
      model B { id BigInt @id
        as A[]
        t A[] @relation("t")
      }
      """
    func columns(_ provider: String, _ more: String = "") -> [PrismaTable] {
      parse("datasource d {\nprovider = \"\(provider)\"\n\(more)\n}\n" + body).tables()
    }
    let mysql = columns("mysql")
    #expect(
      mysql[0].schema.columns.map(describe) == [
        "id int32 <int> required identity", "s text <varchar(191)> max 191 required", "n int64 <bigint> required",
        "d decimal(10,2) <decimal(10,2)> required", "at timestamp <datetime(3)> required default CURRENT_TIMESTAMP(3)",
        "ok boolean <tinyint(1)> required default true",
      ])
    #expect(
      mysql[2].schema.primaryKey.isEmpty && mysql[2].indexes.map { text($0.name) } == ["_t_AB_unique", "_t_B_index"])
    let sqlite = columns("sqlite", "relationMode = \"prisma\"")
    #expect(sqlite[0].schema.columns[4].sourceType == Array("DATETIME".utf8))
    #expect(sqlite[0].schema.foreignKeys.map(\.isInferred) == [true])
  }

  @Test func longNamesAreCut() {
    let name = String(repeating: "Long", count: 15)
    let schema = parse("model \(name) {\n  id Int @id\n  attribute Int @unique\n  @@index([attribute, id])\n}")
    let names = schema.tables()[0].indexes.map { text($0.name) }
    #expect(names == ["\(name.prefix(58))_pkey", "\(name.prefix(59))_key", "\(name.prefix(59))_idx"])
  }
}

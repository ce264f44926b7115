import Bytes
import Conversion
import MarkdownFormat
import Records
import TestSupport
import Testing

@Suite struct MarkdownTests {
  static let markdown: any ExportFormat = .markdown

  @Test func reportSaysWhatThereIs() throws {
    let users = TableSchema(
      "auth_user",
      [
        Column("id", .int64, isNullable: false, isIdentity: true), Column("email", .text, maximumLength: 254),
        Column("password", .text, isSecret: true), Column("team_id", .int64),
      ],
      primaryKey: ["id"], uniqueKeys: [["email"]], foreignKeys: [ForeignKey(["team_id"], references: "team", ["id"])],
      indexes: [["team_id", "email"]])
    let rows: [[TestValue]] = (1...1205).map { i in
      [.number("\(i)"), i == 2 ? "" : .text(Array("u\(i)@example.com".utf8)), "hunter2", i == 3 ? .missing : nil]
    }
    var options = WriteOptions()
    options.title = Array("nightly".utf8)
    let tables = [TestTable(users, rows), TestTable(TableSchema("team", [Column("id", .int64)]), [])]
    for toDirectory in [false, true] {
      let written = try write(tables, as: Self.markdown, options: options, toDirectory: toDirectory, batchSize: 2)
      let report = written.files[toDirectory ? "report.md" : ""] ?? []
      #expect(
        String(decoding: report, as: UTF8.self) == """
          # Report of `nightly`

          2 tables, 1,205 records. Values of secret columns are masked.

          | table | records | columns | primary key |
          |---|---:|---:|---|
          | `auth_user` | 1,205 | 4 | `id` |
          | `team` | 0 | 1 |  |

          ## `auth_user`

          1,205 records · primary key `id` · unique `email` · index `team_id`, `email`

          | column | type | null | missing | |
          |---|---|---:|---:|---|
          | `id` | int64 | 0 | 0 | not null, identity |
          | `email` | text | 0 | 0 | at most 254 characters |
          | `password` | text | 0 | 0 | secret |
          | `team_id` | int64 | 1,204 | 1 |  |

          Foreign keys:

          - `team_id` → `team` (`id`)

          First 3 records:

          | `id` | `email` | `password` | `team_id` |
          |---|---|---|---|
          | `1` | `u1@example.com` | \\*\\*\\* | *null* |
          | `2` | *empty* | \\*\\*\\* | *null* |
          | `3` | `u3@example.com` | \\*\\*\\* | *missing* |

          ## `team`

          0 records

          | column | type | null | missing | |
          |---|---|---:|---:|---|
          | `id` | int64 | 0 | 0 |  |

          """)
    }
  }

  @Test(arguments: [0, Int.max]) func nothingOfUnknownOriginIsMarkup(_ externalAbove: Int) throws {
    let hostile = "a`b|c\n# d <script> [x](http://y) \u{1B}]8;;http://z\u{7} \u{202E}\r| --- |\u{9B}1m"
    for value in awkwardTexts + [.text(Array(hostile.utf8)), .text([0xFF, 0x60]), .json("{\"`\":\"|\"}")] {
      let table = TestTable(Name(hostile), [Name(hostile)], [[value]])
      var options = WriteOptions()
      options.title = Array(hostile.utf8)
      let written = try write([table], as: Self.markdown, options: options, externalAbove: externalAbove)
      for scalar in written.text.unicodeScalars {
        #expect(scalar == "\n" || (scalar.value >= 0x20 && !(0x7F...0x9F).contains(scalar.value)))
        #expect(!["\u{202E}", "\u{2028}", "\u{FEFF}"].contains(scalar))
      }
      for line in written.text.split(separator: "\n") {
        // Backticks come in pairs around what is not ours, and pipes only outside of them.
        let parts = line.split(separator: "`", omittingEmptySubsequences: false)
        #expect(parts.count % 2 == 1)
        for (i, part) in parts.enumerated() {
          if i % 2 == 1 { #expect(!part.contains("|")) } else { #expect(!part.contains("<") && !part.contains("http")) }
        }
      }
    }
  }

  @Test(arguments: [0, Int.max]) func longValuesAreCutBetweenCharacters(_ externalAbove: Int) throws {
    let text = "x" + String(repeating: "é", count: 100_000)
    let table = TestTable("t", ["v", "b"], [[.text(Array(text.utf8)), .bytes([1, 2, 3])]])
    let written = try write([table], as: Self.markdown, externalAbove: externalAbove)
    #expect(written.text.contains("| `x\(String(repeating: "é", count: 29))`… (200,001 bytes) | *3 bytes* |"))
  }

  @Test func noTables() throws {
    #expect(try write([], as: Self.markdown).text.hasPrefix("# Report of a backup\n\n0 tables, 0 records."))
  }
}

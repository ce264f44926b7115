import Bytes
import PostgresArchive
import Records
import TestSupport
import Testing

/// Options of pg_dump, and the ending of the name.
private let forms: [[String]] = [
  ["-Fc", "-Z0"], ["-Fc", "-Z6"], ["-Fc", "--inserts"], ["-Fc", "--column-inserts", "--rows-per-insert=3"], ["-Fd"],
  ["-Fd", "-Z0"], ["-Ft"], ["-Fc", "--schema-only"], ["-Fc", "--data-only", "--blobs"],
]

@Suite(.enabled(if: ThrowAwayPostgres.isAvailable, "PostgreSQL is not installed")) struct ScriptTests {
  private let own = OwnDatabase.shared

  @Test(arguments: forms) func saysWhatPgRestoreSays(_ options: [String]) throws {
    let path = try #require(try own?.dump(options, options.joined()))
    let (script, notes) = try text(openDump(path))
    let expected = try ThrowAwayPostgres.restore(["-f", "-", path])
    try #require(expected.exitCode == 0, "\(expected.errorText)")
    #expect(notes == [])
    #expect(
      statements(script).map { String(decoding: $0, as: UTF8.self) }
        == statements(expected.output).map { String(decoding: $0, as: UTF8.self) })
    #expect(statements(script).count > 40)
  }

  @Test(arguments: forms) func listsWhatPgRestoreLists(_ options: [String]) throws {
    let path = try #require(try own?.dump(options, "list" + options.joined()))
    let archive = try openDump(path)
    let list = try ThrowAwayPostgres.restore(["-l", path]).text.split(separator: "\n").filter { !$0.hasPrefix(";") }
    let hidden: Set<Name> = ["ENCODING", "STDSTRINGS", "SEARCHPATH"]
    let shown = archive.entries.filter {
      !hidden.contains($0.desc) && $0.desc != "DATABASE" && !$0.tag.hasPrefix("DATABASE ")
    }
    #expect(Set(list.compactMap { Int($0.prefix { $0 != ";" }) }) == Set(shown.map(\.dumpId)))
    for entry in archive.entries where entry.desc == "TABLE DATA" {
      var source = try archive.item(entry.dumpId)
      let bytes = try readAll(&source, limit: 1 << 24)
      let end = entry.copyStmt.isEmpty ? "\n\n" : "\\.\n\n\n"
      #expect(bytes.suffix(end.utf8.count).elementsEqual(end.utf8))
      #expect(try #require(archive.storedByteCount(entry)) > 0)
    }
  }

  @Test func stepsOfTheReaderNeverShow() throws {
    let archive = try openDump(try #require(try own?.dump(["-Fc", "-Z6"], "steps")))
    let whole = try text(archive).text
    for step in [1, 7, 4096] {
      var script: any ByteSource & ~Copyable = archive.script()
      var bytes: [UInt8] = []
      var heap = ByteHeap(capacity: step)
      var isOver = false
      while !isOver {
        isOver = try heap.fill(from: &script)
        bytes += Array(heap.span)
        heap.removeAll()
      }
      #expect(bytes == whole, "step \(step)")
    }
  }

  /// Every cut is an error of opening, or leaves a text whose rows are whole and a note of what is missing.
  @Test(arguments: [["-Fc", "-Z0"], ["-Fc", "-Z6"]]) func everyCutIsNoticed(_ options: [String]) throws {
    let path = try #require(try own?.dump(options + ["-T", "long", "--no-blobs"], "cut" + options[1]))
    let bytes = try readFile(path)
    let whole = Set(statements(try text(openCustom(bytes)).text).map { Array($0) })
    var opened = 0
    for count in 0..<bytes.count {
      guard let archive = try? openCustom(Array(bytes.prefix(count))) else { continue }
      opened += 1
      let (script, notes) = try text(archive)
      #expect(!notes.isEmpty, "cut at \(count)")
      #expect(statements(script).allSatisfy { whole.contains(Array($0)) }, "cut at \(count)")
      #expect(script.suffix(40).elementsEqual("--\n-- PostgreSQL database dump complete\n--\n\n".utf8.suffix(40)))
    }
    #expect(opened > 100)
  }

  /// Damage never traps, hangs or takes more than its share, and what can be opened can be read to its end.
  @Test(arguments: [
    (["-Fc", "--schema-only", "-t", "plain"], 10_000), (["-Fc", "-Z0", "-T", "long"], 1000),
    (["-Fc", "-T", "long"], 1000),
  ])
  func mutations(_ options: [String], _ count: Int) throws {
    let archive = try readFile(try #require(try own?.dump(options, "mutation" + options.joined())))
    var random = SplitMix(state: 7)
    let pieces: [[UInt8]] = [
      [1, 1, 0, 0, 0], [0, 0xFF, 0xFF, 0xFF, 0x7F], [0, 0, 0, 0, 0], [3, 5, 0, 0, 0], Array("\n\\.\n".utf8),
      [2] + Array(repeating: 0xFF, count: 8),
    ]
    var opened = 0
    for _ in 0..<count {
      guard let archive = try? openCustom(mutated(archive, &random, pieces)) else { continue }
      opened += 1
      var script: any ByteSource & ~Copyable = archive.script()
      #expect(try readAll(&script, limit: 1 << 26).count < 1 << 22)
    }
    #expect(opened > 20)
  }

  @Test func positionsThatAreWrongAreNotBelieved() throws {
    let path = try #require(try own?.dump(["-Fc", "-Z6"], "positions"))
    let whole = try readFile(path), expected = try text(openCustom(whole)).text
    var bytes = whole
    for entry in try openCustom(whole).entries {
      guard case .at(let position) = entry.position else { continue }
      let field = [2] + (0..<8).map { UInt8(truncatingIfNeeded: position >> Int64(8 * $0)) }
      let found = firstOffset(of: field.span, in: bytes.span)
      let at = try #require(found)
      bytes[at + 1] ^= 0x10
    }
    #expect(bytes != whole)
    #expect(try text(openCustom(bytes)).text == expected)
  }

  /// Positions at which another entry's block stands are none of the entry's own.
  @Test func positionsOfOthersAreNotBelieved() throws {
    let path = try #require(try own?.dump(["-Fc", "-Z6"], "exchanged"))
    let whole = try readFile(path), expected = try text(openCustom(whole)).text
    var bytes = whole, fields: [(at: Int, position: [UInt8])] = []
    for entry in try openCustom(whole).entries {
      guard case .at(let position) = entry.position else { continue }
      let digits = (0..<8).map { UInt8(truncatingIfNeeded: position >> Int64(8 * $0)) }
      let field = [2] + digits, found = firstOffset(of: field.span, in: whole.span)
      fields.append((try #require(found) + 1, digits))
    }
    for (i, field) in fields.enumerated() {
      bytes.replaceSubrange(field.at..<(field.at + 8), with: fields[(i + 1) % fields.count].position)
    }
    #expect(fields.count > 3 && bytes != whole)
    #expect(try text(openCustom(bytes)).text == expected)
  }

  /// The length of a text is measured against the file before anything is read.
  @Test func lengthsBeyondTheFileAreNamed() throws {
    let path = try #require(try own?.dump(["-Fc"], "forged"))
    var bytes = try readFile(path)
    let name = [0, 8, 0, 0, 0] + Array("postgres".utf8), found = firstOffset(of: name.span, in: bytes.span)
    let at = try #require(found)
    bytes.replaceSubrange((at + 1)..<(at + 5), with: [0xFF, 0xFF, 0xFF, 0x7F])
    let error = #expect(throws: ReadError.self) { try openCustom(bytes) }
    #expect(
      error?.message.contains("a text of 2147483647 bytes reaches beyond the end") == true, "\(error?.message ?? "")")
  }
}

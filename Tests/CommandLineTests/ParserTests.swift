import Bytes
import Testing

@testable import CommandLine

@Suite struct ParserTests {
  private func parse(_ words: String...) throws -> Invocation { try parse(bytes: words.map { Array($0.utf8) }) }
  private func parse(bytes: [[UInt8]]) throws -> Invocation { try Sample.program.parse(bytes) }
  private func failure(_ words: [String]) -> Failure? {
    do throws(Failure) {
      _ = try Sample.program.parse(words.map { Array($0.utf8) })
      return nil
    } catch { return error }
  }

  @Test(arguments: [
    ["convert", "--output=x y", "in"], ["convert", "--output", "x y", "in"], ["convert", "-o", "x y", "in"],
    ["convert", "-ox y", "in"], ["convert", "in", "-nrox y"], ["conv", "-o", "other", "in", "-o", "x y"],
    ["convert", "--output=x y", "--", "in"],
  ])
  func everyWayToGiveAValue(_ words: [String]) throws {
    let invocation = try parse(bytes: words.map { Array($0.utf8) })
    #expect(invocation.path == ["convert"])
    #expect(invocation.bytes(Sample.output) == Array("x y".utf8))
    #expect(invocation.operands == [Array("in".utf8)])
  }

  @Test func operandsStayBytes() throws {
    let name: [UInt8] = [0xFF, 0x0A, 0xC3]
    let invocation = try parse(bytes: [Array("convert".utf8), name, Array("--".utf8), Array("-x".utf8)])
    #expect(invocation.operands == [name, Array("-x".utf8)])
    #expect(try parse("convert", "-").operands == [Array("-".utf8)])
  }

  @Test func valuesStayBytes() throws {
    let words = [Array("convert".utf8), Array("--output=".utf8) + [0xFF, 0x00]]
    #expect(try parse(bytes: words).bytes(Sample.output) == [0xFF, 0x00])
    #expect(try parse("convert", "--output=").bytes(Sample.output) == [])
  }

  @Test func switches() throws {
    #expect(try parse("convert", "-nr").isSet(Sample.raw))
    #expect(try parse("convert", "-n", "--no-dry-run").isSet(Sample.dryRun) == false)
    #expect(try parse("convert", "--no-dry-run", "-n").isSet(Sample.dryRun))
    #expect(try parse("convert").setting(of: Sample.dryRun) == nil)
    #expect(try parse("convert", "--no-raw").setting(of: Sample.raw) == false)
    #expect(try parse("--json", "convert").isSet(Sample.json))
    #expect(try parse("convert", "--help").isSet(Program.help))
  }

  @Test func repeatedFlagsKeepTheirOrder() throws {
    let invocation = try parse("convert", "--tag", "a:1", "--tag=b:2")
    #expect(invocation.all(Sample.tag) == [Array("a:1".utf8), Array("b:2".utf8)])
  }

  @Test(
    arguments: [
      ("0", 0), ("800000", 800_000), ("1kB", 1000), ("2 MB", 2_000_000), ("3GiB", 3 << 30), ("4k", 4000), ("5b", 5),
      ("", nil), ("MB", nil), ("1.5MB", nil), ("1TBB", nil), ("-1", nil), ("9999999999GB", nil),
    ] as [(String, Int64?)])
  func sizes(_ text: String, _ size: Int64?) { #expect(parseSize(Array(text.utf8)) == size) }

  @Test func typedValues() throws {
    let invocation = try parse("convert", "--limit", "17", "-t", "sql", "--since=2026-02-05")
    #expect(invocation.count(Sample.limit) == 17)
    #expect(invocation.word(Sample.target) == "sql")
    #expect(invocation.moment(Sample.since, now: 0, in: .utc) == 1_770_249_600_000_000)
  }

  @Test func subcommands() throws {
    let invocation = try parse("project", "rename", "a", "b", "-n")
    #expect(invocation.path == ["project", "rename"])
    #expect(invocation.operands.count == 2)
    #expect(invocation.isSet(Sample.dryRun))
  }

  /// A wrong command line and what is said about it.
  struct Mistake: Sendable {
    var words: [String]
    var message: String?
    var advice: String?
    init(_ words: [String], _ message: String?, _ advice: String? = nil) {
      self.words = words
      self.message = message
      self.advice = advice
    }
  }
  static let mistakes: [Mistake] = [
    Mistake(["convrt"], "there is no command 'convrt'", "did you mean 'tool convert'?"),
    Mistake(["project", "renmae"], "'project' has no command 'renmae'", "did you mean 'tool project rename'?"),
    Mistake(["convert", "--otput=x"], "there is no option '--otput'", "did you mean '--output'?"),
    Mistake(["convert", "-dry-run"], "there is no option '-d'", "did you mean '--dry-run'?"),
    Mistake(["convert", "-t", "cvs"], "-t does not know 'cvs'", "did you mean 'csv'? one of: csv, json, sql"),
    Mistake(["convert", "--to"], "--to needs a value: --to FORMAT", "one of: csv, json, sql"),
    Mistake(["convert", "--output", "--raw"], "--output needs a value: --output PATH"),
    Mistake(["convert", "-o", "-r"], "-o needs a value: -o PATH"),
    Mistake(["convert", "--raw=yes"], "--raw takes no value"),
    Mistake(["convert", "--limit", "-1"], "--limit takes a whole number, not '-1'"),
    Mistake(["convert", "--limit", "9999999999999999999"], "--limit takes a whole number, not '9999999999999999999'"),
    Mistake(["convert", "\u{1B}[2J\n"], nil),
    Mistake(["\u{1B}[2J\n"], "there is no command '\\u{1b}[2J\\n'", "'tool --help' lists the commands"),
  ]
  @Test(arguments: mistakes) func mistakesAreExplained(_ mistake: Mistake) {
    let failure = self.failure(mistake.words)
    #expect(failure?.message == mistake.message)
    #expect(failure?.code == (mistake.message == nil ? nil : .usage))
    #expect(failure?.advice == mistake.advice)
  }

  @Test func flagsThatLookAlikeAreNeverGuessed() {
    #expect(failure(["convert", "--dry"]) != nil)
    #expect(failure(["con"]) != nil)
  }

  @Test func countsOfOperands() throws {
    func check(_ words: String...) throws -> String? {
      let invocation = try Sample.program.parse(words.map { Array($0.utf8) })
      do throws(Failure) {
        try invocation.checkOperands(program: "tool")
        return nil
      } catch { return error.message }
    }
    #expect(try check("convert") == "IN is missing")
    #expect(try check("convert", "a", "b", "c") == nil)
    #expect(try check("project", "rename", "a") == "NEW is missing")
    #expect(try check("project", "rename", "a", "b", "c") == "'c' is one word too many")
    #expect(try check("project") == "'tool project' needs a command: rename")
    #expect(try check("list", "a") == nil)
  }

  @Test(arguments: [
    ("serach", "search"), ("lst", "list"), ("shwo", "show"), ("sho", "show"), ("regsiter", "register"),
    ("detct", "detect"), ("xyz", nil), ("l", "ls"), ("reg", "register"),
  ])
  func suggestions(_ word: String, _ expected: String?) {
    #expect(suggestion(for: word, among: ["register", "detect", "search", "list", "show", "ls"]) == expected)
  }

  @Test func distanceCountsASwapOnce() {
    #expect(editDistance(Array("ab".unicodeScalars), Array("ba".unicodeScalars)) == 1)
    #expect(editDistance(Array("kitten".unicodeScalars), Array("sitting".unicodeScalars)) == 3)
    #expect(editDistance([], Array("abc".unicodeScalars)) == 3)
  }
}

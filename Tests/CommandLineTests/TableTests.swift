import Bytes
import Diagnostics
import TestSupport
import Testing

@testable import CommandLine

/// Help, completion and manual page say the same as the table they are made from.
@Suite struct TableTests {
  @Test func helpOfACommand() {
    let expected = """
      tool convert: write another format

      EXAMPLES
        tool convert a.json -t csv
            CSV of it isn't hard

      USAGE
        tool convert [OPTIONS] IN [MORE…]
        also: conv

      One paragraph.

      Another one.

      OPTIONS
        -o, --output PATH    where it goes
        -t, --to FORMAT      what it becomes (csv, json, sql)
            --limit N        how many
            --since WHEN     from when
            --tag KEY:VALUE  a remark; may be repeated
        -n, --dry-run        only say what would be done
        -r, --raw            show secrets [all: of them]

      OPTIONS OF EVERY COMMAND
            --json  as JSON
        -h, --help  show help

      EXIT CODES
        0  done
        1  an error; nothing was changed or written
        2  the command line is wrong
        3  done in part: some input could not be read, or rows were rejected
        5  a named loss under --fail-on-loss, or a difference that no rule explains

      """
    #expect(Sample.program.help(for: Sample.convert, path: ["convert"]) == expected)
  }

  @Test func overviewNamesEveryCommandAndTopic() {
    let text = Sample.program.overview()
    for word in ["convert", "project", "list", "help units", "--json"] { #expect(text.contains("  \(word)")) }
  }

  @Test func linesAreNotLongerThanTheWidth() {
    for line in Sample.program.help(for: Sample.convert, path: ["convert"], width: 60).split(separator: "\n") {
      #expect(displayWidth(line) <= 76, "\(line)")
    }
  }

  @Test(arguments: [("bash", ["bash", "-n"]), ("zsh", ["zsh", "-n"]), ("fish", ["fish", "--no-execute"])])
  func completionIsWellFormed(_ name: String, _ check: [String]) throws {
    let shell = try #require(Shell(rawValue: name))
    let script = Sample.program.completion(for: shell)
    for word in ["convert", "conv", "rename", "output", "csv", "limit"] { #expect(script.contains(word)) }
    guard try run(["sh", "-c", "command -v \(name)"]).exitCode == 0 else { return }
    let place = try TemporaryDirectory()
    try writeFile(place.path + "/script", Array(script.utf8))
    let result = try run(check + [place.path + "/script"])
    #expect(result.exitCode == 0, "\(result.errorText)")
  }

  @Test(arguments: [
    ("tool ", ["convert", "conv", "project", "list"]), ("tool co", ["convert", "conv"]), ("tool project ", ["rename"]),
    ("tool convert --t", ["--to", "--tag"]), ("tool convert -t ", ["csv", "json", "sql"]),
    ("tool convert --to s", ["sql"]), ("tool list ", ["a", "b"]), ("tool -h list ", ["a", "b"]),
    ("tool convert --limit 3 --o", ["--output"]), ("tool project rename --d", ["--dry-run"]),
  ])
  func bashCompletes(_ line: String, _ expected: [String]) throws {
    let words = line.split(separator: " ", omittingEmptySubsequences: false).map { "'\($0)'" }
    let script =
      Sample.program.completion(for: .bash) + """
        COMP_WORDS=(\(words.joined(separator: " ")))
        COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
        _tool
        printf '%s\\n' "${COMPREPLY[@]}"
        """
    let result = try run(["bash", "--norc", "-s"], input: Array(script.utf8))
    #expect(result.text.split(separator: "\n").map(String.init) == expected, "\(result.errorText)")
  }

  @Test func manualHidesNothingFromRoff() throws {
    let page = Sample.program.manualPage
    #expect(page.contains(".SS tool convert [OPTIONS] IN [MORE...]\n"))
    #expect(page.contains("\\&.Two\n\\&'three' \\efour\n"))
    #expect(page.contains(".B \\-o, \\-\\-output PATH\n"))
    for line in page.split(separator: "\n") where line.hasPrefix(".") {
      let requests = [".TH", ".SH", ".SS", ".PP", ".TP", ".B", ".I", ".nf", ".fi", ".RS", ".RE"]
      #expect(requests.contains(String(line.split(separator: " ")[0])), "\(line)")
    }
  }
}

import Bytes
import TestSupport
import Testing

/// The index of requirements names tests that exist.
@Suite struct RequirementsTests {
  private let index = (try? readFile(packageRoot + "/docs/requirements.md")).map { String(decoding: $0, as: UTF8.self) }
  /// Rows of its tables: the cells of each.
  private var rows: [[String]] {
    (index ?? "").split(separator: "\n").filter { $0.hasPrefix("| ") && !$0.hasPrefix("|---") }.map {
      $0.split(separator: "|").map { String($0).trimmed }
    }
  }

  /// Texts of all test sources.
  private func sources() throws -> [String] {
    var pending = [packageRoot + "/Tests"], texts: [String] = []
    while let folder = pending.popLast() {
      for name in try directoryNames(Array(folder.utf8)) {
        let path = folder + "/" + String(decoding: name, as: UTF8.self)
        switch try fileStatus(Array(path.utf8), followingLinks: false)?.kind {
        case .directory: pending.append(path)
        case .regular where path.hasSuffix(".swift"): texts.append(String(decoding: try readFile(path), as: UTF8.self))
        default: break
        }
      }
    }
    return texts
  }

  @Test func everyNamedTestExists() throws {
    let sources = try sources()
    var count = 0
    for row in rows {
      let last = row.last ?? ""
      for word in last.split(separator: "`").map(String.init)
      where !word.allSatisfy({ $0 == " " }) && last.contains("`") {
        count += 1
        if word.hasPrefix("EndToEnd/") {
          let path = packageRoot + "/Tests/" + word + "/cmd"
          #expect(try fileStatus(Array(path.utf8))?.kind == .regular, "\(word)")
          continue
        }
        let parts = word.split(separator: ".").map(String.init)
        let isThere =
          parts.count == 2
          && sources.contains { text in
            text.contains("struct \(parts[0]) {") && text.contains("func \(parts[1])(") && text.contains("@Test")
          }
        #expect(isThere, "\(word)")
      }
    }
    #expect(count > 80)
  }

  /// Each row says by what it is shown, and no requirement is left out.
  @Test func everyRequirementHasItsRow() {
    let ids =
      (1...24).map { "S0-\($0 < 10 ? "0" : "")\($0)" }
      + ["S3-01", "S3-02", "S3-03", "S3-04", "S3-08", "S3-09", "S3-11", "S3-13"]
      + (1...10).map { "S1-\($0 < 10 ? "0" : "")\($0)" } + ["S1-12", "S1-16", "S1-31"]
      + (1...7).map { "S2-0\($0)" } + ["S2-09", "S2-10", "S2-11", "S2-19", "S2-20", "S2-22"]
      + ["T-1", "T-2", "T-3", "T-4", "T-5", "T-6", "T-11", "T-14", "T-15", "T-18"]
      + (2...22).map { "S4-\($0 < 10 ? "0" : "")\($0)" } + ["S4-25", "S4-26", "S4-27", "S4-28", "S4-31"]
      + ["T-9", "T-10", "T-19", "T-7", "T-8", "T-12", "T-13", "T-16", "T-17"]
    for id in ids {
      let found = rows.filter { $0.first == id }
      #expect(found.count == 1 && found[0].last?.contains("`") == true, "\(id)")
    }
    for row in rows where row.last != "shown by" { #expect(row.last?.contains("`") == true, "\(row)") }
  }
}

extension String {
  /// Without spaces at both ends.
  fileprivate var trimmed: String {
    String(drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
  }
}

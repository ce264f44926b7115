internal import Bytes
package import Diagnostics

/// A schema of Prisma as its files declare it: one file, or the files of a folder together.
package struct PrismaSchema: Sendable {
  /// Files longer than this are not read.
  package static var fileLimit: Int { 16 << 20 }

  /// Models, views and types in the order of their files.
  package private(set) var models: [PrismaModel] = []
  package private(set) var enums: [PrismaEnum] = []
  package private(set) var source = PrismaSource()
  /// Whether one of the files has a `datasource`.
  package private(set) var hasSource = false
  /// What was not understood or is not as it should be.
  package private(set) var findings: [Finding] = []

  /// Takes the files together; blocks may refer to those of other files.
  package init(files: [(path: [UInt8], text: [UInt8])]) {
    var names = Set<Name>()
    for file in files {
      let parser = PrismaParser(file.text)
      for model in parser.models {
        guard names.insert(model.name).inserted else {
          noteRepeated(model.name, file.path)
          continue
        }
        models.append(model)
      }
      for found in parser.enums {
        guard names.insert(found.name).inserted else {
          noteRepeated(found.name, file.path)
          continue
        }
        enums.append(found)
      }
      if let found = parser.source, !hasSource {
        source = found
        hasSource = true
        if found.holdsURL {
          findings.append(
            Finding(
              "schema-url", .warning, "the schema addresses its database by a text, which may hold a password",
              advice: "use env(\"DATABASE_URL\"), and change the password if others have seen the file",
              artifact: file.path))
        }
      }
      if let unread = parser.unread {
        findings.append(
          Finding(
            "schema-unread", .warning, "lines of the schema are not understood and passed over", artifact: file.path,
            offset: unread.offset, count: unread.count))
      }
    }
  }

  /// The same of one text.
  package init(_ text: [UInt8]) { self.init(files: [(path: [], text: text)]) }

  package var isEmpty: Bool { models.isEmpty && enums.isEmpty }

  private mutating func noteRepeated(_ name: Name, _ path: [UInt8]) {
    findings.append(
      Finding(
        "schema-repeated", .warning, "'\(displayed(name))' is declared twice; the first declaration counts",
        artifact: path))
  }

  /// Whether the first bytes of a text look like a schema: a line that begins a block.
  package static func matches(_ head: [UInt8]) -> Bool {
    for line in head.split(separator: UInt8(ascii: "\n")).prefix(2000) {
      let words = line.split { $0 <= 0x20 }
      guard words.count >= 2 else { continue }
      let isBlock = ["model", "datasource", "generator", "enum", "view"].contains { words[0].elementsEqual($0.utf8) }
      let opens = words.count > 2 ? words[2].first == UInt8(ascii: "{") : words[1].last == UInt8(ascii: "{")
      if isBlock && opens { return true }
    }
    return false
  }
}

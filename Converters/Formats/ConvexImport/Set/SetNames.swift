internal import Bytes
internal import Records

/// The time of a set, and the names that its files and tables have.
struct SetNames: Sendable {
  /// As metadata states it: `2026-02-05T07:54:39.688Z`.
  let time: [UInt8]
  /// The same as names of files have it: `2026-02-05_07-54-39-688Z`.
  let stamp: [UInt8]
  /// Days since 1970.
  let day: Int

  /// What the combined file is called, which no table may be.
  private static let combined = Array("complete".utf8)

  /// A set of a moment in microseconds since 1970; of this moment when names of files cannot tell it.
  init(takenAt: Int64?) {
    let told = takenAt.map(Self.words).flatMap { words in FileStamp(in: words.stamp.span)?.hasTime == true ? words : nil
    }
    let words = told ?? Self.words(currentMicroseconds())
    (time, stamp) = words
    day = FileStamp(in: words.stamp.span).map { Int($0.microseconds / 86_400_000_000) } ?? 0
  }

  private static func words(_ microseconds: Int64) -> (time: [UInt8], stamp: [UInt8]) {
    let rest = ((microseconds % 1000) + 1000) % 1000
    var time = Array(rfc3339(microseconds: microseconds - rest).utf8)
    // A whole second has no fraction there.
    if !time.contains(UInt8(ascii: ".")) { time = time.dropLast() + Array(".000Z".utf8) }
    let stamp = time.map { byte -> UInt8 in
      switch byte {
      case UInt8(ascii: "T"): UInt8(ascii: "_")
      case UInt8(ascii: ":"), UInt8(ascii: "."): UInt8(ascii: "-")
      default: byte
      }
    }
    return (time, stamp)
  }

  /// The name of a table's files without their endings.
  func base(of table: Name) -> Name { Name(table.lowercased.bytes + Array("_backup_".utf8) + stamp) }
  /// The names of the files of all tables.
  var combined: Name { Name(Self.combined + Array("_backup_".utf8) + stamp) }
  var summary: Name { Name(Array("backup_summary_".utf8) + stamp) }

  /// Makes names of tables that are told by names of files, which are in small letters.
  func substitute() -> (Name) -> Name {
    let taken = TakenNames()
    return { name in
      if self.isTold(name), taken.insert(name.lowercased) { return name }
      let hash = Array(Hash128.of(name.bytes.span, seed: 0).description.utf8)
      for digits in 8...hash.count {
        let candidate = Name(Array("table_".utf8) + hash.prefix(digits))
        if taken.insert(candidate) { return candidate }
      }
      return name
    }
  }

  /// Whether the name of a table's file says which table it is.
  private func isTold(_ table: Name) -> Bool {
    let small = table.lowercased.bytes
    guard small != Self.combined, let last = small.last, last != UInt8(ascii: "_"),
      let found = FileStamp(in: base(of: table).bytes.span)
    else { return false }
    return found.range == small.count + 8..<small.count + 8 + stamp.count
  }
}

/// Names given out so far.
private final class TakenNames {
  private var names: Set<Name> = []
  func insert(_ name: Name) -> Bool { names.insert(name).inserted }
}

internal import Bytes

/// A command of a document: its words as a shell would see them, quotes taken away.
struct DocumentCommand: Equatable, Sendable {
  /// The program's own name, such as `psql`.
  var program: [UInt8]
  var arguments: [[UInt8]]
  /// Where the command begins in the document.
  var offset: Int

  /// The command of a line; nil when the line is none that is known.
  init?(_ line: [UInt8], offset: Int) {
    self.offset = offset
    var words = Self.split(line)
    // `PGPASSWORD=… psql`, `$ psql`, `sudo psql`.
    while let first = words.first,
      Self.isAssignment(first) || first == [UInt8(ascii: "$")] || first.elementsEqual("sudo".utf8)
    {
      words.removeFirst()
    }
    guard let first = words.first, !first.isEmpty else { return nil }
    let isOwn = first.starts(with: "./".utf8) && first.count > 2
    let name = first.split(separator: UInt8(ascii: "/")).last.map(Array.init) ?? first
    guard isOwn || Self.programs.contains(where: { name.elementsEqual($0.utf8) }) else { return nil }
    program = isOwn ? first : name
    arguments = Array(words.dropFirst())
  }

  private static let programs = [
    "psql", "pg_restore", "pg_dump", "pg_dumpall", "supabase", "cat", "ls", "tail", "chmod", "cd", "gunzip", "tar",
    "bash",
    "sh", "createdb", "dropdb",
  ]

  private static func isAssignment(_ word: [UInt8]) -> Bool {
    guard let sign = word.firstIndex(of: UInt8(ascii: "=")), sign > 0 else { return false }
    return word[..<sign].allSatisfy { asciiLower($0) != $0 || $0 == UInt8(ascii: "_") }
  }

  /// Words of a line up to a comment, `|`, `&` or `;`; `<` and `>` are words.
  static func split(_ line: [UInt8]) -> [[UInt8]] {
    var words: [[UInt8]] = [], word: [UInt8] = [], isWord = false, quote: UInt8 = 0
    func finish() {
      if isWord { words.append(word) }
      (word, isWord) = ([], false)
    }
    for byte in line {
      if quote != 0 {
        if byte == quote { quote = 0 } else { word.append(byte) }
        continue
      }
      switch byte {
      case UInt8(ascii: "'"), UInt8(ascii: "\""): (quote, isWord) = (byte, true)
      case 0...0x20: finish()
      case UInt8(ascii: "#") where !isWord: return words
      case UInt8(ascii: "|"), UInt8(ascii: "&"), UInt8(ascii: ";"):
        finish()
        return words
      case UInt8(ascii: "<"), UInt8(ascii: ">"):
        finish()
        words.append([byte])
      default:
        word.append(byte)
        isWord = true
      }
    }
    finish()
    return words
  }

  // MARK: Options

  /// Options of a program: long ones with `=` when a value follows, short ones with `:`.
  private struct Options {
    let program: String
    let short: String
    let long: [[UInt8]]
    init(_ program: String, short: String, long: String) {
      self.program = program
      self.short = short
      self.long = long.split(separator: " ").map { Array($0.utf8) }
    }
  }
  /// Of PostgreSQL up to 18.
  private static let known = [
    Options(
      "psql", short: "c:d:f:lv:VX1?aAbeEF:h:Hno:p:P:qR:sStT:U:wWxz0L:",
      long:
        "command= dbname= file= list set= variable= version no-psqlrc single-transaction help echo-all echo-errors echo-queries echo-hidden log-file= no-readline output= quiet single-step single-line no-align csv field-separator= html pset= record-separator= tuples-only table-attr= expanded field-separator-zero record-separator-zero host= port= username= no-password password"
    ),
    Options(
      "pg_restore", short: "acCd:ef:F:h:I:j:lL:n:N:Op:P:RsS:t:T:U:vVwWx1X:?",
      long:
        "dbname= file= format= list verbose version help data-only clean create exit-on-error index= jobs= use-list= schema= exclude-schema= no-owner function= schema-only superuser= table= trigger= no-privileges no-acl single-transaction disable-triggers enable-row-security if-exists no-comments no-data-for-failed-tables no-publications no-security-labels no-subscriptions no-table-access-method no-tablespaces restrict-key= section= strict-names use-set-session-authorization host= port= username= no-password password role= filter= transaction-size= no-data no-policies no-schema no-statistics statistics statistics-only with-data with-schema with-statistics no-reconnect"
    ),
  ]

  /// Options that the program would refuse; empty for programs whose options are not known here.
  var unknownOptions: [[UInt8]] {
    guard let options = Self.known.first(where: { program.elementsEqual($0.program.utf8) }) else { return [] }
    var unknown: [[UInt8]] = [], takesValue = false
    for word in arguments {
      if takesValue {
        takesValue = false
        continue
      }
      if word == Array("--".utf8) { break }
      if word.starts(with: "--".utf8) {
        let name = word.dropFirst(2).prefix { $0 != UInt8(ascii: "=") }
        // Beginnings that are unique will do, as getopt has it.
        let fits = options.long.filter { $0.starts(with: name) }
        if fits.isEmpty {
          unknown.append(Array("--".utf8) + name)
        } else if fits.allSatisfy({ $0.last == UInt8(ascii: "=") }), name.count + 2 == word.count {
          takesValue = true
        }
      } else if word.count > 1, word[0] == UInt8(ascii: "-") {
        var letters = word.dropFirst()
        while let letter = letters.popFirst() {
          guard letter != UInt8(ascii: ":"), let place = options.short.utf8.firstIndex(of: letter) else {
            unknown.append([UInt8(ascii: "-"), letter])
            break
          }
          let next = options.short.utf8.index(after: place)
          if next < options.short.utf8.endIndex, options.short.utf8[next] == UInt8(ascii: ":") {
            takesValue = letters.isEmpty
            break
          }
        }
      }
    }
    return unknown
  }

  /// The file that psql is given by `-f` or `<`, or that pg_restore reads.
  var inputFile: [UInt8]? {
    let isPsql = program.elementsEqual("psql".utf8)
    guard isPsql || program.elementsEqual("pg_restore".utf8) else { return nil }
    for (i, word) in arguments.enumerated() where i + 1 < arguments.count {
      if word == [UInt8(ascii: "<")] || isPsql && (word.elementsEqual("-f".utf8) || word.elementsEqual("--file".utf8)) {
        return arguments[i + 1]
      }
    }
    guard !isPsql, let last = arguments.last, last.first != UInt8(ascii: "-") else { return nil }
    return last
  }
}

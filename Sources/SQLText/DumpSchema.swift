internal import Bytes
internal import Diagnostics
internal import Records

/// What the statements of a dump declare: tables with everything said of them, and all other objects.
///
/// Statements are read, never run. What is not understood is kept as an object of kind `statement`.
package struct DumpSchema: Sendable {
  /// Tables beyond these are not kept.
  package static var tableLimit: Int { 100_000 }
  /// Objects beyond these are not kept, nor text of definitions beyond some bytes.
  package static var objectLimit: Int { 1_000_000 }
  package static var definitionLimit: Int { 256 << 20 }

  /// How the next statement is to be cut into tokens.
  package var syntax: SQLSyntax
  /// The encoding that the dump names for itself.
  package internal(set) var clientEncoding: [UInt8]?

  var searchPath: [Name]
  var database: Name = ""
  /// Who owns what is created, by `SET SESSION AUTHORIZATION`.
  var sessionOwner: Name?
  /// What MySQL's variables keep of an earlier mode.
  var savedSyntaxes: [Name: SQLSyntax] = [:]

  var entries: [TableEntry] = []
  var places: [Place: Int] = [:]
  /// The unique names given out, and what they name.
  var names: [Name: Place] = [:]
  var namesOfPlaces: [Place: Name] = [:]
  var columnCount = 0
  var keyCount = 0
  var types: [Place: UserType] = [:]
  /// Sequences and the column that owns each.
  var sequenceOwners: [Place: (table: Int, column: Int)] = [:]
  /// Names of the tables that hold the content of SQLite's virtual tables, and of these.
  var shadowNames: [Name: Name] = [:]

  var objects: [SchemaObject?] = []
  var objectNumbers: [ObjectKey: Int] = [:]
  var definitionBytes = 0
  var forcedTables: Set<Name> = []
  var notes: [Finding] = []
  var noteNumbers: [String: Int] = [:]
  /// The change of ALTER TABLE that is taken in, as a statement of its own.
  var changeText: [UInt8] = []
  /// Whether the content of large objects is asked for, and what the statement that was taken in does to it.
  var followsLargeObjects = false
  var largeObjectStep: LargeObjectStep?
  /// Offset of the statement that is taken in.
  var offset = 0
  var depth = 0

  package init(_ syntax: SQLSyntax) {
    self.syntax = syntax
    searchPath = ["public"]
  }

  /// Takes in one statement without its terminator.
  package mutating func add(_ statement: [UInt8], at offset: Int) -> StatementClass {
    self.offset = offset
    guard depth < 4 else { return .unknown }
    depth += 1
    defer { depth -= 1 }
    let head = SQLCursor(statement, syntax, limit: 8)
    guard let verb = head.tokens.first.flatMap({ token in Self.verbs.first { head.lexer.isWord(token, $0.word) } })
    else {
      return addOther(statement, head)
    }
    switch verb.meaning {
    case .plain(let kind): return kind
    case .insert: return insert(statement, head)
    default: break
    }
    var cursor = SQLCursor(statement, syntax)
    if cursor.isCut {
      note("statement-too-long", .warning, "a statement is too long to be understood; it is kept as it stands")
      addStatement(cursor)
      return .unknown
    }
    cursor.skip()
    return add(verb.meaning, &cursor)
  }

  /// Whether a statement that begins with no known word says anything.
  private mutating func addOther(_ statement: [UInt8], _ head: SQLCursor) -> StatementClass {
    guard !head.tokens.isEmpty else { return .session }
    let cursor = SQLCursor(statement, syntax, limit: 8)
    addStatement(cursor)
    return .unknown
  }

  private mutating func add(_ meaning: Meaning, _ cursor: inout SQLCursor) -> StatementClass {
    switch meaning {
    case .plain(let kind): return kind
    case .insert: return .data
    case .create: return create(&cursor)
    case .alter: return alter(&cursor)
    case .drop: return drop(&cursor)
    case .comment: return comment(&cursor)
    case .grant(let isRevoke): return grant(&cursor, isRevoke: isRevoke)
    case .copy: return copy(&cursor)
    case .select: return select(&cursor)
    case .set: return set(&cursor)
    case .reset: return reset(&cursor)
    case .use:
      if let name = cursor.name() { database = name }
      return .session
    case .pragma: return pragma(&cursor)
    case .rename: return renameTables(&cursor)
    case .code:
      addStatement(cursor)
      return .code
    case .begin:
      // MySQL's and SQLite's transactions; a block of code elsewhere would not stand alone.
      return .transaction
    case .forbidden(let what):
      forbid(what, isAttack: true)
      addStatement(cursor)
      return .forbidden
    case .block(let what):
      forbid(what, isAttack: false)
      addStatement(cursor)
      return .forbidden
    case .load:
      forbid(cursor.isNext("data") || cursor.isNext("xml") ? "reads a file" : "loads a library", isAttack: true)
      addStatement(cursor)
      return .forbidden
    }
  }
}

/// One of the dump's own types.
enum UserType: Sendable {
  case enumeration([String])
  case domain(ParsedType)
  case other
}

/// What makes an object one of its kind.
struct ObjectKey: Hashable, Sendable {
  var kind: String
  var name: Name
  var table: Name?
  /// Arguments of a function.
  var detail: [UInt8] = []
}

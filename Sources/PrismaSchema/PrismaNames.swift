internal import Bytes

/// Names that `prisma migrate` gives to keys and indexes.
struct PrismaNames {
  /// Bytes that a name may have; nil where there is no limit.
  let limit: Int?

  init(_ provider: PrismaSource.Provider) {
    switch provider {
    case .postgresql, .cockroachdb: limit = 63
    case .mysql: limit = 64
    case .sqlserver: limit = 128
    case .sqlite, .mongodb: limit = nil
    }
  }

  /// Table and columns with underscores between them, cut so that the ending fits.
  func name(_ table: Name, _ columns: [Name], _ ending: Name) -> Name {
    var base = table.bytes
    for column in columns { base += [UInt8(ascii: "_")] + column.bytes }
    if let limit, base.count > limit - ending.bytes.count {
      var count = limit - ending.bytes.count
      // No character is cut in two.
      while count > 0, base[count] & 0xC0 == 0x80 { count -= 1 }
      base.removeLast(base.count - count)
    }
    return Name(base) + ending
  }
}

/// A name as PostgreSQL prints it in statements.
func postgresIdentifier(_ name: Name) -> [UInt8] {
  let isPlain =
    name.bytes.first.map { !isDigit($0) } ?? false
    && name.bytes.allSatisfy { byte in
      byte >= UInt8(ascii: "a") && byte <= UInt8(ascii: "z") || isDigit(byte) || byte == UInt8(ascii: "_")
    }
  if isPlain, !reservedWords.contains(name.bytes) { return name.bytes }
  var text = [UInt8(ascii: "\"")]
  for byte in name.bytes { text += byte == UInt8(ascii: "\"") ? [byte, byte] : [byte] }
  return text + [UInt8(ascii: "\"")]
}

/// Words of SQL that PostgreSQL does not take as names without quotes.
private let reservedWords = Set(
  """
  all analyse analyze and any array as asc asymmetric both case cast check collate column constraint create \
  current_catalog current_date current_role current_time current_timestamp current_user default deferrable desc \
  distinct do else end except false fetch for foreign from grant group having in initially intersect into lateral \
  leading limit localtime localtimestamp not null offset on only or order placing primary references returning \
  select session_user some symmetric table then to trailing true union unique user using variadic when where window \
  with
  """.split { $0 == " " || $0 == "\n" }.map { Array($0.utf8) })

/// A text as PostgreSQL prints it in statements.
func postgresLiteral(_ text: [UInt8]) -> [UInt8] {
  let hasBackslash = text.contains(UInt8(ascii: "\\"))
  var literal = Array((hasBackslash ? "E'" : "'").utf8)
  for byte in text {
    if byte == UInt8(ascii: "'") || byte == UInt8(ascii: "\\") { literal.append(byte) }
    literal.append(byte)
  }
  return literal + [UInt8(ascii: "'")]
}

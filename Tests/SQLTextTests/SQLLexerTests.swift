import Bytes
import SQLText
import Testing

/// The tokens of a statement as text: the kind's first letters and what stands there.
private func tokens(_ text: String, _ syntax: SQLSyntax = .postgres) -> [String] {
  var lexer = SQLLexer(Array(text.utf8), syntax), lines: [String] = []
  while let token = lexer.next() {
    lines.append("\(token.kind):" + String(decoding: lexer.text(token), as: UTF8.self) + (token.isClosed ? "" : "…"))
  }
  return lines
}

private func value(_ text: String, _ syntax: SQLSyntax = .postgres) -> String? {
  var lexer = SQLLexer(Array(text.utf8), syntax)
  return lexer.next().map { String(decoding: lexer.value($0), as: UTF8.self) }
}

@Suite struct SQLLexerTests {
  @Test func wordsAndSymbols() {
    #expect(
      tokens("SELECT a.b,$1::int4[] FROM t /* a /* b */ c */ -- d\n;") == [
        "word:SELECT", "word:a", "punctuation:.", "word:b", "punctuation:,", "parameter:$1", "operator:::", "word:int4",
        "punctuation:[", "punctuation:]", "word:FROM", "word:t", "punctuation:;",
      ])
    #expect(
      tokens("a=-1 @- b *-- c") == [
        "word:a", "operator:=", "operator:-", "number:1", "operator:@-", "word:b", "operator:*",
      ])
    #expect(
      tokens("1.5e-3 .5 1e 0x1F 1..2") == [
        "number:1.5e-3", "number:.5", "number:1", "word:e", "number:0x1F", "number:1", "punctuation:.", "number:.2",
      ])
  }
  @Test func quotesOfPostgres() {
    let body = "$_X$ a $$ ; $x$ '$_X$"
    #expect(
      tokens(#"E'a\'b' 'a\' B'01' x'1f' U&'\0061' U&"x" "q""r" "# + body + " a$1$b") == [
        #"escapeString:E'a\'b'"#, #"string:'a\'"#, "bitString:B'01'", "hexString:x'1f'", #"unicodeString:U&'\0061'"#,
        #"unicodeIdentifier:U&"x""#, #"quotedIdentifier:"q""r""#, "dollarString:" + body, "word:a$1$b",
      ])
    #expect(tokens("'a") == ["string:'a…"])
    #expect(tokens("$a$ x $b$") == ["dollarString:$a$ x $b$…"])
    #expect(tokens(#"'a\';'"#, SQLSyntax(.postgres, backslashEscapes: true)) == [#"string:'a\';'"#])
  }
  @Test func valuesOfPostgres() {
    #expect(value("'it''s \\n'") == "it's \\n")
    #expect(value(#"E'\b\t\n\101\x41\u00e9\U0001F600\ud83d\ude00\q'"#) == "\u{8}\t\nAAé😀😀q")
    #expect(value(#"U&'d\0061t\+000061\\'"#) == #"data\"#)
    #expect(value("$a$x$a$") == "x")
    #expect(value(#""a""b""#) == #"a"b"#)
    #expect(value(#"E'\u00'"#) == #"\u00"#)
    #expect(value("N'n'") == "n")
  }
  @Test func quotesOfMySQL() {
    #expect(
      tokens(#"/*!40101 SET `a``b` = "x\"y" */ # c"# + "\n0x1F @@global.x @a 1a a--1 -- b", .mysql) == [
        "word:SET", "quotedIdentifier:`a``b`", "operator:=", #"string:"x\"y""#, "hexString:0x1F",
        "parameter:@@global.x",
        "parameter:@a", "word:1a", "word:a", "operator:-", "operator:-", "number:1",
      ])
    #expect(tokens("/*M!999999\\- enable the sandbox mode */ SELECT/*+ h */1", .mysql) == ["word:SELECT", "number:1"])
    #expect(tokens("CREATE DATABASE /*!32312 IF NOT EXISTS*/ `a`", .mysql).count == 6)
    #expect(tokens("\"a\"", SQLSyntax(.mysql, ansiQuotes: true)) == ["quotedIdentifier:\"a\""])
    #expect(value(#"'a\0\'\"\b\n\r\t\Z\\\%''\q'"#, .mysql) == "a\0'\"\u{8}\n\r\t\u{1a}\\\\%'q")
    #expect(value("0x4142", .mysql) == "AB" && value("b'1000001'", .mysql) == "A" && value("0x142", .mysql) == "\u{1}B")
  }
  @Test func quotesOfSQLite() {
    #expect(
      tokens("\"a\" [b c] `d` 'e' X'00' :p ?1 $q @r", .sqlite) == [
        "quotedIdentifier:\"a\"", "quotedIdentifier:[b c]", "quotedIdentifier:`d`", "string:'e'", "hexString:X'00'",
        "parameter::p", "parameter:?1", "parameter:$q", "parameter:@r",
      ])
    #expect(value("[b c]", .sqlite) == "b c" && value("X'4142'", .sqlite) == "AB")
  }
  @Test func namesAreFolded() {
    var cursor = SQLCursor(Array(#"Ab."Cd".eF x"#.utf8), .postgres)
    #expect(cursor.qualifiedName() == ["ab", "Cd", "ef"])
    #expect(cursor.name() == "x" && cursor.isAtEnd)
    var other = SQLCursor(Array("Ab.`Cd`".utf8), .mysql)
    #expect(other.qualifiedName() == ["Ab", "Cd"])
  }
}

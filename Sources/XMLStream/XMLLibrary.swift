internal import Bytes
internal import CXML2
internal import Records

/// libxml2's functions, loaded when they are first asked for.
enum XMLLibrary {
  nonisolated(unsafe) private static let loaded = cx_load()  // written once, never freed, only read

  static func functions() throws(IOError) -> UnsafePointer<cx_library> {
    guard let loaded else {
      throw IOError("load libxml2", detail: "libxml2.so.2 is not installed", advice: "install the package libxml2")
    }
    return loaded
  }

  /// What an error of the library's means; its own words may hold parts of the text.
  static func code(_ code: CInt, isLast: Bool) -> ReadError.Code {
    switch code {
    // Of a document, tag, comment, instruction, section, value.
    case 5, 40, 45, 47, 63, 73, 74, 77: isLast ? .truncated : .syntax(other(code))
    case 81: .invalidUTF8
    case 4: .syntax("text is no XML")
    case 8: .syntax("a character reference names no character of XML")
    case 9: .syntax("a character is not allowed in XML")
    case 26: .syntax("an entity is not declared")
    case 42: .syntax("an attribute is given twice")
    case 76: .syntax("an end tag does not match its start tag")
    default: .syntax(other(code))
    }
  }

  private static func other(_ code: CInt) -> String { "text is not well-formed XML (libxml2 error \(code))" }
}

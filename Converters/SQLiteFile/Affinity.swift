internal import Bytes

/// In which form SQLite stores the values of a column where it can, by the words of the declared type
/// (sqlite.org/datatype3.html, "Determination Of Column Affinity").
enum Affinity: Equatable {
  case text, numeric, integer, real, blob

  init(_ declared: [UInt8]) {
    self = declared.isEmpty ? .blob : .numeric
    var word: UInt32 = 0
    for byte in declared {
      word = word << 8 | UInt32(asciiLower(byte))
      switch word {
      case 0x6368_6172, 0x636C_6F62, 0x7465_7874: self = .text  // char clob text
      case 0x626C_6F62 where self == .numeric || self == .real: self = .blob  // blob
      case 0x7265_616C, 0x666C_6F61, 0x646F_7562:  // real floa doub
        if self == .numeric { self = .real }
      default:
        guard word & 0xFF_FFFF == 0x696E_74 else { continue }  // int
        self = .integer
        return
      }
    }
  }
}

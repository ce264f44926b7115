internal import Bytes
internal import PrismaSchema

/// What names of columns say of references where no schema does.
enum References {
  private static let idEndings = ["Id", "_id", "ID", "By", "_by"].map { Array($0.utf8) }

  /// Whether values of a column may be keys or lead to some.
  static func isKeyName(_ name: Name) -> Bool {
    name == "id" || idEndings.contains { name.bytes.count > $0.count && name.bytes.suffix($0.count).elementsEqual($0) }
  }

  /// The section that a column's name speaks of, singular: `authorId` of `author`.
  static func subject(_ name: Name) -> SectionName? {
    guard name != "id", let ending = idEndings.first(where: { name.bytes.suffix($0.count).elementsEqual($0) }) else {
      return nil
    }
    return SectionName(Name(Array(name.bytes.dropLast(ending.count))))
  }
}

package import Bytes
package import Records

/// What values of a field are to Prisma's client.
package enum PrismaScalar: Hashable, Sendable {
  case string, boolean, int, bigInt, float, decimal, dateTime, json, bytes
  /// Names that the client shows and what the database holds; empty when they are the same.
  case enumeration([PrismaEnum.Value])
  /// Something that the client does not return.
  case unsupported

  init?(_ type: Name) {
    guard let known = Self.words.first(where: { $0.word == type }) else { return nil }
    self = known.scalar
  }
  private static let words: [(word: Name, scalar: PrismaScalar)] = [
    ("String", .string), ("Boolean", .boolean), ("Int", .int), ("BigInt", .bigInt), ("Float", .float),
    ("Decimal", .decimal), ("DateTime", .dateTime), ("Json", .json), ("Bytes", .bytes),
  ]
}

/// The field that a column is to Prisma's client.
package struct PrismaColumn: Hashable, Sendable {
  package var field: Name
  package var scalar: PrismaScalar
  package var isList: Bool
  /// Whether the client leaves it out.
  package var isHidden: Bool
}

/// A field of a model that stands for rows of other tables.
package struct PrismaRelation: Hashable, Sendable {
  package var field: Name
  /// The model that it leads to.
  package var model: Name
  package var isList: Bool
  /// The link table of a relation between many and many, and which of its columns is this model's.
  package var link: (table: Name, ownColumn: Name)? {
    get { linkTable.map { ($0, isFirst ? "A" : "B") } }
  }
  var linkTable: Name?
  var isFirst = true
}

/// An index or key with its name in the database.
package struct PrismaIndex: Hashable, Sendable {
  package enum Kind: Hashable, Sendable { case primary, unique, plain }
  package var kind: Kind
  package var name: Name
  package var columns: [Name]
}

/// A table of the database that a schema describes.
package struct PrismaTable: Hashable, Sendable {
  package enum Origin: Hashable, Sendable {
    case model, view
    /// The links of a relation between many and many.
    case link
  }
  package var origin: Origin
  /// The model's name; the table's own for a link table.
  package var model: Name
  package var schema: TableSchema
  /// What each column is, in the order of the schema's columns.
  package var columns: [PrismaColumn]
  package var relations: [PrismaRelation] = []
  package var indexes: [PrismaIndex] = []
  /// Whether the client does not know the table.
  package var isHidden = false
}

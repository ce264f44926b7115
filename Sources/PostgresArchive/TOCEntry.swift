package import Bytes

/// Where the block of an entry lies in a custom archive.
package enum BlockPosition: Sendable, Equatable {
  /// The writer could not say, because it wrote to a pipe.
  case unknown
  case at(Int64)
  /// There is no block.
  case none
}

/// One entry of an archive's table of contents. Texts are bytes in the dump's encoding; nothing is trusted about them.
package struct TOCEntry: Sendable, Equatable {
  package enum Section: Int, Sendable { case none = 1, preData, data, postData }

  /// Number of the entry, above 0 and unique.
  package var dumpId: Int
  /// Whether it owns a data item.
  package var hadDumper: Bool
  /// The catalog class and the object in the dumped database; 0 when there is none.
  package var tableOID: UInt32
  package var oid: UInt32
  /// Name of the object, in the shape that `desc` has; not quoted.
  package var tag: Name
  /// What it is, such as `TABLE DATA`.
  package var desc: Name
  package var section: Section
  /// SQL that creates and drops the object; empty when there is none.
  package var defn: [UInt8]
  package var dropStmt: [UInt8]
  /// `COPY … FROM stdin;` and a line feed for data in COPY form; empty otherwise.
  package var copyStmt: [UInt8]
  package var namespace: Name?
  /// nil when it does not apply, empty for the default.
  package var tablespace: Name?
  package var accessMethod: Name?
  /// The letter of `pg_class.relkind`; 0 when it is not known.
  package var relkind: UInt8
  package var owner: Name?
  package var withOIDs: Bool
  /// Numbers of entries it depends on; some may not be in this archive.
  package var dependencies: [Int]
  /// Name of the data file in directories and tars; empty when there is none.
  package var fileName: [UInt8]
  package var position: BlockPosition
}

extension TOCEntry {
  /// Whether its data item is a list of large objects.
  package var holdsLargeObjects: Bool { hadDumper && desc == "BLOBS" }

  /// The name of its table as the other readers give it: without the schema `public`, with any other.
  package var qualifiedName: Name {
    guard let namespace, !namespace.isEmpty, namespace != "public" else { return tag }
    return namespace + "." + tag
  }

  /// The section that writers before 1.11 did not say.
  static func section(of desc: Name) -> Section {
    if ["COMMENT", "ACL", "ACL LANGUAGE"].contains(desc) { return .none }
    if ["TABLE DATA", "BLOBS", "BLOB COMMENTS"].contains(desc) { return .data }
    let last: [Name] = ["CONSTRAINT", "CHECK CONSTRAINT", "FK CONSTRAINT", "INDEX", "RULE", "TRIGGER"]
    return last.contains(desc) ? .postData : .preData
  }
}

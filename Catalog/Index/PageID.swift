/// What a page holds.
package enum PageKind: UInt8, Sendable, CaseIterable {
  case manifest = 0
  case rowBlock, dictionary, lists, header, keys, changes, hashes
}

/// Name of a page, in 63 bits: kind (4), lineage (16), part (20), number (24). A part is never given twice.
package struct PageID: Hashable, Comparable, Sendable, CustomStringConvertible {
  package var raw: Int64

  package init(raw: Int64) { self.raw = raw }
  package init(_ kind: PageKind, lineage: UInt16, part: UInt32, number: UInt32) {
    precondition(part < Self.partLimit && number < Self.numberLimit)
    raw = Int64(kind.rawValue) << 60 | Int64(lineage) << 44 | Int64(part) << 24 | Int64(number)
  }

  package static let partLimit: UInt32 = 1 << 20
  package static let numberLimit: UInt32 = 1 << 24

  package var kind: PageKind? { PageKind(rawValue: UInt8(truncatingIfNeeded: raw >> 60)) }
  package var lineage: UInt16 { UInt16(truncatingIfNeeded: raw >> 44) }
  package var part: UInt32 { UInt32(truncatingIfNeeded: raw >> 24) & (Self.partLimit - 1) }
  package var number: UInt32 { UInt32(truncatingIfNeeded: raw) & (Self.numberLimit - 1) }

  package static func < (a: PageID, b: PageID) -> Bool { a.raw < b.raw }
  /// Such as `dictionary 0/12/3`.
  package var description: String { "\(kind.map { "\($0)" } ?? "?") \(lineage)/\(part)/\(number)" }
}

package import Bytes
package import Records

/// A field of a lossless file that says nothing its column could mean.
struct CSVFieldError {
  var row: Int
  /// Offset in the heap.
  var offset: Int
  var message: String
}

extension CSVSidecar {
  /// Whether a CSV text has the header that the schema file speaks of. What cannot be read is an error.
  package func fits(_ text: consuming any ByteSource & ~Copyable) throws(ReadError) -> Bool {
    var reader = CSVReader(text, name: "", delimiter: nil, sidecar: self, tables: [], isRagged: false)
    do throws(ReadError) {
      _ = try reader.nextTable()
      return true
    } catch {
      if error.code == CSVReader.otherHeader { return false }
      throw error
    }
  }

  /// Gives the cells of whole rows their kinds and values back; the first field that cannot be understood ends it.
  func restore(_ cells: inout [Cell], width: Int, _ heap: inout ByteHeap) -> CSVFieldError? {
    var column = 0
    for i in cells.indices {
      let cell = cells[i]
      guard let restored = restore(cell, as: kinds[column], &heap) else {
        let word = Self.forms.first { $0.kind == kinds[column] }?.word ?? "text"
        return CSVFieldError(
          row: i / width, offset: cell.offset,
          message: "field is neither a marked value nor of its column's kind, \(word)")
      }
      cells[i] = restored
      column = column + 1 == width ? 0 : column + 1
    }
    return nil
  }

  private func restore(_ cell: Cell, as own: Cell.Kind, _ heap: inout ByteHeap) -> Cell? {
    let offset = cell.offset, count = cell.kind == .null ? 0 : cell.count
    guard count > 0, heap[offset] == UInt8(ascii: "\\") else { return value(own, offset, count, cell.flags, &heap) }
    guard count > 1 else { return nil }
    switch heap[offset + 1] {
    case UInt8(ascii: "N"): return count == 2 ? .null : nil
    case UInt8(ascii: "M"): return count == 2 ? .missing : nil
    case UInt8(ascii: "\\"):
      return own == .text ? Cell(.text, offset: offset + 1, count: count - 1, flags: cell.flags) : nil
    case UInt8(ascii: "s"): return surrogates(offset + 2, count - 2, cell.flags, &heap)
    case let letter:
      guard let form = Self.forms.first(where: { $0.letter == letter }) else { return nil }
      return value(form.kind, offset + 2, count - 2, cell.flags, &heap)
    }
  }

  /// The value of some kind that a range of the heap spells; nil when it does not.
  private func value(_ kind: Cell.Kind, _ offset: Int, _ count: Int, _ flags: Cell.Flags, _ heap: inout ByteHeap)
    -> Cell?
  {
    switch kind {
    case .text: return Cell(.text, offset: offset, count: count, flags: flags)
    case .boolean:
      if heap.equals(Array("true".utf8), at: offset, count: count) { return .boolean(true) }
      return heap.equals(Array("false".utf8), at: offset, count: count) ? .boolean(false) : nil
    case .integer: return Int64(digits: heap.span(at: offset, count: count)).map { .integer($0) }
    case .double:
      // Our own shortest digits, which give the same double again.
      return Double(String(decoding: Array(heap.span(at: offset, count: count)), as: UTF8.self)).map { .double($0) }
    case .number:
      let isSpecial = Self.specials.contains { heap.equals($0, at: offset, count: count) }
      guard isSpecial || (count > 0 && heap.jsonNumberCount(at: offset) == count) else { return nil }
      return Cell(.number, offset: offset, count: count)
    case .json:
      guard count > 0 else { return nil }
      var walk = JSONWalk(python: true), end = offset
      // The walk sees the bytes behind the value too: it has to stop at its end.
      let stop = heap.jsonWalk(&walk, at: &end, isLast: true)
      return stop == .done && end == offset + count ? Cell(.json, offset: offset, count: count) : nil
    case .bytes:
      var length: Int?
      _ = heap.rewrite(at: offset, count: count) { bytes in
        length = decodeBase64(&bytes)
        return length ?? 0
      }
      return length.map { Cell(.bytes, offset: offset, count: $0) }
    case .null, .missing, .external: return nil
    }
  }

  /// Text whose lone surrogates are escaped.
  private func surrogates(_ offset: Int, _ count: Int, _ flags: Cell.Flags, _ heap: inout ByteHeap) -> Cell? {
    var bad = -1, met: UInt32 = 0
    let length = heap.jsonUnescape(at: offset, count: count, flags: &met, bad: &bad)
    guard bad < 0 else { return nil }
    var flags = flags
    if met & 1 != 0 { flags.insert(.surrogates) }
    if met & 2 != 0 { flags.insert(.nul) }
    return Cell(.text, offset: offset, count: length, flags: flags)
  }

  /// Numbers that have no digits.
  private static let specials = ["NaN", "Infinity", "-Infinity"].map { Array($0.utf8) }
}

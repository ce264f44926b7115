/// Where a run can lie within a compound: a UUID, a date, a time, or a date and a time.
enum CompoundShape {
  private static let uuid = Array("xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx".utf8)
  private static let moment = Array("9999-99-99t99:99:99z".utf8)
  /// The forms: parts of `moment`.
  private static let forms = [0..<10, 11..<19, 0..<19, 0..<20]

  /// Whether a byte can stand where a shape has a sign.
  private static func fits(_ byte: UInt8, _ sign: UInt8) -> Bool {
    let isDigit = byte >= 0x30 && byte <= 0x39
    switch sign {
    case UInt8(ascii: "9"): return isDigit
    case UInt8(ascii: "x"): return isDigit || (byte >= 0x61 && byte <= 0x66)
    default: return byte == sign
    }
  }

  /// Offsets at which a run fits into a shape, seeing what may stand beside it.
  private static func offsets(of run: [UInt8], in shape: ArraySlice<UInt8>, _ before: Edge, _ behind: Edge) -> [Int] {
    guard run.count <= shape.count else { return [] }
    func isJoint(_ sign: UInt8) -> Bool { sign == UInt8(ascii: "-") || sign == UInt8(ascii: ":") }
    func isOpen(_ edge: Edge, _ next: Int?) -> Bool {
      guard let next else { return true }
      return edge == .open || (edge == .word && isJoint(shape[next]))
    }
    return (shape.startIndex...(shape.endIndex - run.count)).filter { offset in
      let end = offset + run.count
      guard isOpen(before, offset > shape.startIndex ? offset - 1 : nil) else { return false }
      guard isOpen(behind, end < shape.endIndex ? end : nil) else { return false }
      return run.indices.allSatisfy { fits(run[$0], shape[offset + $0]) }
    }
  }

  /// The UUIDs that can hold a run.
  static func uuidPatterns(_ run: [UInt8], _ before: Edge, _ behind: Edge) -> [UUIDPattern] {
    offsets(of: run, in: uuid[...], before, behind).map { offset in
      var pattern = UUIDPattern(), place = 0
      for (i, sign) in uuid.enumerated() where sign != UInt8(ascii: "-") {
        if i >= offset && i < offset + run.count {
          let byte = run[i - offset], digit = byte < 0x3A ? byte - 0x30 : byte - 0x57
          pattern.value[place / 2] |= place & 1 == 0 ? digit << 4 : digit
          pattern.mask[place / 2] |= place & 1 == 0 ? 0xF0 : 0x0F
        }
        place += 1
      }
      return pattern
    }
  }

  /// The dates and times that can hold a run.
  static func timeConditions(_ run: [UInt8], _ before: Edge, _ behind: Edge) -> [Condition] {
    guard run.count <= moment.count else { return [] }
    var conditions: [Condition] = []
    for form in forms {
      for offset in offsets(of: run, in: moment[form], before, behind) {
        let parts = [0..<10, 11..<19].filter { form.lowerBound <= $0.lowerBound && $0.upperBound <= form.upperBound }
        let condition = Condition.every(parts.map { part(of: run, at: offset, in: $0) })
        conditions.append(condition == .any ? .part([], kinds: [.time], starts: false, ends: false) : condition)
      }
    }
    return conditions
  }

  /// What the date or the time has to hold of a run that begins at an offset of a moment.
  private static func part(of run: [UInt8], at offset: Int, in place: Range<Int>) -> Condition {
    var start = max(offset, place.lowerBound), end = min(offset + run.count, place.upperBound)
    guard start < end else { return .any }
    var bytes = Array(run[(start - offset)..<(end - offset)])
    // The signs beside it tell where in the term it stands.
    if start > place.lowerBound, moment[start - 1] != UInt8(ascii: "9") {
      start -= 1
      bytes.insert(moment[start], at: 0)
    }
    if end < place.upperBound, moment[end] != UInt8(ascii: "9") {
      bytes.append(moment[end])
      end += 1
    }
    let starts = start == place.lowerBound, ends = end == place.upperBound
    if starts && ends { return .term(Term(.time, bytes)) }
    return .part(bytes, kinds: [.time], starts: starts, ends: ends)
  }
}

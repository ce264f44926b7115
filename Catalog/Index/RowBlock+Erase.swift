internal import Bytes

extension RowBlock {
  /// The block with nothing left of some rows but their places; all other values as they are kept.
  func without(_ rows: [Int]) -> ByteHeap {
    var output = ByteHeap(capacity: 1 << 16), codes = ByteHeap(capacity: 4096), extras = ByteHeap(capacity: 4096)
    var values = ByteHeap(capacity: 1 << 16)
    let erased = Set(rows)
    output.append(varint: rowCount)
    output.append(varint: columnCount)
    for column in 0..<columnCount {
      codes.removeAll()
      extras.removeAll()
      values.removeAll()
      var kinds: [UInt8] = []
      for row in 0..<rowCount {
        let isErased = erased.contains(row)
        kinds.append(isErased ? 0 : kind(row, column))
        if isErased { codes.append(RowCode.erased) } else { appendKept(row, column, &codes, &extras, &values) }
      }
      if kinds.allSatisfy({ $0 == kinds[0] }) {
        output.append(kinds[0])
      } else {
        output.append(255)
        output.append(kinds.span)
      }
      output.append(varint: extras.count)
      output.append(varint: values.count)
      for i in 0..<codes.count { output.append(codes[i]) }
      for i in 0..<extras.count { output.append(extras[i]) }
      output.append(values.span)
    }
    return output
  }
}

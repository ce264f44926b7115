public import CBytes
internal import Glibc

// Appending ranges of a heap: its padding lets every copy move sixteen bytes at a time.
extension OutputBuffer {
  /// Appends a range of a heap.
  public mutating func append(from heap: borrowing ByteHeap, at offset: Int, count n: Int) throws(IOError) {
    precondition(offset >= 0 && n >= 0 && offset &+ n <= heap.count)
    guard n <= 64, try makeRoom(n &+ 16) else { return try append(heap.span(at: offset, count: n)) }
    let from = unsafe heap.base + offset, out = unsafe base + count
    var i = 0
    while i < n {
      unsafe _ = memcpy(out + i, from + i, 16)
      i &+= 16
    }
    count &+= n
  }

  /// Appends a range of a heap as a CSV field, in quotes (its own doubled) only when it holds the delimiter, a quote, CR or
  /// LF.
  public mutating func appendCSVField(
    from heap: borrowing ByteHeap, at offset: Int, count n: Int, delimiter: UInt8
  ) throws(IOError) {
    precondition(offset >= 0 && n >= 0 && offset &+ n <= heap.count)
    guard try makeRoom(n &+ 16) else {
      return try appendCSVField(heap.span(at: offset, count: n), delimiter: delimiter)
    }
    let from = unsafe heap.base + offset, out = unsafe base + count
    var i = 0
    while i < n {
      var mask = unsafe cb_csv_special_16(from + i, delimiter)
      unsafe _ = memcpy(out + i, from + i, 16)
      if n &- i < 16 { mask &= (1 &<< UInt32(n &- i)) &- 1 }
      if mask != 0 { return try appendCSVQuoted(heap.span(at: offset, count: n)) }
      i &+= 16
    }
    count &+= n
  }

  /// Appends rows of plain cells as lines of CSV, from the first one on; returns how many. The next one holds something else, or
  /// does not fit into the buffer. `hasNulls` of the columns with nulls become 1. `cells` point into the heap.
  public mutating func appendCSVRows(
    _ cells: UnsafePointer<cb_cell>, width: Int, rows: Int, from heap: borrowing ByteHeap, delimiter: UInt8,
    hasNulls: inout [UInt8]
  ) throws(IOError) -> Int {
    precondition(width > 0 && rows >= 0 && hasNulls.count >= width)
    var done = 0, isFlushed = false
    while done < rows {
      var written = 0
      let more = hasNulls.withUnsafeMutableBufferPointer { nulls in
        unsafe cb_csv_rows(
          base + count, capacity - count, &written, heap.base, heap.count, cells + done * width, width, rows - done,
          delimiter, nulls.baseAddress)
      }
      count &+= written
      done += more
      // What does not fit into a buffer that is half empty is not written here.
      if done == rows || isFlushed && more == 0 || count < capacity / 2 { break }
      try flush()
      isFlushed = true
    }
    return done
  }

  /// Appends rows of plain cells as JSON objects, from the first one on; returns how many. The next one holds something else, or
  /// does not fit into the buffer. `cells` point into the heap, as many of each row as the frame has keys.
  public mutating func appendJSONRows(
    _ cells: UnsafePointer<cb_cell>, rows: Int, from heap: borrowing ByteHeap, _ frame: JSONRowFrame
  ) throws(IOError) -> Int {
    precondition(rows >= 0)
    var done = 0, isFlushed = false
    while done < rows {
      var written = 0
      let more = frame.withFrame { frame in
        unsafe cb_json_rows(
          base + count, capacity - count, &written, heap.base, heap.count, cells + done * frame.pointee.width,
          rows - done, frame)
      }
      count &+= written
      done += more
      // What does not fit into a buffer that is half empty is not written here.
      if done == rows || isFlushed && more == 0 || count < capacity / 2 { break }
      try flush()
      isFlushed = true
    }
    return done
  }

  /// The same for bytes that lie in no heap.
  public mutating func appendCSVField(_ bytes: Span<UInt8>, delimiter: UInt8) throws(IOError) {
    for i in bytes.indices {
      switch bytes[i] {
      case delimiter, UInt8(ascii: "\""), UInt8(ascii: "\r"), UInt8(ascii: "\n"): return try appendCSVQuoted(bytes)
      default: continue
      }
    }
    try append(bytes)
  }

  /// Appends a CSV field in quotes.
  public mutating func appendCSVQuoted(_ bytes: Span<UInt8>) throws(IOError) {
    try append(UInt8(ascii: "\""))
    try append(bytes, doubling: UInt8(ascii: "\""))
    try append(UInt8(ascii: "\""))
  }

  /// Appends a range of a heap as a JSON string literal.
  public mutating func appendJSONString(
    from heap: borrowing ByteHeap, at offset: Int, count n: Int
  ) throws(IOError) {
    precondition(offset >= 0 && n >= 0 && offset &+ n <= heap.count)
    guard try makeRoom(n &+ 18) else { return try appendJSONString(heap.span(at: offset, count: n)) }
    let from = unsafe heap.base + offset, out = unsafe base + count + 1
    unsafe base[count] = UInt8(ascii: "\"")
    var i = 0
    while i < n {
      var mask = unsafe cb_json_special_16(from + i)
      unsafe _ = memcpy(out + i, from + i, 16)
      if n &- i < 16 { mask &= (1 &<< UInt32(n &- i)) &- 1 }
      if mask != 0 {
        i &+= mask.trailingZeroBitCount
        count &+= i &+ 1
        try appendJSONEscaped(heap.span(at: offset &+ i, count: n &- i))
        return try append(UInt8(ascii: "\""))
      }
      i &+= 16
    }
    unsafe out[n] = UInt8(ascii: "\"")
    count &+= n &+ 2
  }

  /// Appends a range of a heap, known to need no escapes, as a JSON string literal.
  public mutating func appendPlainJSONString(
    from heap: borrowing ByteHeap, at offset: Int, count n: Int
  ) throws(IOError) {
    precondition(offset >= 0 && n >= 0 && offset &+ n <= heap.count)
    guard n <= 256, try makeRoom(n &+ 18) else {
      try append(UInt8(ascii: "\""))
      try append(heap.span(at: offset, count: n))
      return try append(UInt8(ascii: "\""))
    }
    let from = unsafe heap.base + offset, out = unsafe base + count + 1
    unsafe base[count] = UInt8(ascii: "\"")
    var i = 0
    while i < n {
      unsafe _ = memcpy(out + i, from + i, 16)
      i &+= 16
    }
    unsafe out[n] = UInt8(ascii: "\"")
    count &+= n &+ 2
  }

  /// Appends the shortest decimal digits that give this finite double again.
  public mutating func append(shortest value: Double) throws(IOError) {
    for digit in value.description.utf8 { try append(digit) }
  }

  /// Whether `n` bytes have room, after a flush where it helps.
  @inline(__always) private mutating func makeRoom(_ n: Int) throws(IOError) -> Bool {
    if n <= capacity &- count { return true }
    try flush()
    return n <= capacity
  }
}

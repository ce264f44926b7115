package import Bytes
internal import CLibPQ
internal import Glibc

// Rows in bulk, in COPY's text.
extension PostgresConnection {
  /// Begins `COPY … FROM STDIN`; only `put` and `endCopy` may follow.
  package func beginCopy(_ sql: [UInt8]) throws(PostgresError) { try begin(sql, cq_copy_in) }

  private func begin(_ sql: [UInt8], _ wanted: cq_status) throws(PostgresError) {
    try send(sql)
    guard let result = try nextResult() else { throw .lost("before a COPY") }
    defer { functions.pointee.PQclear(result) }
    if functions.pointee.PQresultStatus(result) == CInt(wanted.rawValue) { return }
    let error = failure(result)
    while let rest = try nextResult() { functions.pointee.PQclear(rest) }
    throw error
  }

  /// Sends a piece of the rows. Comes back when the system has taken it, so that memory does not grow when the server is slow.
  package func put(_ bytes: Span<UInt8>) throws(PostgresError) {
    let pieceLimit = 1 << 26
    var at = 0
    while at < bytes.count {
      let count = min(bytes.count - at, pieceLimit)
      let isTaken = bytes.extracting(at..<(at + count)).withUnsafeBufferPointer { piece in
        piece.withMemoryRebound(to: CChar.self) { text in
          functions.pointee.PQputCopyData(handle, text.baseAddress!, CInt(count))
        }
      }
      guard isTaken >= 0 else { throw .lost("while rows were sent") }
      try flush()
      if isTaken > 0 { at += count }
    }
  }

  /// Ends `COPY … FROM STDIN`; tells how many rows the server took.
  package func endCopy() throws(PostgresError) -> Int {
    while true {
      let isTaken = functions.pointee.PQputCopyEnd(handle, nil)
      guard isTaken >= 0 else { throw .lost("while rows were sent") }
      try flush()
      if isTaken > 0 { break }
    }
    return try lastResult().changes
  }

  /// Begins `COPY … TO STDOUT`; nothing but `PostgresCopySource` may use the connection until its end.
  func beginCopyOut(_ sql: [UInt8]) throws(PostgresError) { try begin(sql, cq_copy_out) }

  /// Appends the next row's text; false at the end.
  func get(into bytes: inout [UInt8]) throws(PostgresError) -> Bool {
    while true {
      var start: UnsafeMutablePointer<CChar>?
      let count = functions.pointee.PQgetCopyData(handle, &start, 1)
      if let start {
        defer { functions.pointee.PQfreemem(start) }
        bytes += UnsafeRawBufferPointer(start: start, count: Int(count))
        return true
      }
      if count == -1 {
        _ = try lastResult()
        return false
      }
      guard count == 0 else { throw .lost("while rows were read") }
      try wait()
      guard functions.pointee.PQconsumeInput(handle) != 0 else { throw .lost("while rows were read") }
    }
  }
}

/// Texts and what `COPY … TO STDOUT` sends, as bytes, one after another.
package struct PostgresCopySource: ByteSource, ~Copyable {
  package enum Part: Sendable {
    case text([UInt8])
    /// The rows that a statement sends.
    case rows([UInt8])
  }
  private let connection: PostgresConnection
  private let parts: [Part]
  /// Of the next part.
  private var position = 0
  private var isCopying = false
  private var pending: [UInt8] = []
  private var at = 0

  /// Takes the connection for the time of one COPY.
  package init(_ connection: consuming PostgresConnection, _ sql: [UInt8]) throws(PostgresError) {
    try connection.beginCopyOut(sql)
    self.connection = connection
    parts = []
    isCopying = true
  }

  package init(_ connection: consuming PostgresConnection, _ parts: [Part]) {
    self.connection = connection
    self.parts = parts
  }

  package mutating func read(into buffer: inout OutputRawSpan) throws(IOError) {
    try Interruption.check("read")
    while buffer.freeCapacity > 0 {
      if at == pending.count {
        guard isCopying || position < parts.count else { return }
        pending.removeAll(keepingCapacity: true)
        at = 0
        do throws(PostgresError) { try advance() } catch {
          throw IOError("read", errno: error.isInterruption ? ECANCELED : 0, detail: error.message)
        }
        continue
      }
      let count = min(buffer.freeCapacity, pending.count - at)
      let start = at
      buffer.withUnsafeMutableBytes { raw, initialized in
        pending.withUnsafeBytes { bytes in
          raw.baseAddress!.advanced(by: initialized).copyMemory(from: bytes.baseAddress! + start, byteCount: count)
        }
        initialized += count
      }
      at += count
    }
  }

  /// Gets the next rows or text.
  private mutating func advance() throws(PostgresError) {
    guard isCopying else { return try begin() }
    while isCopying, pending.count < 1 << 16 { isCopying = try connection.get(into: &pending) }
  }

  private mutating func begin() throws(PostgresError) {
    let part = parts[position]
    position += 1
    switch part {
    case .text(let text): pending = text
    case .rows(let sql):
      try connection.beginCopyOut(sql)
      isCopying = true
    }
  }
}

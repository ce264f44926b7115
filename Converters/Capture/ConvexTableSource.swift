package import Bytes
package import Conversion

/// What is learnt of a snapshot while its tables are read.
package final class ConvexSnapshot: @unchecked Sendable {  // used by the thread that captures alone
  /// The moment of it, in nanoseconds since 1970; nil before the first page.
  package fileprivate(set) var moment: Int64?
  /// Documents of each table.
  package fileprivate(set) var counts: [CaptureManifest.Count] = []
  package init() {}
}

/// The documents of a table as one array of JSON, a page at a time.
package struct ConvexTableSource: ByteSource, ~Copyable {
  private let capture: ConvexCapture
  private let table: Name
  private let snapshot: ConvexSnapshot
  private var cursor: [UInt8]?
  private var pending: [UInt8] = [UInt8(ascii: "[")]
  private var at = 0
  private var count = 0
  private var isOver = false

  package init(_ capture: ConvexCapture, _ table: Name, in snapshot: ConvexSnapshot) {
    self.capture = capture
    self.table = table
    self.snapshot = snapshot
  }

  package mutating func read(into buffer: inout OutputRawSpan) throws(IOError) {
    while buffer.freeCapacity > 0 {
      if at == pending.count {
        guard !isOver else { return }
        try advance()
        continue
      }
      at += buffer.append(copying: pending.span.extracting(at..<pending.count))
    }
  }

  /// Gets the next page, or ends the array.
  private mutating func advance() throws(IOError) {
    try Interruption.check("read")
    pending.removeAll(keepingCapacity: true)
    at = 0
    let page: ConvexCapture.Page
    do throws(CaptureError) { page = try capture.page(of: table, at: cursor, in: snapshot.moment) } catch {
      throw IOError("read", errno: error.isInterruption ? cancelled : 0, detail: error.message, advice: error.advice)
    }
    snapshot.moment = page.snapshot
    for document in page.documents {
      pending += Array((count == 0 ? "\n" : ",\n").utf8) + document
      count += 1
    }
    cursor = page.cursor
    guard cursor == nil else { return }
    isOver = true
    pending += Array((count == 0 ? "]\n" : "\n]\n").utf8)
    snapshot.counts.append(CaptureManifest.Count(table, count))
  }
}

/// The system's number for what the user has stopped.
private let cancelled: Int32 = 125

internal import Bytes
internal import CXML2
internal import Records

/// libxml2's parser, which records pieces of the text; bytes are pushed into it.
///
/// The library's reader of trees would keep whole values; this way a value comes piece by piece, however long it is. The
/// pieces are recorded in C: a call into Swift for each would take longer than the parsing.
final class XMLParser {
  private let record: UnsafeMutablePointer<cx_record>
  /// Offset of the bytes at hand.
  private var begin = 0

  init() throws(IOError) {
    guard let record = cx_begin(try XMLLibrary.functions(), CInt(XMLStream.depthLimit)) else {
      throw IOError("read XML", detail: "no memory")
    }
    self.record = record
  }
  deinit { cx_end(record) }

  /// Offset of the byte that the parser is at; the library forgets its place when it stops.
  var offset: Int { max(begin, record.pointee.functions.pointee.xmlByteConsumed(record.pointee.parser!)) }
  /// Whether there are pieces that were not taken.
  var hasEvents: Bool { record.pointee.event_count > 0 }

  /// Parses more bytes; `isLast`: the text ends behind them.
  func parse(_ bytes: Span<UInt8>, isLast: Bool) throws(ReadError) {
    bytes.withUnsafeBufferPointer { buffer in
      buffer.withMemoryRebound(to: CChar.self) { chars in
        _ = record.pointee.functions.pointee.xmlParseChunk(
          record.pointee.parser!, chars.baseAddress, CInt(chars.count), isLast ? 1 : 0)
      }
    }
    if let refusal { throw ReadError(refusal, offset: max(begin, record.pointee.refused_at)) }
    let code = cx_fatal_error(record)
    guard code != 0 else { return begin += bytes.count }
    throw ReadError(XMLLibrary.code(code, isLast: isLast), offset: offset)
  }

  private var refusal: ReadError.Code? {
    switch record.pointee.refusal {
    case cx_none: nil
    case cx_too_deep: .tooDeep(limit: XMLStream.depthLimit)
    case cx_has_doctype:
      .refused("document type declarations (<!DOCTYPE …>) are not read: they can hold entity bombs")
    default: .io(IOError("read XML", detail: "no memory"))
    }
  }

  /// Replaces the pieces in the caller's places by those recorded.
  func take(_ events: inout [XMLEvent], _ heap: inout ByteHeap) {
    events.removeAll(keepingCapacity: true)
    heap.removeAll()
    heap.append(UnsafeBufferPointer(start: record.pointee.bytes, count: record.pointee.byte_count).span)
    heap.clearPadding()
    for event in UnsafeBufferPointer(start: record.pointee.events, count: record.pointee.event_count) {
      events.append(
        XMLEvent(
          kind: XMLEvent.Kind(rawValue: event.kind) ?? .end, at: event.at, count: event.count, offset: event.offset))
    }
    record.pointee.byte_count = 0
    record.pointee.event_count = 0
  }
}

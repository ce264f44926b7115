internal import Bytes
internal import CXML2
internal import Glibc
internal import Records

/// libxml2's parser, which calls back with pieces of the text; bytes are pushed into it.
///
/// The library's reader of trees would keep whole values; this way a value comes piece by piece, however long it is.
final class XMLParser {
  private let functions: UnsafePointer<cx_library>
  private var parser: OpaquePointer?
  /// Pieces since the last call, and their bytes.
  fileprivate(set) var events: [XMLEvent] = []
  fileprivate(set) var heap = ByteHeap(capacity: 1 << 16)
  fileprivate var depth = 0
  fileprivate(set) var refusal: ReadError.Code?
  /// Where the parser was refused to go on, and where the bytes at hand begin: the library forgets its place when it stops.
  private var refusedAt = 0
  private var begin = 0

  init() throws(IOError) {
    functions = try XMLLibrary.functions()
    parser = cx_parser(
      functions, beginElement, endElement, characters, doctype, Unmanaged.passUnretained(self).toOpaque())
    guard parser != nil else { throw IOError("read XML", detail: "no memory") }
  }
  deinit { if let parser { functions.pointee.xmlFreeParserCtxt(parser) } }

  /// Offset of the byte that the parser is at.
  var offset: Int { parser.map { max(begin, functions.pointee.xmlByteConsumed($0)) } ?? 0 }

  /// Parses more bytes; `isLast`: the text ends behind them.
  func parse(_ bytes: Span<UInt8>, isLast: Bool) throws(ReadError) {
    guard let parser else { return }
    bytes.withUnsafeBufferPointer { buffer in
      buffer.withMemoryRebound(to: CChar.self) { chars in
        _ = functions.pointee.xmlParseChunk(parser, chars.baseAddress, CInt(chars.count), isLast ? 1 : 0)
      }
    }
    if let refusal { throw ReadError(refusal, offset: refusedAt) }
    let code = cx_fatal_error(functions, parser)
    guard code != 0 else { return begin += bytes.count }
    throw ReadError(XMLLibrary.code(code, isLast: isLast), offset: offset)
  }

  /// Moves the pieces at hand into the caller's places, whose own are taken to be used again.
  func take(_ events: inout [XMLEvent], _ heap: inout ByteHeap) {
    events.removeAll(keepingCapacity: true)
    heap.removeAll()
    swap(&events, &self.events)
    swap(&heap, &self.heap)
  }

  fileprivate func stop(_ code: ReadError.Code) {
    guard refusal == nil else { return }
    (refusal, refusedAt) = (code, offset)
    if let parser { functions.pointee.xmlStopParser(parser) }
  }

  fileprivate func add(_ kind: XMLEvent.Kind, _ text: UnsafePointer<UInt8>?, _ count: Int) {
    let bytes = UnsafeBufferPointer(start: text, count: text == nil ? 0 : count)
    let at = heap.append(bytes.span)
    if kind == .text, let last = events.indices.last, events[last].kind == .text {
      events[last].count += bytes.count
    } else {
      events.append(XMLEvent(kind: kind, at: at, count: bytes.count))
    }
  }

  fileprivate func add(_ kind: XMLEvent.Kind, name: UnsafePointer<UInt8>?) {
    add(kind, name, name.map { strlen(UnsafeRawPointer($0).assumingMemoryBound(to: CChar.self)) } ?? 0)
  }
}

private func parser(_ user: UnsafeMutableRawPointer?) -> XMLParser {
  Unmanaged<XMLParser>.fromOpaque(user!).takeUnretainedValue()
}

/// A start tag with its attributes; called by the library.
private func beginElement(
  _ user: UnsafeMutableRawPointer?, _ name: UnsafePointer<UInt8>?,
  _ attributes: UnsafeMutablePointer<UnsafePointer<UInt8>?>?
) {
  let state = parser(user)
  guard state.refusal == nil else { return }
  state.depth += 1
  guard state.depth <= XMLStream.depthLimit else { return state.stop(.tooDeep(limit: XMLStream.depthLimit)) }
  state.add(.begin, name: name)
  state.events[state.events.count - 1].offset = state.offset
  guard var attribute = attributes else { return }
  while let key = attribute.pointee {
    state.add(.attribute, name: key)
    state.add(.value, name: (attribute + 1).pointee)
    attribute += 2
  }
}

private func endElement(_ user: UnsafeMutableRawPointer?, _ name: UnsafePointer<UInt8>?) {
  let state = parser(user)
  guard state.refusal == nil else { return }
  state.depth -= 1
  state.add(.end, name: nil)
}

private func characters(_ user: UnsafeMutableRawPointer?, _ text: UnsafePointer<UInt8>?, _ count: CInt) {
  let state = parser(user)
  guard state.refusal == nil, count > 0 else { return }
  state.add(.text, text, Int(count))
}

private func doctype(
  _ user: UnsafeMutableRawPointer?, _ name: UnsafePointer<UInt8>?, _ publicID: UnsafePointer<UInt8>?,
  _ systemID: UnsafePointer<UInt8>?
) {
  parser(user).stop(.refused("document type declarations (<!DOCTYPE …>) are not read: they can hold entity bombs"))
}

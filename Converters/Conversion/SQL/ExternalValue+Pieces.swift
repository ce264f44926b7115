package import Bytes
package import Records

extension ExternalValue {
  /// Hands out the value as a column of this form holds it: a text in a JSON column as a JSON string, base64 in a bytes column
  /// as its bytes. What a `SQLRowConformer` has let through can be read so.
  package func forEachPiece(
    as form: SQLForm, capacity: Int = 1 << 16, _ body: (Span<UInt8>) throws(IOError) -> Void
  ) throws(IOError) {
    var escaper = JSONStringEscaper(), decoder = Base64Decoder(), output: [UInt8] = []
    let isJSONString = form == .json && kind == .text, isBase64 = form == .bytes && kind == .text
    let quote = [UInt8(ascii: "\"")]
    if isJSONString { try body(quote.span) }
    try file.forEachPiece(
      at: offset, count: byteCount, capacity: capacity,
      { (piece) throws(IOError) in
        guard isJSONString || isBase64 else { return try body(piece) }
        output.removeAll(keepingCapacity: true)
        if isJSONString {
          escaper.escape(piece, into: &output)
        } else if !decoder.decode(piece, into: &output) {
          throw IOError("read", detail: "a private file has changed")
        }
        try body(output.span)
      }, failed: { $0 })
    if isBase64 {
      output.removeAll(keepingCapacity: true)
      _ = decoder.finish(into: &output)
      try body(output.span)
    }
    if isJSONString { try body(quote.span) }
  }
}

package import Bytes
internal import CCurl

/// Gets documents of moderate size over HTTP through libcurl, which is loaded when it is first needed.
package enum HTTPClient {
  nonisolated(unsafe) private static let library = cc_load()  // written once, never freed, only read

  /// The body and status of what is at a URL. `header` is sent as it is; it may hold a secret and stands in no error. A longer body
  /// than `limit` is an error, and so is a status that is no success for whoever asks.
  package static func get(
    _ url: [UInt8], header: [UInt8]?, limit: Int
  ) throws(IOError) -> (status: Int, body: [UInt8]) {
    guard let library else {
      throw IOError("connect", detail: "libcurl.so.4 is not installed", advice: "install the package libcurl4")
    }
    let lineBreaks: Set<UInt8> = [0, 10, 13]
    guard !url.contains(where: lineBreaks.contains), !(header ?? []).contains(where: lineBreaks.contains) else {
      throw IOError("connect", detail: "the URL or the key holds a line break")
    }
    let body = Body(limit: limit)
    var status = 0
    var words = [CChar](repeating: 0, count: 256)
    let code = withText(url) { url in
      withText(header ?? []) { text in
        words.withUnsafeMutableBufferPointer { words in
          cc_get(
            library, url, header == nil ? nil : text, takeBody, askInterruption,
            Unmanaged.passUnretained(body).toOpaque(), &status, words.baseAddress!)
        }
      }
    }
    try Interruption.check("read")
    if body.isTooLong { throw IOError("read", detail: "the answer is longer than \(limit >> 20) MiB") }
    guard code == 0 else {
      let said = String(decoding: words.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
      throw IOError(
        "connect", detail: said.isEmpty ? "error \(code) of libcurl" : said, advice: "check the URL and the network")
    }
    return (status, body.bytes)
  }
}

/// What has come of an answer.
private final class Body {
  var bytes: [UInt8] = []
  var isTooLong = false
  let limit: Int
  init(limit: Int) { self.limit = limit }
}

/// Called by libcurl on the thread that asks.
private func takeBody(
  _ start: UnsafeMutablePointer<CChar>, _ size: Int, _ count: Int, _ context: UnsafeMutableRawPointer
) -> Int {
  let body = Unmanaged<Body>.fromOpaque(context).takeUnretainedValue()
  guard body.bytes.count + size * count <= body.limit else {
    body.isTooLong = true
    return 0
  }
  body.bytes += UnsafeRawBufferPointer(start: start, count: size * count)
  return size * count
}

private func askInterruption(
  _ context: UnsafeMutableRawPointer?, _ a: Int64, _ b: Int64, _ c: Int64, _ d: Int64
) -> CInt {
  Interruption.isRequested ? 1 : 0
}

private func withText<T>(_ bytes: [UInt8], _ body: (UnsafePointer<CChar>) -> T) -> T {
  (bytes + [0]).withUnsafeBufferPointer { text in
    text.withMemoryRebound(to: CChar.self) { body($0.baseAddress!) }
  }
}

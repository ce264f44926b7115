package import Bytes
internal import Conversion
internal import Diagnostics
internal import HTTPClient

/// A Convex deployment, read through its streaming export API: the tables of one snapshot, a page of documents at a time.
package struct ConvexCapture: Sendable {
  /// Without a slash at its end.
  private let url: [UInt8]
  private let header: [UInt8]
  /// Such as `opulent-rabbit-360`.
  package let deployment: Name
  /// A page is never longer.
  private static let pageLimit = 256 << 20

  /// `key`: a deploy key, which is sent with each request and stands nowhere else.
  package init(_ place: [UInt8], key: [UInt8]) throws(CaptureError) {
    var url = place
    while url.last == UInt8(ascii: "/") { url.removeLast() }
    let secure = Array("https://".utf8), plain = Array("http://".utf8)
    let host = Array(url.dropFirst(url.starts(with: secure) ? secure.count : plain.count))
    let name = Array(host.prefix { $0 != UInt8(ascii: "/") && $0 != UInt8(ascii: ":") })
    let isHere = ["localhost", "127.0.0.1", "[::1]"].contains { host.starts(with: $0.utf8) }
    guard url.starts(with: secure) || url.starts(with: plain) && isHere, !name.isEmpty,
      !host.contains(where: { $0 == UInt8(ascii: "@") || $0 == UInt8(ascii: "?") || $0 <= 0x20 })
    else {
      throw CaptureError(
        "the deployment's URL is none of https", advice: "https://NAME.convex.cloud; http only of this machine")
    }
    self.url = url
    header = Array("Authorization: Convex ".utf8) + key
    // An address has no name in front.
    deployment = Name(isDigit(name[0]) ? name : Array(name.prefix { $0 != UInt8(ascii: ".") }))
  }

  /// The place, which holds nothing secret.
  package var shown: [UInt8] { url }

  /// Names of the tables, in byte order.
  package func tables() throws(CaptureError) -> [Name] {
    guard case .object(let members) = try get("/api/json_schemas", [("format", Array("json".utf8))]) else {
      throw Self.misunderstood
    }
    return members.map { Name($0.key) }.sorted()
  }

  /// A page of documents.
  package struct Page: Sendable {
    /// Each as text of JSON, without what the API adds.
    package var documents: [[UInt8]]
    /// The moment of the snapshot, in nanoseconds since 1970.
    package var snapshot: Int64
    /// Where the next page begins; nil after the last one.
    package var cursor: [UInt8]?
  }

  /// The page of a table at a cursor; nil is the first one. Without a snapshot the newest one is begun.
  package func page(of table: Name, at cursor: [UInt8]?, in snapshot: Int64?) throws(CaptureError) -> Page {
    var words: [(String, [UInt8])] = [("tableName", table.bytes), ("format", Array("json".utf8))]
    if let snapshot { words.append(("snapshot", Array("\(snapshot)".utf8))) }
    if let cursor { words.append(("cursor", cursor)) }
    let answer = try get("/api/list_snapshot", words)
    guard case .list(let values)? = answer["values"], let taken = answer["snapshot"]?.integer,
      let more = answer["hasMore"]
    else { throw Self.misunderstood }
    guard snapshot == nil || snapshot == taken else {
      throw CaptureError("the deployment answered with another snapshot than was asked for")
    }
    let next = answer["cursor"]?.text
    guard !more.isTrue || next != nil && next != cursor else { throw Self.misunderstood }
    var documents: [[UInt8]] = []
    for value in values {
      guard case .object(let members) = value, value["_id"]?.text != nil else { throw Self.misunderstood }
      if let said = value["_table"]?.text, said != table.bytes { throw Self.misunderstood }
      let added: Set<Name> = ["_table", "_ts", "_deleted", "_component"]
      documents.append(JSONTree.object(members.filter { !added.contains(Name($0.key)) }).json)
    }
    return Page(documents: documents, snapshot: taken, cursor: more.isTrue ? next : nil)
  }

  private static var misunderstood: CaptureError {
    CaptureError(
      "the deployment's answer is none of the streaming export API",
      advice: "check the URL: it is that of the deployment, https://NAME.convex.cloud")
  }

  private func get(_ path: String, _ words: [(String, [UInt8])]) throws(CaptureError) -> JSONTree {
    var address = url + Array(path.utf8)
    for (i, word) in words.enumerated() {
      address += Array("\(i == 0 ? "?" : "&")\(word.0)=".utf8) + percentEncoded(word.1)
    }
    let answer: (status: Int, body: [UInt8])
    do throws(IOError) { answer = try HTTPClient.get(address, header: header, limit: Self.pageLimit) } catch {
      throw CaptureError(error)
    }
    guard answer.status == 200 else { throw refusal(answer.status, answer.body, path) }
    guard let tree = JSONTree(parsing: answer.body) else { throw Self.misunderstood }
    return tree
  }

  /// What an answer that is no success says.
  private func refusal(_ status: Int, _ body: [UInt8], _ path: String) -> CaptureError {
    let tree = JSONTree(parsing: body), code = tree?["code"]?.text.map { " (\(displayed($0)))" } ?? ""
    let advice =
      switch status {
      case 401, 403: "make a deploy key that may view data, in the dashboard; streaming export is part of paid plans"
      case 300..<400: "name the deployment's own URL: redirections are not followed, for the key would go with them"
      default: "try again later"
      }
    return CaptureError("the deployment refused \(path): HTTP status \(status)\(code)", advice: advice)
  }
}

/// Bytes as a value in a URL.
private func percentEncoded(_ bytes: [UInt8]) -> [UInt8] {
  bytes.flatMap { byte -> [UInt8] in
    let lower = asciiLower(byte)
    let isPlain =
      isDigit(byte) || lower >= UInt8(ascii: "a") && lower <= UInt8(ascii: "z") || "-._~".utf8.contains(byte)
    return isPlain ? [byte] : [UInt8(ascii: "%"), hexDigit(byte >> 4), hexDigit(byte & 15)]
  }
}

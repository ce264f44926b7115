internal import Bytes

/// A small document of JSON, whole in memory.
package enum JSONTree: Sendable {
  case text([UInt8])
  /// A number or literal, as it stands.
  case word([UInt8])
  case list([JSONTree])
  case object([(key: [UInt8], value: JSONTree)])

  private static let depthLimit = 32

  /// Reads a document; nil when it is none, or is nested too deep.
  package init?(parsing bytes: [UInt8]) {
    guard JSONTokens.isValid(bytes) else { return nil }
    var open: [Frame] = [], tokens = JSONTokens(), whole: JSONTree?
    func put(_ node: JSONTree) {
      guard let last = open.indices.last else {
        whole = node
        return
      }
      open[last].values.append(node)
      if open[last].isObject { open[last].keys.append(open[last].key ?? []) }
      open[last].key = nil
    }
    while let token = tokens.next(bytes) {
      switch token {
      case .open(let isObject):
        guard open.count < Self.depthLimit else { return nil }
        open.append(Frame(isObject: isObject))
      case .close:
        guard let done = open.popLast() else { return nil }
        put(done.isObject ? .object(zip(done.keys, done.values).map { ($0, $1) }) : .list(done.values))
      case .comma, .colon: break
      case .text(let range, let isEscaped):
        let text = JSONTokens.text(bytes, range, isEscaped: isEscaped)
        if let last = open.indices.last, open[last].isObject, open[last].key == nil {
          open[last].key = text
        } else {
          put(.text(text))
        }
      case .word(let range): put(.word(Array(bytes[range])))
      }
    }
    guard let whole else { return nil }
    self = whole
  }

  /// The member of a key; the first of several.
  package subscript(_ key: String) -> JSONTree? {
    guard case .object(let members) = self else { return nil }
    return members.first { $0.key.elementsEqual(key.utf8) }?.value
  }
  package var items: [JSONTree] { if case .list(let items) = self { items } else { [] } }
  package var text: [UInt8]? { if case .text(let text) = self { text } else { nil } }
  package var integer: Int64? { if case .word(let digits) = self { Int64(digits: digits.span) } else { nil } }
  package var isTrue: Bool { if case .word(let word) = self { word.elementsEqual("true".utf8) } else { false } }
}

/// An object or list that is open.
private struct Frame {
  var isObject: Bool
  /// Of the member that comes next.
  var key: [UInt8]?
  var keys: [[UInt8]] = []
  var values: [JSONTree] = []
}

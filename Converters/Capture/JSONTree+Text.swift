internal import Bytes
internal import Conversion

extension JSONTree {
  /// The document on one line; numbers as they stood.
  var json: [UInt8] {
    let store = MemoryStore()
    var output = OutputBuffer(MemorySink(store))
    // Memory takes everything.
    try? write(to: &output)
    try? output.finish()
    return store.bytes
  }

  private func write(to output: inout OutputBuffer) throws(IOError) {
    switch self {
    case .text(let text): try output.appendJSONString(wtf8: text)
    case .word(let word): try output.append(word)
    case .list(let items):
      try output.append("[")
      for (i, item) in items.enumerated() {
        if i > 0 { try output.append(",") }
        try item.write(to: &output)
      }
      try output.append("]")
    case .object(let members):
      try output.append("{")
      for (i, member) in members.enumerated() {
        if i > 0 { try output.append(",") }
        try output.appendJSONString(wtf8: member.key)
        try output.append(":")
        try member.value.write(to: &output)
      }
      try output.append("}")
    }
  }
}

extension OutputBuffer {
  fileprivate mutating func appendJSONString(wtf8 text: [UInt8]) throws(IOError) {
    try append("\"")
    try appendJSONEscaped(wtf8: text.span)
    try append("\"")
  }
}

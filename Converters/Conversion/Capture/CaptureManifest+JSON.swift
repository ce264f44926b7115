internal import Bytes
internal import Records

extension CaptureManifest {
  /// The document, a member a line.
  package var json: [UInt8] {
    let store = MemoryStore()
    var output = OutputBuffer(MemorySink(store))
    // Memory takes everything.
    try? write(to: &output)
    try? output.finish()
    return store.bytes
  }

  private func write(to output: inout OutputBuffer) throws(IOError) {
    try output.append("{\n  \"format\": \"coffer capture\",\n  \"version\": 1")
    let taken = Array(rfc3339(microseconds: takenAt).utf8)
    let head: [(StaticString, [UInt8])] = [
      ("system", Array(system.utf8)), ("kind", Array(kind.utf8)), ("project", project.bytes), ("source", source),
      ("server", server), ("taken_at", taken),
    ]
    for (name, text) in head {
      try output.append(",\n  \"")
      try output.append(name)
      try output.append("\": ")
      try output.appendJSONString(text.span)
    }
    try write("files", files.count, to: &output) { (i, output) throws(IOError) in
      let file = files[i], role = Array(file.role.rawValue.utf8), format = Array(file.format.utf8)
      try member("path", file.path, &output)
      try output.append(", ")
      try member("role", role, &output)
      try output.append(", ")
      try member("format", format, &output)
      if let table = file.table {
        try output.append(", ")
        try member("table", table.bytes, &output)
      }
      try output.append(", \"bytes\": ")
      try output.append(decimal: file.byteCount)
      try output.append(", ")
      try member("sha256", file.checksum, &output)
    }
    try write("tables", tables, called: "table", "records", to: &output)
    try write("objects", objects, called: "kind", "count", to: &output)
    try write("losses", losses.count, to: &output) { (i, output) throws(IOError) in
      let code = Array(losses[i].code.utf8), message = Array(losses[i].message.utf8)
      try member("code", code, &output)
      try output.append(", \"count\": ")
      try output.append(decimal: Int64(losses[i].count))
      try output.append(", ")
      try member("message", message, &output)
    }
    try output.append("\n}\n")
  }

  private func write(
    _ name: StaticString, _ counts: [Count], called key: StaticString, _ number: StaticString,
    to output: inout OutputBuffer
  ) throws(IOError) {
    try write(name, counts.count, to: &output) { (i, output) throws(IOError) in
      try member(key, counts[i].name.bytes, &output)
      try output.append(", \"")
      try output.append(number)
      try output.append("\": ")
      try output.append(decimal: Int64(counts[i].count))
    }
  }

  private func write(
    _ name: StaticString, _ count: Int, to output: inout OutputBuffer,
    _ body: (Int, inout OutputBuffer) throws(IOError) -> Void
  ) throws(IOError) {
    try output.append(",\n  \"")
    try output.append(name)
    try output.append("\": [")
    for i in 0..<count {
      try output.append(i == 0 ? "\n    {" : ",\n    {")
      try body(i, &output)
      try output.append("}")
    }
    try output.append(count == 0 ? "]" : "\n  ]")
  }

  private func member(_ key: StaticString, _ text: [UInt8], _ output: inout OutputBuffer) throws(IOError) {
    try output.append("\"")
    try output.append(key)
    try output.append("\": ")
    try output.appendJSONString(text.span)
  }

  /// Reads a document; nil when it is none of ours, or lacks what it has to say.
  package init?(parsing bytes: [UInt8]) {
    guard let tree = JSONTree(parsing: bytes), tree["format"]?.text == Self.mark, tree["version"]?.integer == 1,
      let system = tree["system"]?.text, let kind = tree["kind"]?.text, let project = tree["project"]?.text,
      let source = tree["source"]?.text, let server = tree["server"]?.text,
      let taken = tree["taken_at"]?.text.flatMap({ FileStamp(in: $0.span) })
    else { return nil }
    self.init(
      system: String(decoding: system, as: UTF8.self), kind: String(decoding: kind, as: UTF8.self),
      project: Name(project), source: source, server: server, takenAt: taken.microseconds)
    for node in tree["files"]?.items ?? [] {
      guard let path = node["path"]?.text, !path.isEmpty, let role = node["role"]?.text,
        let known = ArtifactRole(rawValue: String(decoding: role, as: UTF8.self)), let format = node["format"]?.text,
        let count = node["bytes"]?.integer, let checksum = node["sha256"]?.text
      else { return nil }
      files.append(
        File(
          path, known, format: String(decoding: format, as: UTF8.self), table: node["table"]?.text.map { Name($0) },
          byteCount: count, checksum: checksum))
    }
    tables = Self.counts(tree["tables"], called: "table", "records")
    objects = Self.counts(tree["objects"], called: "kind", "count")
    losses = (tree["losses"]?.items ?? []).compactMap { node in
      guard let code = node["code"]?.text, let count = node["count"]?.integer, let message = node["message"]?.text
      else { return nil }
      return Loss(
        String(decoding: code, as: UTF8.self), Int(clamping: count), String(decoding: message, as: UTF8.self))
    }
  }

  private static func counts(_ list: JSONTree?, called key: String, _ number: String) -> [Count] {
    (list?.items ?? []).compactMap { node in
      guard let name = node[key]?.text, let count = node[number]?.integer else { return nil }
      return Count(Name(name), Int(clamping: count))
    }
  }
}

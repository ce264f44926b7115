internal import Bytes
internal import Records

// Conversions that leave secrets out, and prove it.
extension ConversionJob {
  /// Learns the secrets of the backup and adds what takes them out.
  mutating func protect(_ knowledge: Knowledge) throws(PumpError) -> (SecretValues, RedactionLog) {
    var collector = SecretCollector(searchesAll: true)
    let reader: any RecordReader & ~Copyable
    do throws(ReadError) { reader = try system.openRecords(input, knowledge) } catch { throw .read(error) }
    try collector.read(reader, keepsRowsBeforeError: input.options.keepsRowsBeforeError)
    let log = RedactionLog()
    var finder = SecretFinder(collector.values)
    transforms.append(RedactSecrets(finder, tables: knowledge.tables, log: log))
    let title = options.title
    if let text = finder.redacted(title.span) { options.title = text }
    for i in options.attributes.indices {
      let value = options.attributes[i].value
      if let text = finder.redacted(value.span) { options.attributes[i].value = text }
    }
    return (collector.values, log)
  }

  /// Searches all files of a directory and its folders, which are not under their names yet.
  func prove(_ values: SecretValues, in directory: [UInt8]) throws(PumpError) {
    var proof = OutputProof(values)
    do throws(IOError) { try look(into: directory, &proof) } catch { throw .read(ReadError(.io(error))) }
    guard proof.leaks.isEmpty else { throw .leak(proof.leaks) }
  }

  private func look(into directory: [UInt8], _ proof: inout OutputProof) throws(IOError) {
    for name in try directoryNames(directory) {
      proof.look(atName: name)
      let path = directory.appending(path: name)
      guard try fileStatus(path)?.kind != .directory else {
        try look(into: path, &proof)
        continue
      }
      var source: any ByteSource & ~Copyable = try FileSource(path)
      // What describes a file is not compressed with it.
      if let encoder, !name.suffix(schemaFileSuffix.count).elementsEqual(schemaFileSuffix) {
        source = try encoder.decode(source)
      }
      try proof.look(at: &source, name: name)
      if let archive = try writtenArchive(path) {
        for entry in archive.entries {
          proof.look(atName: entry.path)
          var content = try archive.open(entry)
          try proof.look(at: &content, name: name + [UInt8(ascii: "/")] + entry.path)
        }
      }
    }
  }

  /// The archive that a written file is; nil for other formats. Its content is searched, too.
  private func writtenArchive(_ path: [UInt8]) throws(IOError) -> (any BackupContainer)? {
    guard format.writesArchive else { return nil }
    guard encoder == nil else {
      throw IOError(
        "search the output", detail: "an archive that is compressed once more cannot be looked into",
        advice: "leave its compression out")
    }
    do throws(ReadError) {
      for container in input.toolbox.containers {
        // What is no archive is a container of itself.
        guard let found = try container.open(path), found.entries.map(\.path) != [path.lastPathComponent] else {
          continue
        }
        return found
      }
    } catch {
      if case .io(let error) = error.code { throw error }
    }
    throw IOError("search the output", path: path, detail: "it cannot be opened again")
  }

  /// Writes a finished file to standard output.
  func copyToStandardOutput(_ path: [UInt8]) throws(IOError) {
    var source: any ByteSource & ~Copyable = try FileSource(path)
    var sink = try DescriptorSink.standardOutput()
    var heap = ByteHeap(capacity: 1 << 18), isLast = false
    while !isLast {
      heap.removeAll()
      isLast = try heap.fill(from: &source)
      try sink.write(heap.span)
    }
    try sink.finish()
  }
}

package import Bytes
package import Records

/// Where a writer puts its output, and how files come to be there.
package struct Output: Sendable {
  package enum Place: Sendable, Equatable {
    case standardOutput
    /// One file, which appears when the writer has finished.
    case file([UInt8])
    /// An existing private directory, one file per table; the caller gives it its name when the writer has finished.
    case directory([UInt8])
  }
  package var place: Place
  /// Whether an existing file is replaced.
  package var replaces: Bool
  /// Compresses every file or stream.
  package var encoder: (any ContentDecoder)?

  package init(_ place: Place, replaces: Bool = false, encoder: (any ContentDecoder)? = nil) {
    self.place = place
    self.replaces = replaces
    self.encoder = encoder
  }

  /// The sink of the single stream or file; its `finish` makes the output durable.
  package func openStream() throws(WriteError) -> any ByteSink & ~Copyable {
    do throws(IOError) {
      switch place {
      case .standardOutput: return try encoded(DescriptorSink.standardOutput())
      case .file(let path): return try encoded(DurableFile(path, replaces: replaces))
      case .directory: throw IOError("open", detail: "a directory is no stream")
      }
    } catch { throw WriteError(error) }
  }

  /// A sink for one table's file in the directory; `ending` is the format's, the compression's is added.
  package func openFile(for table: Name, ending: String) throws(WriteError) -> any ByteSink & ~Copyable {
    guard case .directory(let directory) = place else {
      throw WriteError(.unsupported("output is not a directory"))
    }
    let path = directory.appending(path: name(of: table, ending: ending))
    do throws(IOError) { return try encoded(DurableFile(path)) } catch { throw WriteError(error) }
  }

  /// The output of files in a folder of the directory, which is made.
  package func folder(_ name: Name) throws(WriteError) -> Output {
    guard case .directory(let directory) = place else {
      throw WriteError(.unsupported("output is not a directory"))
    }
    let path = directory.appending(path: fileName(for: name))
    do throws(IOError) {
      try createDirectory(path)
      try synchronizeDirectory(directory)
    } catch { throw WriteError(error) }
    var output = self
    output.place = .directory(path)
    return output
  }

  /// Whether everything goes to one stream or file.
  package var isSingle: Bool {
    if case .directory = place { return false }
    return true
  }

  /// A sink for a file that describes a table's data file: beside it, named after it, never compressed.
  package func openCompanion(of table: Name, dataEnding: String, ending: String) throws(WriteError)
    -> any ByteSink & ~Copyable
  {
    let path: [UInt8]
    switch place {
    case .standardOutput: throw WriteError(.unsupported("standard output cannot carry a second file; write to a file"))
    case .file(let file): path = file
    case .directory(let directory): path = directory.appending(path: name(of: table, ending: dataEnding))
    }
    do throws(IOError) {
      return try DurableFile(path + Array(".\(ending)".utf8), replaces: replaces)
    } catch { throw WriteError(error) }
  }

  /// The name of a table's file in the directory.
  private func name(of table: Name, ending: String) -> [UInt8] {
    fileName(for: table) + Array(".\(ending)".utf8) + Array((encoder?.endings.first.map { ".\($0)" } ?? "").utf8)
  }

  private func encoded(_ sink: consuming any ByteSink & ~Copyable) throws(IOError) -> any ByteSink & ~Copyable {
    guard let encoder else { return sink }
    return try encoder.encode(sink)
  }
}

/// A file name for a table: letters, digits and `_ - . space` as they are (no leading dot), all else as `%XX`.
package func fileName(for table: Name) -> [UInt8] {
  var name: [UInt8] = []
  for (i, byte) in table.bytes.enumerated() {
    let isPlain =
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"),
        UInt8(ascii: "_"), UInt8(ascii: "-"), UInt8(ascii: " "), 0x80...:
        true
      case UInt8(ascii: "."): i > 0
      default: false
      }
    if isPlain { name.append(byte) } else { name += [UInt8(ascii: "%"), hexDigit(byte >> 4), hexDigit(byte & 15)] }
  }
  if name.isEmpty { name = Array("%".utf8) }
  return name.count > 200 ? Array(name.prefix(160)) + Array("-\(Hash128.of(table.bytes.span, seed: 0))".utf8) : name
}

package import Bytes
internal import Conversion
internal import Diagnostics
package import Records
internal import SQLText
internal import Synchronization

/// The large objects of a dump that is surveyed: measured, and written where files are wanted.
final class DumpLargeObjects: LargeObjectStore {
  private struct State: Sendable {
    /// Those that are whole, and the number of each in the stage.
    var found: [Name: (object: LargeObject, staged: Int?)] = [:]
    var current: (number: Int, file: StagedFile)?
  }
  private let state = Mutex(State())
  private let stage: FileStage?

  init(_ stage: FileStage?) { self.stage = stage }

  func begin(_ number: Name) throws(IOError) -> (any AppendableFile)? {
    let copy = try stage?.begin()
    state.withLock { $0.current = copy }
    return copy?.file
  }

  func end(_ object: LargeObject?) throws(IOError) {
    let (copy, old) = state.withLock { state in
      let copy = state.current
      state.current = nil
      guard let object, state.found.count < DumpSchema.objectLimit else { return (copy, copy?.number) }
      // What is written again replaces what was there.
      return (copy, state.found.updateValue((object, copy?.number), forKey: object.number)?.staged)
    }
    try copy?.file.finish()
    if let old { try stage?.discard(old) }
  }

  /// Says what was found of the objects that the dump declares; `lost` are not whole.
  func finish(_ objects: inout [SchemaObject], without lost: Set<Name>) throws(IOError) {
    let found = state.withLock { $0.found }
    for i in objects.indices where objects[i].kind == "large-object" {
      guard let (object, staged) = found[objects[i].name] else { continue }
      guard !lost.contains(object.number) else {
        if let staged { try stage?.discard(staged) }
        continue
      }
      let type = FileType(object.head)
      objects[i] = objects[i].measured(object.byteCount, object.sha256)
      if let type { objects[i].attributes.append(SchemaAttribute("type", Array(type.mediaType.utf8))) }
      guard let staged else { continue }
      _ = stage?.keep(staged, "large_objects", object.number, ending: Array((type?.ending ?? "").utf8), objects[i])
    }
  }
}

/// One large object, into a private file. What is written again replaces what was there.
private final class LargeObjectExtraction: LargeObjectStore {
  private let wanted: Name
  private let state = Mutex<(current: SpillFile?, found: SpillFile?)>((nil, nil))

  init(_ wanted: Name) { self.wanted = wanted }

  func begin(_ number: Name) throws(IOError) -> (any AppendableFile)? {
    let file = number == wanted ? try SpillFile() : nil
    state.withLock { $0.current = file }
    return file
  }
  func end(_ object: LargeObject?) throws(IOError) {
    state.withLock { state in
      if object != nil, state.current != nil { state.found = state.current }
      state.current = nil
    }
  }

  /// The content; nil when it did not come, or when something was about to replace it.
  func content() throws(IOError) -> SharedFile? {
    guard let file = state.withLock({ $0.current == nil ? $0.found : nil }) else { return nil }
    return try SharedFile(file)
  }
}

extension SQLDump {
  /// The content of a large object; nil when the dump does not hold it. One that is whole is there though the dump is cut off or
  /// damaged behind it.
  package func openLargeObject(_ number: Name) throws(ReadError) -> SharedFile? {
    let extraction = LargeObjectExtraction(number)
    var failure: ReadError?
    do throws(ReadError) { try read(extraction) } catch {
      if error.isInterruption { throw error }
      failure = error
    }
    let content: SharedFile?
    do throws(IOError) { content = lostLargeObjects.contains(number) ? nil : try extraction.content() } catch {
      throw ReadError(.io(error), artifact: entry.path)
    }
    if content == nil, let failure { throw failure }
    return content
  }

  private func read(_ extraction: LargeObjectExtraction) throws(ReadError) {
    // Rows are stepped over.
    var reader = SQLDumpReader(
      try openScript(onlyLargeObjects: true), sniff.syntax, wanted: [], largeObjects: extraction)
    var batch = RecordBatch()
    while try reader.nextTable() != nil { while try reader.read(into: &batch) {} }
  }
}

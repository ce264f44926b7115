internal import Diagnostics
internal import Records
internal import Synchronization

/// What is noticed while a fixture in XML or YAML is turned into lines of JSON; it outlives the source, which its reader owns.
final class FixtureNotes: Sendable {
  private struct State {
    var failure: ReadError?
    var counts: [Kind: (count: Int, offset: Int)] = [:]
  }
  /// Things that are counted.
  enum Kind: Int, CaseIterable {
    case respelt, pastValues, mergedKeys
  }

  private let state = Mutex(State())

  /// Why the text ended early.
  var failure: ReadError? { state.withLock { $0.failure } }

  func fail(_ error: ReadError) { state.withLock { $0.failure = $0.failure ?? error } }

  /// Counts a thing; true when it is the first, whose place is to be given.
  func isFirst(_ kind: Kind) -> Bool {
    state.withLock {
      $0.counts[kind, default: (0, 0)].count += 1
      return $0.counts[kind]?.count == 1
    }
  }
  func place(_ kind: Kind, at offset: Int) { state.withLock { $0.counts[kind]?.offset = offset } }

  var findings: [Finding] {
    let counts = state.withLock { $0.counts }
    return Kind.allCases.compactMap { kind in
      guard let (count, offset) = counts[kind] else { return nil }
      switch kind {
      case .respelt:
        return Finding(
          "yaml-implicit-types", .warning,
          "plain scalars mean other than they say, as when Django loads them: NO is false, 010 is 8, 12:30:45 is 45045",
          advice: "put quotes around those that are meant as text", offset: offset, count: count)
      case .pastValues:
        return Finding(
          "unread-xml-elements", .warning,
          "elements that are no fields stand in objects; they are left out, as when Django loads them",
          offset: offset, count: count)
      case .mergedKeys:
        return Finding("yaml-merged-keys", .info, "mappings take over others with '<<'", offset: offset, count: count)
      }
    }
  }
}

/// Reads lines of JSON that were made of another syntax: errors and findings are those of the original.
struct FixtureReader: RecordReader, ~Copyable {
  private var reader: any RecordReader & ~Copyable
  private let notes: FixtureNotes

  private(set) var findings: [Finding] = []

  init(_ reader: consuming any RecordReader & ~Copyable, _ notes: FixtureNotes) {
    self.reader = reader
    self.notes = notes
  }

  mutating func nextTable() throws(ReadError) -> TableSchema? {
    defer { note() }
    do throws(ReadError) {
      if let table = try reader.nextTable() { return table }
    } catch { throw original(error) }
    if let failure = notes.failure { throw failure }
    return nil
  }

  mutating func read(into batch: inout RecordBatch) throws(ReadError) -> Bool {
    do throws(ReadError) { return try reader.read(into: &batch) } catch {
      note()
      throw original(error)
    }
  }

  /// Places in the lines of JSON mean nothing to people.
  private func original(_ error: ReadError) -> ReadError {
    var original = notes.failure ?? error
    if notes.failure == nil { original.offset = nil }
    original.record = original.record ?? error.record
    return original
  }

  /// Takes over what was noticed.
  private mutating func note() {
    findings = reader.findings
    for i in findings.indices { findings[i].offset = nil }
    findings += notes.findings
  }
}

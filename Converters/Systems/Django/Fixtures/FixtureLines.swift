internal import Bytes
internal import Synchronization

/// The lines of JSON that a fixture in XML or YAML was turned into, kept for further passes: parsing takes far longer than
/// reading them again.
final class FixtureLines: Sendable {
  private struct State {
    var byteCount: Int64 = 0
    var isClaimed = false
    var isWhole = false
    var isBroken = false
  }
  private let file: SpillFile
  private let state = Mutex(State())
  let notes = FixtureNotes()

  /// nil when there is no room for such a file.
  init?() {
    guard let file = try? SpillFile() else { return nil }
    self.file = file
  }

  /// Whether all lines are there, up to the error that ended them if one did.
  var isWhole: Bool { state.withLock { $0.isWhole } }

  /// Whether the caller is the first to read the fixture, who writes the lines.
  func claim() -> Bool {
    state.withLock { state in
      let isFirst = !state.isClaimed
      state.isClaimed = true
      return isFirst
    }
  }

  /// Appends a part of the lines. When that cannot be done they are not kept.
  func append(_ bytes: Span<UInt8>) {
    guard !state.withLock({ $0.isBroken }) else { return }
    let isKept = (try? file.append(bytes)) != nil
    let count = Int64(bytes.count)
    state.withLock {
      if isKept { $0.byteCount += count } else { $0.isBroken = true }
    }
  }

  /// Says that no more lines come.
  func finish() { state.withLock { $0.isWhole = !$0.isBroken } }

  /// The lines from their beginning on.
  func source() -> any ByteSource & ~Copyable {
    FixtureLinesSource(lines: self, source: SpillSource(file, count: state.withLock { $0.byteCount }))
  }
}

/// Lines that were kept, and the error behind them.
private struct FixtureLinesSource: ByteSource, ~Copyable {
  let lines: FixtureLines
  var source: SpillSource

  mutating func read(into buffer: inout OutputRawSpan) throws(IOError) {
    let before = buffer.byteCount
    try source.read(into: &buffer)
    if buffer.byteCount == before, buffer.freeCapacity > 0, lines.notes.failure != nil { throw lines.notes.thrown }
  }
}

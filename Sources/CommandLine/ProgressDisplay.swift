package import Bytes
internal import Diagnostics
internal import Synchronization

/// Shows on standard error how far a long operation has come: a line that is drawn over on a terminal, elsewhere a line
/// every 30 seconds.
package final class ProgressDisplay: Sendable {
  private struct State {
    var hasLine = false
    var ticks = 0
  }
  private let progress: Progress
  private let terminal: Terminal
  private let verb: String
  private let began = monotonicNanoseconds()
  private let state = Mutex(State())
  private let ticker = Mutex<Ticker?>(nil)

  /// Begins to show `progress` of an operation such as `reading`.
  package static func begin(_ verb: String, _ progress: Progress, on terminal: Terminal) -> ProgressDisplay {
    let display = ProgressDisplay(verb, progress, terminal)
    let ticker = Ticker.start(every: terminal.isInteractive ? 200 : 30_000) { display.tick() }
    // The ticker keeps the display alive until `end`.
    display.ticker.withLock { $0 = ticker }
    return display
  }

  private init(_ verb: String, _ progress: Progress, _ terminal: Terminal) {
    self.verb = verb
    self.progress = progress
    self.terminal = terminal
  }

  /// Takes the line away and shows nothing any more. Must be called.
  package func end() {
    let ticker = ticker.withLock { ticker in
      defer { ticker = nil }
      return ticker
    }
    ticker?.stop()
    clear()
  }

  /// Takes the line away until it is drawn again, to make room for other output.
  package func clear() {
    state.withLock { state in
      if state.hasLine { writeStandardError("\r\u{1B}[K") }
      state.hasLine = false
    }
  }

  private func tick() {
    state.withLock { state in
      state.ticks += 1
      guard terminal.isInteractive else { return writeStandardError(line + "\n") }
      // Whatever is over within a second needs no line.
      guard state.ticks >= 5 else { return }
      state.hasLine = true
      writeStandardError("\r" + truncated(line, to: (terminal.width ?? 80) - 1) + "\u{1B}[K")
    }
  }

  private var line: String {
    progressLine(
      verb, done: progress.bytesDone, total: progress.bytesTotal, current: progress.current,
      nanoseconds: monotonicNanoseconds() - began)
  }
}

/// Such as `reading 1.2 GB of 4.0 GB · 30 % · 310 MB/s · 9 s left · auth_user`.
func progressLine(_ verb: String, done: Int64, total: Int64, current: [UInt8], nanoseconds: Int64) -> String {
  var parts = ["\(verb) \(humanSize(done))"]
  if total > 0 {
    parts[0] += " of \(humanSize(max(total, done)))"
    parts.append("\(min(100, Int(Double(done) / Double(total) * 100))) %")
  }
  let seconds = Double(max(nanoseconds, 1)) / 1e9
  let rate = Double(done) / seconds
  if done > 0 { parts.append("\(humanSize(Int64(rate)))/s") }
  if total > done, rate > 0 {
    let left = Double(total - done) / rate
    parts.append(left < 90 ? "\(Int(left.rounded(.up))) s left" : "\(Int((min(left, 1e9) / 60).rounded(.up))) min left")
  }
  if !current.isEmpty { parts.append(displayed(current)) }
  return parts.joined(separator: " · ")
}

/// Writes a message to standard error; where that cannot be written, nobody could be told.
package func writeStandardError(_ text: String) {
  let bytes = Array(text.utf8)
  try? standardError.writeAll(bytes.span)
}
private let standardError = Descriptor(owning: 2)

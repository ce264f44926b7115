package import Bytes
internal import Diagnostics
internal import Synchronization

/// Shows how far a long operation has come.
package final class ProgressDisplay: Sendable {
  /// In what way, and how often.
  package enum Style: Sendable {
    /// A line on a terminal of so many columns, drawn over five times a second.
    case drawn(columns: Int)
    /// A line every 30 seconds, where nobody draws.
    case lines
    /// A `status` message of JSON Lines every second, for programs.
    case messages

    /// Milliseconds between two.
    var interval: Int {
      switch self {
      case .drawn: 200
      case .lines: 30_000
      case .messages: 1000
      }
    }
    /// The first one that is shown: what is over within a second needs none.
    var first: Int { max(1, 1000 / interval) }

    /// What suits people at standard error.
    package init(_ terminal: Terminal) {
      self = terminal.isInteractive ? .drawn(columns: terminal.width ?? 80) : .lines
    }
  }
  private struct State {
    var hasLine = false
    var ticks = 0
  }
  private let progress: Progress
  private let style: Style
  private let verb: String
  private let write: @Sendable (String) -> Void
  private let began = monotonicNanoseconds()
  private let state = Mutex(State())
  private let ticker = Mutex<Ticker?>(nil)

  /// Begins to show `progress` of an operation such as `reading`; `write` is called from a thread of its own.
  package static func begin(
    _ verb: String, _ progress: Progress, as style: Style,
    write: @escaping @Sendable (String) -> Void = writeStandardError
  ) -> ProgressDisplay {
    begin(verb, progress, as: style, every: style.interval, write: write)
  }

  /// The same at another pace, for tests.
  static func begin(
    _ verb: String, _ progress: Progress, as style: Style, every milliseconds: Int,
    write: @escaping @Sendable (String) -> Void
  ) -> ProgressDisplay {
    let display = ProgressDisplay(verb, progress, style, write)
    let ticker = Ticker.start(every: milliseconds) { display.tick() }
    // The ticker keeps the display alive until `end`.
    display.ticker.withLock { $0 = ticker }
    return display
  }

  private init(_ verb: String, _ progress: Progress, _ style: Style, _ write: @escaping @Sendable (String) -> Void) {
    self.verb = verb
    self.progress = progress
    self.style = style
    self.write = write
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
      if state.hasLine { write("\r\u{1B}[K") }
      state.hasLine = false
    }
  }

  private func tick() {
    state.withLock { state in
      state.ticks += 1
      guard state.ticks >= style.first else { return }
      switch style {
      case .drawn(let columns):
        state.hasLine = true
        write("\r" + truncated(figures.line, to: columns - 1) + "\u{1B}[K")
      case .lines: write(figures.line + "\n")
      case .messages: write(String(decoding: jsonLine(figures.message), as: UTF8.self))
      }
    }
  }

  private var figures: ProgressFigures {
    ProgressFigures(
      verb: verb, done: progress.bytesDone, total: progress.bytesTotal, current: progress.current,
      nanoseconds: monotonicNanoseconds() - began)
  }
}

/// Writes a message to standard error; where that cannot be written, nobody could be told.
package func writeStandardError(_ text: String) {
  let bytes = Array(text.utf8)
  try? standardError.writeAll(bytes.span)
}
private let standardError = Descriptor(owning: 2)

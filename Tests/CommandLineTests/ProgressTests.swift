import Bytes
import Synchronization
import Testing

@testable import CommandLine

@Suite struct ProgressTests {
  private static func figures(
    _ done: Int64, of total: Int64, _ seconds: Double, current: String = ""
  ) -> ProgressFigures {
    ProgressFigures(
      verb: "reading", done: done, total: total, current: Array(current.utf8), nanoseconds: Int64(seconds * 1e9))
  }

  @Test(
    arguments: [
      (
        figures(1_200_000_000, of: 4_000_000_000, 4, current: "auth\u{1B}user"),
        "reading 1.2 GB of 4.0 GB · 30 % · 300 MB/s · 10 s left · auth\\u{1b}user"
      ),
      (figures(0, of: 0, 0), "reading 0 B"), (figures(0, of: 10, 1), "reading 0 B of 10 B · 0 %"),
      (figures(5, of: 3, 1), "reading 5 B of 5 B · 100 % · 5 B/s"),
      (figures(1_000_000, of: 1_000_000_000, 1), "reading 1.0 MB of 1.0 GB · 0 % · 1.0 MB/s · 17 min left"),
    ] as [(ProgressFigures, String)])
  func lines(_ figures: ProgressFigures, _ line: String) {
    #expect(figures.line == line)
  }

  @Test(
    arguments: [
      (
        figures(1_200_000, of: 4_000_000, 4.9, current: "a\u{1B}\""),
        #""seconds_elapsed":4,"bytes_done":1200000,"bytes_total":4000000,"bytes_per_second":244897,"seconds_left":12,"#
          + #""current":"a\u001b\"""#
      ),
      (
        figures(0, of: 0, 1),
        #""seconds_elapsed":1,"bytes_done":0,"bytes_total":null,"bytes_per_second":0,"seconds_left":null,"current":null"#
      ),
      (
        figures(5, of: 3, 1),
        #""seconds_elapsed":1,"bytes_done":5,"bytes_total":5,"bytes_per_second":5,"seconds_left":null,"current":null"#
      ),
    ] as [(ProgressFigures, String)])
  func messages(_ figures: ProgressFigures, _ fields: String) {
    let line = String(decoding: jsonLine(figures.message), as: UTF8.self)
    #expect(line == #"{"message_type":"status","action":"reading","# + fields + "}\n")
  }

  @Test func nobodyIsToldTooOften() {
    for style in [ProgressDisplay.Style.drawn(columns: 80), .lines, .messages] {
      // Nothing within the first second, and no more than is asked for after it.
      #expect(style.interval * style.first >= 1000)
      #expect(style.interval >= 100)
    }
    #expect(ProgressDisplay.Style.messages.interval >= 500)
    #expect(ProgressDisplay.Style.lines.interval == 30_000)
  }

  @Test(arguments: [ProgressDisplay.Style.drawn(columns: 30), .lines, .messages])
  func displaysShowWhatIsCounted(_ style: ProgressDisplay.Style) async throws {
    let (texts, sink) = AsyncStream<String>.makeStream()
    let late = Mutex(0), progress = Progress()
    progress.expect(2_000_000)
    let display = ProgressDisplay.begin("reading", progress, as: style, every: 5) { text in
      if case .terminated = sink.yield(text) { late.withLock { $0 += 1 } }
    }
    progress.add(1_000_000)
    var shown: [String] = [], next = texts.makeAsyncIterator()
    while shown.count < 3, let text = await next.next() { shown.append(text) }
    display.end()
    display.end()
    sink.finish()
    while let text = await next.next() { shown.append(text) }
    // Another display has time for three texts, and the one that has ended writes none.
    let (others, other) = AsyncStream<String>.makeStream()
    let second = ProgressDisplay.begin("reading", progress, as: style, every: 5) { other.yield($0) }
    var count = 0, another = others.makeAsyncIterator()
    while count < 3, await another.next() != nil { count += 1 }
    second.end()
    #expect(late.withLock { $0 } == 0)
    #expect(shown.count >= 3)
    for text in shown.dropLast() {
      switch style {
      case .drawn: #expect(text.hasPrefix("\rreading ") && text.hasSuffix("\u{1B}[K") && !text.contains("\n"))
      case .lines: #expect(text.hasPrefix("reading ") && text.hasSuffix("\n") && !text.contains("\u{1B}"))
      case .messages: #expect(text.hasPrefix("{\"message_type\":\"status\"") && text.hasSuffix("}\n"))
      }
    }
    #expect(shown.contains { $0.contains("1.0 MB of 2.0 MB") || $0.contains("\"bytes_done\":1000000") })
    // A drawn line is taken away at the end, and nothing comes after that.
    if case .drawn = style { #expect(shown.last == "\r\u{1B}[K") }
  }
}

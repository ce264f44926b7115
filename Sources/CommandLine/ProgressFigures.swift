internal import Bytes
internal import Diagnostics

/// How far an operation has come, in figures, for people and programs.
struct ProgressFigures {
  /// Such as `reading`.
  var verb: String
  var done: Int64
  /// 0 when it is not known.
  var total: Int64
  /// What is being dealt with; of unknown origin.
  var current: [UInt8]
  var nanoseconds: Int64

  /// Bytes in a second, on the average so far.
  private var rate: Double { Double(done) / (Double(max(nanoseconds, 1)) / 1e9) }
  /// Seconds that the rest will take at this rate; nil when that is not known.
  private var secondsLeft: Double? { total > done && done > 0 ? Double(total - done) / rate : nil }

  /// Such as `reading 1.2 GB of 4.0 GB · 30 % · 310 MB/s · 9 s left · auth_user`.
  var line: String {
    var parts = ["\(verb) \(humanSize(done))"]
    if total > 0 {
      parts[0] += " of \(humanSize(max(total, done)))"
      parts.append("\(min(100, Int(Double(done) / Double(total) * 100))) %")
    }
    if done > 0 { parts.append("\(humanSize(Int64(rate)))/s") }
    if let left = secondsLeft {
      parts.append(
        left < 90 ? "\(Int(left.rounded(.up))) s left" : "\(Int((min(left, 1e9) / 60).rounded(.up))) min left")
    }
    if !current.isEmpty { parts.append(displayed(current)) }
    return parts.joined(separator: " · ")
  }

  /// A `status` message. The bytes are those of everything that has to be read, which may be the same file several times.
  var message: [Value.Field] {
    [
      .init("message_type", .text("status")), .init("action", .text(verb)),
      .init("seconds_elapsed", .integer(nanoseconds / 1_000_000_000)), .init("bytes_done", .integer(done)),
      .init("bytes_total", total > 0 ? .integer(max(total, done)) : .absent),
      .init("bytes_per_second", .integer(Int64(rate))),
      .init("seconds_left", secondsLeft.map { .integer(Int64(min($0, 1e9).rounded(.up))) } ?? .absent),
      .init("current", current.isEmpty ? .absent : .bytes(current)),
    ]
  }
}

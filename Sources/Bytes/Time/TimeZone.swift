/// The offsets from UTC that a place has had and will have.
///
/// A zone is a list of moments at which the offset changed, as the system's zone files have it, and a rule for all later
/// years. It is a value, read once; nothing of the process-wide state behind `localtime` is touched.
public struct TimeZone: Equatable, Sendable {
  /// Seconds since 1970 at which the offset changed, growing.
  var changes: [Int64] = []
  /// Seconds east of UTC from each change on.
  var offsets: [Int32] = []
  /// Seconds east of UTC before the first change.
  var first: Int32
  /// What holds from the last change on; nil keeps its offset.
  var rule: ZoneRule?

  /// A zone that is always so many seconds east of UTC.
  public init(secondsEast: Int) { first = Int32(truncatingIfNeeded: secondsEast) }

  init(changes: [Int64], offsets: [Int32], first: Int32, rule: ZoneRule?) {
    self.changes = changes
    self.offsets = offsets
    self.first = first
    // A rule that only says what holds anyway is none, so that equal zones are equal values.
    let isIdle = changes.isEmpty && rule?.start == nil && rule.map { $0.standard == Int(first) } ?? true
    self.rule = isIdle ? nil : rule
  }

  /// Coordinated universal time.
  public static let utc = TimeZone(secondsEast: 0)

  /// Seconds east of UTC at a moment in seconds since 1970.
  public func offset(at seconds: Int64) -> Int {
    guard let last = changes.last, seconds < last else {
      if let rule { return rule.offset(at: seconds) }
      return Int(offsets.last ?? first)
    }
    // The number of changes that have taken place.
    var low = 0
    var high = changes.count
    while low < high {
      let middle = (low + high) / 2
      if changes[middle] <= seconds { low = middle + 1 } else { high = middle }
    }
    return Int(low == 0 ? first : offsets[low - 1])
  }

  /// The moment, in microseconds since 1970 UTC, at which clocks show `wallClock`, in the same unit as if it were UTC.
  ///
  /// Of two such moments, when clocks are put back, it is the first. When clocks are put forward some times are never
  /// shown; they are counted on from the moment of the change, as if the clocks had been put forward later.
  public func microseconds(ofWallClock wallClock: Int64) -> Int64 {
    let seconds = wallClock.flooredQuotient(1_000_000)
    let day: Int64 = 86_400
    let before = offset(at: seconds.saturatingSum(-day)), after = offset(at: seconds.saturatingSum(day))
    let earlier = seconds.saturatingSum(-Int64(before)), later = seconds.saturatingSum(-Int64(after))
    let isLater = offset(at: earlier) != before && offset(at: later) == after
    return wallClock.saturatingSum(-Int64(isLater ? after : before) * 1_000_000)
  }
}

/// A point in time as RFC 3339 text in a zone, such as `2026-02-05T08:54:39+01:00`; in UTC it ends in `Z`.
public func rfc3339(microseconds: Int64, in zone: TimeZone) -> String {
  guard zone != .utc else { return rfc3339(microseconds: microseconds) }
  // Offsets of whole minutes are all that RFC 3339 can say; the local mean times of old have seconds.
  let minutes = zone.offset(at: microseconds.flooredQuotient(1_000_000)) / 60
  let text = rfc3339(microseconds: microseconds.saturatingSum(Int64(minutes) * 60_000_000))
  let size = Int(minutes.magnitude)
  return text.dropLast() + (minutes < 0 ? "-" : "+") + padded(size / 60, 2) + ":" + padded(size % 60, 2)
}

extension Int64 {
  /// The sum, or what is nearest to it.
  fileprivate func saturatingSum(_ other: Int64) -> Int64 {
    let (sum, isOver) = addingReportingOverflow(other)
    return isOver ? (other < 0 ? .min : .max) : sum
  }
}

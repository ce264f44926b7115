/// How a quantity goes from one backup to the next, and what that lets expect of the one after.
///
/// Changes are compared with those before them, by medians: neither one leap nor a backup that is late makes an alarm of all that
/// follow.
struct Steps: Sendable {
  /// What a quantity would be if it went on as before.
  struct Expectation: Sendable {
    var previous: Double
    var value: Double
    /// How far values usually are from what was expected of them; nil when too little is known.
    var spread: Double?
  }

  /// Changes that are looked back on, and least number of them that says what is usual.
  private static let window = 30, least = 3
  /// Backups that follow each other faster count as an hour apart.
  private static let leastDays = 1.0 / 24

  private var last: (value: Double, day: Double)?
  private var changes: [(by: Double, days: Double)] = []

  /// Usual change a day; nil when too little is known.
  var rate: Double? { changes.isEmpty ? nil : median(changes.map { $0.by / $0.days }) }

  /// Takes the next value; what was expected of it, unless it is the first.
  mutating func take(_ value: Double, day: Double) -> Expectation? {
    guard let last else {
      self.last = (value, day)
      return nil
    }
    let days = max(day - last.day, Self.leastDays)
    var expectation = Expectation(previous: last.value, value: last.value)
    if changes.count >= Self.least, let rate {
      expectation.value = last.value + rate * days
      expectation.spread = spread(median(changes.map { abs($0.by - rate * $0.days) }))
    }
    changes.append((value - last.value, days))
    if changes.count > Self.window { changes.removeFirst() }
    self.last = (value, day)
    return expectation
  }
}

/// A share that should stay about what it is.
struct Level: Sendable {
  private static let window = 30, least = 3
  private var values: [Double] = []

  /// Takes the next share; the usual one and how far shares are from it, once enough is known.
  mutating func take(_ value: Double) -> (usual: Double, spread: Double)? {
    defer {
      values.append(value)
      if values.count > Self.window { values.removeFirst() }
    }
    guard values.count >= Self.least else { return nil }
    let usual = median(values)
    return (usual, spread(median(values.map { abs($0 - usual) })))
  }
}

/// The standard deviation of a normal distribution of which half is nearer to its middle than `half`.
private func spread(_ half: Double) -> Double { 1.4826 * half }

/// The middle of some values, of which there is one at least.
private func median(_ values: [Double]) -> Double {
  let sorted = values.sorted(), middle = sorted.count / 2
  return sorted.count % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
}

internal import Bytes
internal import Diagnostics
internal import Records

/// What psql would keep in mind of a script.
struct PsqlScript {
  /// Bytes that may follow the semicolon of a COPY statement on its line, comments and white space excepted.
  static let lineLimit = 4 << 10
  /// Statements COPY that are sent at once.
  static let copyLimit = 1_000
  /// Bytes that are looked at again because of commands in the midst of statements.
  static let workLimit = 256 << 20

  var branches = PsqlBranches()
  /// Where in the statement at hand the text begins that is left out, while no branch is taken.
  var leftOut = 0
  /// Bytes that were looked at again.
  var work = 0
  /// The COPY statements whose rows come next, and their offsets; once all that is sent at once has been read.
  var copies: [(header: SQLCopyHeader, start: Int)] = []
  var isSent = false
  /// What stood behind a COPY statement on its line, and comes behind its rows.
  var line: [UInt8] = []
}

// Commands of psql, and what it does about COPY. Nothing is executed.
extension SQLDumpReader {
  /// Takes in the command at a place in the statement at hand, or before one, as psql would: the statement is sent, dropped, or goes
  /// on without the command.
  mutating func meetCommand(at place: Int) throws(ReadError) {
    if place + 1 == window.heap.count, window.refill() { return }
    if window.heap.matches("\\;", at: place), script.branches.isActive {
      // A semicolon behind a backslash separates what is sent at once.
      try take(window.position..<place)
      guard script.copies.count <= PsqlScript.copyLimit else {
        throw failed(.tooMany(what: "COPY statements at once", limit: PsqlScript.copyLimit), at: place)
      }
      window.position = place + 2
      return
    }
    if window.heap.matches("\\;", at: place) || window.heap.matches("\\:", at: place) {
      return try goOn(without: place..<(place + 1))
    }
    guard let lineEnd = try lineEnd(from: place) else { return }
    var line = Array(window.heap.span(at: place, count: lineEnd - place))
    while let last = line.last, last == 0x0A || last == 0x0D { line.removeLast() }
    let command = PsqlCommand(line), behind = place + command.end
    let wasActive = script.branches.isActive
    if wasActive || command.meaning == .branch { note(command, line, place) }
    switch command.meaning {
    case .branch: try changeBranch(command.word, line[command.arguments], place..<behind)
    case .send where wasActive:
      try take(window.position..<place)
      try endOfBatch(at: behind)
    case .drop where wasActive: window.position = behind
    case .copy where wasActive && window.position == place:
      window.position = behind
      if let copy = SQLCopyHeader(Array(line.dropFirst())) {
        script.copies.append((copy, window.base + place))
        try endOfBatch(at: behind)
      }
    case .send, .drop, .copy, .other: try goOn(without: place..<behind)
    }
  }

  /// Whether the command at a place within INSERT has been taken in as one that leaves the statement as it is.
  mutating func stepsOverCommand(at place: Int) throws(ReadError) -> Bool {
    guard !window.heap.matches("\\;", at: place) else { return false }
    guard let lineEnd = try lineEnd(from: place) else { return true }
    let line = Array(window.heap.span(at: place, count: lineEnd - place)), command = PsqlCommand(line)
    guard command.meaning == .other, window.position < place else { return false }
    note(command, line, place)
    try goOn(without: place..<(place + command.end))
    return true
  }
  private mutating func note(_ command: PsqlCommand, _ line: [UInt8], _ place: Int) {
    let text = Array(line[..<command.arguments.upperBound])
    watcher?(text, window.base + place)
    schema.addMetaCommand(text, at: window.base + place)
  }

  private mutating func changeBranch(
    _ word: Name, _ condition: ArraySlice<UInt8>, _ range: Range<Int>
  ) throws(ReadError) {
    let wasActive = script.branches.isActive
    guard script.branches.take(word, condition) else {
      throw failed(.tooMany(what: "branches within each other", limit: PsqlBranches.limit), at: range.lowerBound)
    }
    switch (wasActive, script.branches.isActive) {
    case (true, false):
      script.leftOut = range.lowerBound - window.position
      try goOn(without: range)
    case (false, true): try leaveOut(to: range.upperBound)
    default: try goOn(without: range)
    }
  }

  /// Leaves out the text of a branch that is not taken, up to a place.
  mutating func leaveOut(to end: Int) throws(ReadError) {
    try goOn(without: (window.position + script.leftOut)..<end)
  }

  /// Goes on with the statement at hand as if part of it were not there.
  private mutating func goOn(without range: Range<Int>) throws(ReadError) {
    guard range.lowerBound > window.position else {
      window.position = range.upperBound
      return
    }
    script.work += range.upperBound - window.position
    guard script.work <= PsqlScript.workLimit else {
      throw failed(.refused("commands of psql in the midst of statements are too many"), at: range.lowerBound)
    }
    window.blank(range)
  }

  /// Moves behind what psql sends at once; the rows of its COPY statements come next.
  mutating func endOfBatch(at behind: Int) throws(ReadError) {
    guard !script.copies.isEmpty else {
      window.position = behind
      return
    }
    // psql reads the rows from the next line on, and then what stands behind the semicolon.
    var end = behind
    while foundLineEnd(from: end) == nil {
      let ahead = end - window.position
      if window.isLast { throw cutOff() }
      guard window.refill() else { throw cutOff() }
      end = window.position + ahead
    }
    let feed = foundLineEnd(from: end) ?? end
    if !isBlank(end..<feed) {
      guard feed - end <= PsqlScript.lineLimit else {
        throw failed(.tooLarge(what: "line behind COPY", limit: PsqlScript.lineLimit), at: end)
      }
      script.line = Array(window.heap.span(at: end, count: feed - end))
    }
    script.isSent = true
    window.position = feed
  }

  /// Whether a line holds at most a comment that ends with it.
  private func isBlank(_ line: Range<Int>) -> Bool {
    var at = line.lowerBound
    while at < line.upperBound, window.heap[at] <= 0x20 { at += 1 }
    return at == line.upperBound || window.heap.matches("--", at: at)
  }

  /// Sets up the rows of the next COPY statement that was sent, if there is one.
  mutating func beginsCopy() throws(ReadError) -> Bool {
    guard script.isSent else { return false }
    guard !script.copies.isEmpty else {
      window.putBack(script.line)
      script.line = []
      script.isSent = false
      return false
    }
    let (copy, start) = script.copies.removeFirst()
    try begin(copy.table, columns: watcher == nil ? copy.columns : [], width: nil, start: start)
    if watcher == nil { try apply(copy, start) }
    phase = .copy
    return true
  }
}

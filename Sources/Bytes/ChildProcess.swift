internal import CBytes
internal import Glibc

/// A program that runs beside this one and whose standard output is read; it has no standard input. Its output ends with an error
/// when the program fails.
///
/// When the value goes away before the program has ended, the program is ended; when this process is killed, the next write of the
/// program fails, for nobody reads it.
public struct ChildProcess: ByteSource, ~Copyable {
  private let process: pid_t
  private var output: FileSource
  private let name: [UInt8]
  private var isOver = false
  /// What it writes to standard error; may be read when the output has been.
  public let remarks: Remarks

  /// What a program wrote to standard error.
  public final class Remarks: Sendable {
    fileprivate let file: SpillFile
    fileprivate init() throws(IOError) { file = try SpillFile() }
    /// Its first lines.
    public func lines(limit: Int = 1 << 14) throws(IOError) -> [[UInt8]] {
      var source: any ByteSource & ~Copyable = SpillSource(file, count: min(try file.byteCount(), Int64(limit)))
      return try readAll(&source, limit: limit).split(separator: UInt8(ascii: "\n")).map(Array.init)
    }
  }

  /// Starts the program at a path. `environment` is added to ours: what nobody else may see stands there and not in `words`.
  public init(_ words: [[UInt8]], environment: [(name: String, value: [UInt8])] = []) throws(IOError) {
    var ends: [CInt] = [-1, -1]
    guard pipe(&ends) == 0 else { throw IOError("pipe", errno: errno) }
    for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    let writing = Descriptor(owning: ends[1]), output = FileSource(owning: Descriptor(owning: ends[0]))
    let remarks = try Remarks()
    let process = try spawn(
      words, environment, output: writing.number, errors: remarks.file.descriptor.number, isDetached: false)
    name = words[0].lastPathComponent
    self.process = process
    self.remarks = remarks
    self.output = output
  }
  deinit {
    guard !isOver else { return }
    kill(process, SIGTERM)
    var status: CInt = 0
    while waitpid(process, &status, 0) < 0 && errno == EINTR {}
  }

  public mutating func read(into buffer: inout OutputRawSpan) throws(IOError) {
    guard !isOver else { return }
    let before = buffer.byteCount
    try output.read(into: &buffer)
    guard buffer.byteCount == before, buffer.freeCapacity > 0 else { return }
    let code = wait()
    guard code != 0 else { return }
    let said = try remarks.lines().first.map(plain) ?? "it ended with exit code \(code)"
    throw IOError("run", path: name, detail: said)
  }

  private mutating func wait() -> Int {
    var status: CInt = 0
    while waitpid(process, &status, 0) < 0 && errno == EINTR {}
    isOver = true
    return status & 0x7F == 0 ? Int(status >> 8 & 0xFF) : 128 + Int(status & 0x7F)
  }

  /// Starts this program once more, in a session of its own that no terminal ends; what it prints goes to the end of `log`,
  /// which must not exist. The number of its process.
  public static func startAgain(_ arguments: [[UInt8]], log: [UInt8]) throws(IOError) -> Int {
    let file = try Descriptor(log, flags: O_WRONLY | O_CREAT | O_EXCL | O_APPEND | O_NOFOLLOW, mode: 0o600)
    let program = try realPath(Array("/proc/self/exe".utf8))
    return Int(try spawn([program] + arguments, [], output: file.number, errors: file.number, isDetached: true))
  }

  /// Whether a path names a program that may be run.
  public static func isProgram(_ path: [UInt8]) -> Bool {
    guard let status = try? fileStatus(path), status.kind == .regular else { return false }
    return withPath(path) { access($0, X_OK) } == 0
  }
}

/// A line of unknown origin, fit for a terminal.
private func plain(_ line: [UInt8]) -> String {
  String(decoding: line.map { $0 >= 0x20 && $0 < 0x7F ? $0 : UInt8(ascii: "?") }, as: UTF8.self)
}

private func spawn(
  _ words: [[UInt8]], _ added: [(name: String, value: [UInt8])], output: CInt, errors: CInt, isDetached: Bool
) throws(IOError) -> pid_t {
  var actions = posix_spawn_file_actions_t(), attributes = posix_spawnattr_t()
  posix_spawn_file_actions_init(&actions)
  defer { posix_spawn_file_actions_destroy(&actions) }
  posix_spawnattr_init(&attributes)
  defer { posix_spawnattr_destroy(&attributes) }
  posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
  posix_spawn_file_actions_adddup2(&actions, output, 1)
  posix_spawn_file_actions_adddup2(&actions, errors, 2)
  // What this program ignores or blocks is its own affair.
  var unblocked = sigset_t(), usual = sigset_t()
  sigemptyset(&unblocked)
  sigemptyset(&usual)
  for signal in [SIGINT, SIGTERM, SIGHUP, SIGPIPE, SIGXFSZ] { sigaddset(&usual, signal) }
  posix_spawnattr_setsigmask(&attributes, &unblocked)
  posix_spawnattr_setsigdefault(&attributes, &usual)
  var flags = POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF
  if isDetached { flags |= setsidFlag }
  posix_spawnattr_setflags(&attributes, Int16(flags))
  var argv = words.map(cString) + [nil]
  var envp = variables(with: added).map(cString) + [nil]
  defer { for word in argv + envp { free(word) } }
  var process = pid_t()
  let code = withPath(words[0]) { posix_spawn(&process, $0, &actions, &attributes, &argv, &envp) }
  guard code == 0 else { throw IOError("run", errno: code, path: words[0]) }
  return process
}

/// `POSIX_SPAWN_SETSID`, which glibc shows to GNU programs only.
private let setsidFlag: CInt = 0x80

/// Our environment with some variables put in.
private func variables(with added: [(name: String, value: [UInt8])]) -> [[UInt8]] {
  let own = added.map { Array($0.name.utf8) + [UInt8(ascii: "=")] }
  var all: [[UInt8]] = []
  var next = environ
  while let entry = next.pointee {
    let bytes = Array(UnsafeRawBufferPointer(start: entry, count: strlen(entry)))
    if !own.contains(where: { bytes.starts(with: $0) }) { all.append(bytes) }
    next += 1
  }
  return all + zip(own, added).map { $0 + $1.value }
}

private func cString(_ bytes: [UInt8]) -> UnsafeMutablePointer<CChar>? {
  withPath(bytes) { strdup($0) }
}

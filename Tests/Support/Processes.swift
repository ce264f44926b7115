internal import Bytes
internal import Glibc

/// What a finished process left behind.
package struct ProcessResult: Sendable {
  /// Exit code; 128 + number when a signal ended it.
  package var exitCode: Int
  package var output: [UInt8]
  package var errorOutput: [UInt8]
  package var text: String { String(decoding: output, as: UTF8.self) }
  package var errorText: String { String(decoding: errorOutput, as: UTF8.self) }
}

/// Runs a program found on PATH to its end; `input` is its standard input, `environment` is added to ours.
package func run(
  _ arguments: [String], input: [UInt8] = [], environment: [String: String] = [:], directory: String? = nil
) throws -> ProcessResult {
  let place = try TemporaryDirectory()
  let (inPath, outPath, errPath) = (place.path + "/in", place.path + "/out", place.path + "/err")
  try writeFile(inPath, input)
  var actions = posix_spawn_file_actions_t()
  posix_spawn_file_actions_init(&actions)
  defer { posix_spawn_file_actions_destroy(&actions) }
  posix_spawn_file_actions_addopen(&actions, 0, inPath, O_RDONLY, 0)
  posix_spawn_file_actions_addopen(&actions, 1, outPath, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
  posix_spawn_file_actions_addopen(&actions, 2, errPath, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
  // The thread that runs tests may block signals: a child that waits for its own children would wait for ever.
  var attributes = posix_spawnattr_t()
  posix_spawnattr_init(&attributes)
  defer { posix_spawnattr_destroy(&attributes) }
  var unblocked = sigset_t()
  sigemptyset(&unblocked)
  posix_spawnattr_setsigmask(&attributes, &unblocked)
  posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK))
  var variables: [String: String] = ["SWIFT_BACKTRACE": "enable=no"]
  var next = environ
  while let entry = next.pointee {
    let text = String(cString: entry)
    if let equals = text.firstIndex(of: "=") {
      variables[String(text[..<equals])] = String(text[text.index(after: equals)...])
    }
    next += 1
  }
  variables.merge(environment) { $1 }
  let words = directory.map { ["env", "-C", $0] + arguments } ?? arguments
  var argv = words.map { strdup($0) } + [nil]
  var envp = variables.map { strdup("\($0.key)=\($0.value)") } + [nil]
  defer { for p in argv + envp { free(p) } }
  var pid = pid_t()
  let code = posix_spawnp(&pid, words[0], &actions, &attributes, &argv, &envp)
  guard code == 0 else { throw IOError("run", errno: code, path: Array(arguments[0].utf8)) }
  var status: CInt = 0
  while waitpid(pid, &status, 0) < 0 && errno == EINTR {}
  let exitCode = status & 0x7F == 0 ? Int(status >> 8 & 0xFF) : 128 + Int(status & 0x7F)
  return ProcessResult(exitCode: exitCode, output: try readFile(outPath), errorOutput: try readFile(errPath))
}

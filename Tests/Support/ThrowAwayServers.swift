internal import Bytes
internal import Glibc
internal import Synchronization

/// A PostgreSQL cluster of its own: on a socket in a private directory, without TCP, gone with the value.
package final class ThrowAwayPostgres: Sendable {
  /// Where its socket is.
  package let place: String
  private let programs: String

  /// Whether the server's programs are installed.
  package static var isAvailable: Bool { programs != nil }

  private static let programs: String? = {
    let installed = ((try? directoryNames(Array("/usr/lib/postgresql".utf8))) ?? []).map {
      "/usr/lib/postgresql/" + String(decoding: $0, as: UTF8.self) + "/bin"
    }
    return installed.last { access($0 + "/initdb", X_OK) == 0 }
  }()

  /// Starts a server.
  package init() throws {
    guard let programs = Self.programs else { throw IOError("run", detail: "PostgreSQL is not installed") }
    self.programs = programs
    place = try privatePlace("coffer-pg", owner: "postgres")
    try need([
      programs + "/initdb", "-D", place + "/data", "-U", "tester", "-A", "trust", "-N", "-E", "UTF8", "--locale=C",
    ])
    try need(start)
    runningServers.add(place, stopping: stop)
  }
  private var stop: [String] {
    owned("postgres", [programs + "/pg_ctl", "stop", "-w", "-m", "immediate", "-D", place + "/data"])
  }
  private var start: [String] {
    [
      programs + "/pg_ctl", "start", "-w", "-D", place + "/data", "-l", place + "/log", "-o",
      "-k \(place) -c listen_addresses='' -c fsync=off -c full_page_writes=off",
    ]
  }
  deinit {
    runningServers.stop(place)
  }
  /// Commands of the shell that stop the server at once, as when the power goes, and start it again.
  package var stopCommand: String {
    shellLine(stop)
  }
  package var startCommand: String { shellLine(owned("postgres", start)) }
  private func shellLine(_ words: [String]) -> String {
    words.map { "'" + $0.replacing("'", with: "'\\''") + "'" }.joined(separator: " ") + " </dev/null >/dev/null 2>&1"
  }
  private func need(_ arguments: [String]) throws { try needed(owned("postgres", arguments)) }

  /// Lets no file of connections that are made from now on grow longer, as if the disk were full; nil: lets them grow.
  package func limitFiles(to byteCount: Int?) throws {
    let process = String(decoding: try readFile(place + "/data/postmaster.pid").prefix { $0 != 10 }, as: UTF8.self)
    try need(["prlimit", "--pid", process, "--fsize=\(byteCount.map(String.init) ?? "unlimited"):unlimited"])
  }

  /// Runs a script with psql, which stops at the first error.
  package func psql(_ script: [UInt8], database: String = "postgres") throws -> ProcessResult {
    try run(
      [programs + "/psql", "-X", "-q", "-At", "-v", "ON_ERROR_STOP=1", "-h", place, "-U", "tester", "-d", database],
      input: script)
  }
  package func psql(_ script: String, database: String = "postgres") throws -> ProcessResult {
    try psql(Array(script.utf8), database: database)
  }

  /// Runs pg_dump with some options.
  package func dump(_ options: [String], database: String = "postgres") throws -> ProcessResult {
    try run([programs + "/pg_dump", "-h", place, "-U", "tester", "-d", database] + options)
  }
  /// Runs pg_restore, which needs no server.
  package static func restore(_ arguments: [String]) throws -> ProcessResult {
    try run([(programs ?? "") + "/pg_restore"] + arguments)
  }
}

/// A MariaDB server of its own: on a socket in a private directory, without TCP, gone with the value.
package final class ThrowAwayMariaDB: Sendable {
  private let place: String

  /// Whether the server's programs are installed.
  package static var isAvailable: Bool {
    access("/usr/sbin/mariadbd", X_OK) == 0 && access("/usr/bin/mariadb-install-db", X_OK) == 0
  }

  /// Starts a server.
  package init() throws {
    place = try privatePlace("coffer-maria", owner: "mysql")
    try needed(
      owned(
        "mysql",
        [
          "mariadb-install-db", "--no-defaults", "--datadir=\(place)/data", "--skip-test-db",
          "--auth-root-authentication-method=normal",
        ]))
    // In the background and deaf, so that nothing waits for its output.
    let server =
      "exec /usr/sbin/mariadbd --no-defaults --datadir=\(place)/data --socket=\(place)/socket --skip-networking"
      + " --pid-file=\(place)/pid --innodb-flush-log-at-trx-commit=0 </dev/null >\(place)/log 2>&1"
    try needed(owned("mysql", ["sh", "-c", "(\(server)) &"]))
    try needed(["mariadb-admin", "--no-defaults", "--socket=\(place)/socket", "-u", "root", "--wait=60", "ping"])
    runningServers.add(
      place, stopping: ["mariadb-admin", "--no-defaults", "--socket=\(place)/socket", "-u", "root", "shutdown"])
  }
  deinit {
    runningServers.stop(place)
  }

  /// Runs a script with the command-line client, which stops at the first error. Values are shown as they are.
  package func mariadb(_ script: [UInt8], database: String = "") throws -> ProcessResult {
    try run(
      [
        "mariadb", "--no-defaults", "--socket=\(place)/socket", "-u", "root", "--batch", "--raw", "--skip-column-names",
        "--default-character-set=utf8mb4", "--max-allowed-packet=64M", database,
      ].filter { !$0.isEmpty }, input: script)
  }
  package func mariadb(_ script: String, database: String = "") throws -> ProcessResult {
    try mariadb(Array(script.utf8), database: database)
  }
}

/// The servers that have to be stopped, at the end of the process at the latest: one that tests share is never let go.
private final class RunningServers: Sendable {
  private let commands = Mutex<[String: [String]]>([:])

  init() { atexit { runningServers.stopAll() } }

  func add(_ place: String, stopping command: [String]) { commands.withLock { $0[place] = command } }

  func stop(_ place: String) {
    guard let command = commands.withLock({ $0.removeValue(forKey: place) }) else { return }
    _ = try? run(command)
    _ = removeTree(place)
  }

  func stopAll() { for place in commands.withLock({ Array($0.keys) }) { stop(place) } }
}
private let runningServers = RunningServers()

/// The command as the server's user runs it, for servers refuse to be run by root.
private func owned(_ user: String, _ arguments: [String]) -> [String] {
  geteuid() == 0 ? ["runuser", "-u", user, "--"] + arguments : arguments
}

/// Makes a directory that only the server's user can enter (and root).
private func privatePlace(_ name: String, owner: String) throws -> String {
  let result = try run(owned(owner, ["mktemp", "-d", "/tmp/\(name)-XXXXXX"]))
  guard result.exitCode == 0 else { throw IOError("mktemp", detail: result.errorText) }
  return String(result.text.dropLast())
}

private func needed(_ arguments: [String]) throws {
  let result = try run(arguments, directory: "/tmp")
  guard result.exitCode == 0 else { throw IOError("run", path: Array(arguments[0].utf8), detail: result.errorText) }
}

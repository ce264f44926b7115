internal import CBytes
internal import Glibc

/// What is set once, before anything else happens.
public enum ProcessSetup {
  /// First line of `main`: files are created for the owner alone, a crash shows no memory and leaves no core, a closed pipe
  /// is an error of `write`, and SIGINT, SIGTERM and SIGHUP are requests (see `Interruption`).
  public static func harden() {
    cb_harden_process()
    cb_catch_interruptions()
  }

  /// Ends the process with an exit code.
  public static func exit(_ code: Int32) -> Never { Glibc.exit(code) }

  /// The words of the command line as bytes, without the program's own name.
  public static var arguments: [[UInt8]] {
    let words = UnsafeBufferPointer(start: CommandLine.unsafeArgv, count: Int(CommandLine.argc))
    return words.dropFirst().compactMap { word in
      word.map { Array(UnsafeRawBufferPointer(start: $0, count: strlen($0))) }
    }
  }
}

/// The user's wish to stop, by Ctrl-C or a signal.
///
/// Sources notice it in `read`, so everything that reads unwinds; what was being written is dropped unfinished and leaves
/// nothing behind. A second signal ends the process at once.
public enum Interruption {
  /// Whether the user has asked to stop.
  public static var isRequested: Bool { cb_interrupted() != 0 }

  /// Throws when the user has asked to stop; for loops that run long without reading.
  public static func check(_ operation: String) throws(IOError) {
    if isRequested { throw IOError(operation, errno: ECANCELED, detail: "interrupted") }
  }
}

extension IOError {
  /// Whether this is no failure but the user's wish to stop.
  public var isInterruption: Bool { errno == ECANCELED }
}

/// Whether a descriptor is a terminal.
public func isTerminal(_ descriptor: Int) -> Bool { isatty(CInt(truncatingIfNeeded: descriptor)) == 1 }

/// Columns of the terminal on a descriptor; nil when it is none or does not say.
public func terminalColumns(_ descriptor: Int) -> Int? {
  let columns = cb_terminal_columns(CInt(truncatingIfNeeded: descriptor))
  return columns > 0 ? Int(columns) : nil
}

/// Nanoseconds of a clock that never goes back.
public func monotonicNanoseconds() -> Int64 { nanoseconds(of: CLOCK_MONOTONIC) }

/// The time now, in microseconds since 1970 UTC.
public func currentMicroseconds() -> Int64 { nanoseconds(of: CLOCK_REALTIME) / 1000 }

private func nanoseconds(of clock: clockid_t) -> Int64 {
  var time = timespec()
  clock_gettime(clock, &time)
  return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
}

/// The number of the user whose rights this process has.
public func effectiveUser() -> UInt32 { geteuid() }

/// The absolute path of the working directory; nil when it is gone or cannot be found out.
public func currentDirectory() -> [UInt8]? {
  guard let path = getcwd(nil, 0) else { return nil }
  defer { free(path) }
  let bytes = Array(UnsafeRawBufferPointer(start: path, count: strlen(path)))
  return bytes.first == UInt8(ascii: "/") ? bytes : nil
}

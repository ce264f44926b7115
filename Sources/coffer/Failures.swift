internal import Bytes
internal import CatalogStore
internal import CommandLine
internal import Conversion
internal import Diagnostics
internal import Records

/// Errors of the layers below as what the user is told. One place, so that the same error always gives the same code.
extension Failure {
  init(_ error: IOError) {
    let path = error.path.isEmpty ? "" : " '\(displayed(error.path))'"
    // People open what the system resolves and looks at.
    let operation = ["realpath", "opendir", "stat"].contains(error.operation) ? "open" : error.operation
    self.init(.failure, "cannot \(operation)\(path): \(error.reason)", advice: error.advice)
  }

  init(_ error: ReadError) {
    if case .io(let inner) = error.code, error.artifact == nil || inner.path == error.artifact {
      self.init(inner)
      return
    }
    var place = error.artifact.map { displayed($0) } ?? ""
    if let record = error.record { place += (place.isEmpty ? "" : ", ") + "record \(record)" }
    if let offset = error.offset { place += (place.isEmpty ? "" : ", ") + "byte \(offset)" }
    self.init(.failure, (place.isEmpty ? "" : "\(place): ") + error.message, advice: error.advice)
  }

  init(_ error: WriteError) {
    if case .io(let inner) = error.code {
      self.init(writing: inner, path: inner.path)
      return
    }
    let place = error.table.map { "table '\(displayed($0))'" + (error.record.map { ", record \($0)" } ?? "") + ": " }
    let isRefusal = if case .refused = error.code { true } else { false }
    self.init(isRefusal ? .refused : .failure, (place ?? "") + error.message, advice: error.advice)
  }

  init(_ error: PumpError) {
    switch error {
    case .read(let error): self.init(error)
    case .write(let error): self.init(error)
    case .transform(let error): self.init(.failure, error.message)
    case .leak(let leaks):
      let places = leaks.prefix(4).map { leak in
        leak.words + (leak.line > 0 ? " ('\(displayed(leak.file))', line \(leak.line))" : "")
      }
      self.init(
        .refused,
        "nothing was written: the output would hold \(places.joined(separator: "; "))\(leaks.count > 4 ? "; …" : "")",
        advice: "leave out what holds it with --exclude, or write everything with --complete")
    }
  }

  init(_ error: CatalogError) {
    let code: ExitCode =
      switch error.code {
      case .absent: .noCatalog
      case .locked: .locked
      case .newer: .catalogTooNew
      case .interrupted: .interrupted
      case .invalid: .usage
      default: .failure
      }
    self.init(code, error.message, advice: error.advice)
  }

  /// An output that cannot be written; standard output when there is no path.
  private init(writing error: IOError, path: [UInt8]) {
    guard !path.isEmpty else {
      self.init(writing: error)
      return
    }
    self.init(error)
    if error.isExistingFile { advice = "pass --replace to put the new file in its place" }
  }
}

/// Runs `body` and tells its error as the user is told it.
func telling<T: ~Copyable>(_ body: () throws(IOError) -> T) throws(Failure) -> T {
  do throws(IOError) { return try body() } catch { throw Failure(error) }
}
/// The same for reading.
func telling<T: ~Copyable>(_ body: () throws(ReadError) -> T) throws(Failure) -> T {
  do throws(ReadError) { return try body() } catch { throw Failure(error) }
}
/// The same for the catalog.
func telling<T: ~Copyable>(_ body: () throws(CatalogError) -> T) throws(Failure) -> T {
  do throws(CatalogError) { return try body() } catch { throw Failure(error) }
}

internal import Bytes
internal import CLibPQ
internal import Glibc

/// The functions of libpq, loaded when they are first asked for.
enum PQLibrary {
  nonisolated(unsafe) private static let loaded = cq_load()  // written once, never freed, only read

  static func functions() throws(PostgresError) -> UnsafePointer<cq_library> {
    guard let loaded else {
      throw PostgresError(message: "libpq.so.5 is not installed", advice: "install the package libpq5")
    }
    return loaded
  }
}

/// The bytes of a C string.
func cBytes(_ text: UnsafePointer<CChar>?) -> [UInt8] {
  guard let text else { return [] }
  var bytes: [UInt8] = [], at = 0
  while text[at] != 0 {
    bytes.append(UInt8(bitPattern: text[at]))
    at += 1
  }
  return bytes
}

/// Lends bytes, which hold no NUL, as a C string.
func withCString<T>(_ bytes: [UInt8], _ body: (UnsafePointer<CChar>) -> T) -> T {
  (bytes + [0]).withUnsafeBufferPointer { text in
    text.withMemoryRebound(to: CChar.self) { body($0.baseAddress!) }
  }
}

/// Waits before something is tried again.
package func pause(milliseconds: Int) {
  var time = timespec(tv_sec: milliseconds / 1000, tv_nsec: milliseconds % 1000 * 1_000_000)
  nanosleep(&time, nil)
}

internal import Bytes
internal import CYAML

/// libyaml's functions, loaded when they are first asked for.
enum YAMLLibrary {
  nonisolated(unsafe) private static let loaded = cy_load()  // written once, never freed, only read

  static func functions() throws(IOError) -> UnsafePointer<cy_library> {
    guard let loaded else {
      throw IOError(
        "load libyaml", detail: "libyaml-0.so.2 is not installed", advice: "install the package libyaml-0-2")
    }
    return loaded
  }
}

internal import Bytes
internal import CommandLine
internal import Diagnostics
internal import TOML

/// The configuration files that concern this run: `.coffer.toml` from the working directory upwards, then the user's own.
///
/// A file that is found on the way is data of unknown origin: only what the user or root owns and nobody else can write to
/// is honoured. Owner and mode are asked of the open file, so that nothing can be put in its place between.
struct ConfigurationFiles: Sendable {
  /// The nearest first.
  private(set) var files: [SettingsFile] = []
  /// Files that are not honoured, and why.
  private(set) var ignored: [(path: [UInt8], reason: Distrust)] = []
  /// Files that cannot be understood.
  private(set) var problems: [Failure] = []

  /// Name of the file that is looked for upwards.
  static let name = Array(".coffer.toml".utf8)
  private static let sizeLimit = 64 << 10
  private let user = effectiveUser()

  init() {
    var folder = currentDirectory()
    while let here = folder {
      read(here.appending(path: Self.name))
      folder = here.count > 1 ? here.directoryPath : nil
    }
    if let own = Self.usersOwn, let path = try? realPath(own) { read(path, shownAs: own) }
  }

  /// Path of the user's own configuration; nil without a home.
  private static var usersOwn: [UInt8]? {
    let name = Array("coffer/config.toml".utf8)
    if let folder = environment("XDG_CONFIG_HOME"), folder.first == UInt8(ascii: "/") {
      return folder.appending(path: name)
    }
    guard let home = environment("HOME"), !home.isEmpty else { return nil }
    return home.appending(path: Array(".config".utf8)).appending(path: name)
  }

  /// Reads a file if it is there; `shownAs` is the name the user knows it by.
  private mutating func read(_ path: [UInt8], shownAs shown: [UInt8]? = nil) {
    let shown = shown ?? path
    do throws(IOError) {
      guard let status = try fileStatus(path, followingLinks: false) else { return }
      if status.kind == .symbolicLink { return ignored.append((shown, .link)) }
      if let reason = status.distrust(user: user) { return ignored.append((shown, reason)) }
      let source = try FileSource(regularFile: path)
      if let reason = try source.status().distrust(user: user) { return ignored.append((shown, reason)) }
      var bytes: any ByteSource & ~Copyable = source
      parse(try readAll(&bytes, limit: Self.sizeLimit), shown)
    } catch {
      ignored.append((shown, .unreadable(error.reason)))
    }
  }

  private mutating func parse(_ text: [UInt8], _ path: [UInt8]) {
    do throws(SettingsFileError) {
      files.append(try SettingsFile(text, path: path))
    } catch {
      problems.append(.usage("\(error.place.shown): \(error.message)", advice: error.settingsAdvice))
    }
  }
}

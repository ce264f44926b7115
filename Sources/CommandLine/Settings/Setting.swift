/// A choice that a flag, an environment variable or a configuration file can make: the first of them that speaks.
package struct Setting: Sendable {
  /// The word in configuration files, such as `catalog`.
  package var key: String
  /// The environment variable, such as `COFFER_CATALOG`.
  package var variable: String
  /// What it is on the command line; its argument says which values there are.
  package var flag: Flag
  /// One line without a full stop.
  package var summary: String
  /// What holds when nobody says anything, in words.
  package var fallback: String

  package init(_ key: String, variable: String, _ flag: Flag, _ summary: String, fallback: String) {
    self.key = key
    self.variable = variable
    self.flag = flag
    self.summary = summary
    self.fallback = fallback
  }
}

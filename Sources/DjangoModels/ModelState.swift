internal import Bytes
internal import Records

/// A model while migrations are replayed, or as its class declares it.
struct ModelState: Sendable {
  var app: Name
  /// As it is written.
  var name: Name
  var fields: [(name: Name, call: PythonCall)] = []
  /// Options of `Meta`, by name.
  var options: [Name: PythonValue] = [:]
  /// Base classes, with dots.
  var bases: [Name] = []

  var key: Name { app + "." + name.lowercased }
  func flag(_ option: Name) -> Bool { options[option]?.boolean ?? false }

  mutating func set(_ field: Name, _ call: PythonCall) {
    if let at = fields.firstIndex(where: { $0.name == field }) {
      fields[at].call = call
    } else {
      fields.append((field, call))
    }
  }
}

/// Facts about a project that its settings and application configurations give.
struct ProjectFacts: Sendable {
  var userModel: Name = "auth.user"
  /// Last part of the class of keys that are not declared; by application, and of all others.
  var keyClasses: [Name: Name] = [:]
  var keyClass: Name?

  func keyClass(_ app: Name) -> Name? { keyClasses[app] ?? keyClass }
}

internal import Bytes
internal import Conversion
internal import Records

/// The edge functions of a tree: one folder each, `_shared` apart.
struct EdgeFunctions: Sendable {
  struct Function: Sendable {
    var name: Name
    var files = 0
    var bytes = 0
    /// The file that is run first.
    var entry: [UInt8]?
  }
  private(set) var functions: [Function] = []
  /// Files that belong to no function of their own.
  private(set) var shared = 0

  /// Looks at the paths of a backup's artifacts.
  init(_ artifacts: [DetectedArtifact]) {
    var places: [Name: Int] = [:]
    for artifact in artifacts {
      guard let (name, isInside) = Self.function(artifact.entry.path) else { continue }
      guard let name, isInside else {
        shared += 1
        continue
      }
      let place = places[name] ?? functions.count
      if place == functions.count {
        functions.append(Function(name: name))
        places[name] = place
      }
      functions[place].files += 1
      functions[place].bytes &+= Int(artifact.entry.byteCount ?? 0)
      if artifact.entry.path.lastPathComponent.starts(with: "index.".utf8) {
        functions[place].entry = artifact.entry.path
      }
    }
  }

  /// The function that a path belongs to; nil for a name when it is shared, nil for paths elsewhere.
  static func function(_ path: [UInt8]) -> (name: Name?, isInside: Bool)? {
    let parts = path.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
    guard
      let place = parts.firstIndex(where: {
        $0.elementsEqual("edge_functions".utf8) || $0.elementsEqual("functions".utf8)
      }),
      place + 1 < parts.count
    else { return nil }
    guard place + 2 < parts.count, let first = parts[place + 1].first, isNameStart(first) else { return (nil, false) }
    return (Name(Array(parts[place + 1])), true)
  }

  private static func isNameStart(_ byte: UInt8) -> Bool {
    let lower = asciiLower(byte)
    return lower >= UInt8(ascii: "a") && lower <= UInt8(ascii: "z")
  }

  func objects(_ configuration: ProjectConfiguration?) -> [SchemaObject] {
    functions.sorted { $0.name < $1.name }.map { function in
      var object = SchemaObject(kind: "edge-function", name: function.name)
      object.attributes = [
        SchemaAttribute("files", Array("\(function.files)".utf8)),
        SchemaAttribute("bytes", Array("\(function.bytes)".utf8)),
      ]
      if let verifies = configuration?.verifiesToken[function.name] {
        object.attributes.append(SchemaAttribute("verify-jwt", Array((verifies ? "yes" : "no").utf8)))
      }
      if let entry = function.entry { object.attributes.append(SchemaAttribute("artifact", entry)) }
      return object
    }
  }
}

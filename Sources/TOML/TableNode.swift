internal import Bytes
internal import Diagnostics

/// A table while its text is read: sections and dotted names may add to it in several places.
final class TableNode {  // shared by the tables above it and the reader, which adds to it
  private enum Item {
    case value(TOMLValue)
    case table(TableNode)
  }
  private var items: [(name: Name, place: SourceLocation, item: Item)] = []
  private var positions: [Name: Int] = [:]
  /// Whether a section has been named after it.
  var isNamed = false

  /// Sets a name; false when it is set already.
  func set(_ name: Name, _ value: TOMLValue, _ place: SourceLocation) -> Bool {
    guard positions.updateValue(items.count, forKey: name) == nil else { return false }
    items.append((name, place, .value(value)))
    return true
  }

  /// The table of a name, made if need be; nil when the name is a value's.
  func table(_ name: Name, _ place: SourceLocation) -> TableNode? {
    if let position = positions[name] {
      guard case .table(let node) = items[position].item else { return nil }
      return node
    }
    let node = TableNode()
    positions[name] = items.count
    items.append((name, place, .table(node)))
    return node
  }

  var entries: [TOMLEntry] {
    items.map { name, place, item in
      switch item {
      case .value(let value): TOMLEntry(name: name, value: value, place: place)
      case .table(let node):
        TOMLEntry(name: name, value: TOMLValue(content: .table(node.entries), place: place), place: place)
      }
    }
  }
}

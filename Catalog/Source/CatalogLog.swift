package import Bytes
internal import Diagnostics
package import Records
internal import Synchronization

/// What the rows of a backup lacked when they were read out of the catalog.
package final class CatalogLog: Sendable {
  enum Lack: Hashable {
    case secret
    case erased
    case leftOut
  }
  private struct Place: Hashable {
    var table: Name
    /// Nil for whole rows.
    var column: Name?
    var lack: Lack
  }
  private struct State {
    var counts: [Place: Int] = [:]
    var differing: [Name] = []
  }
  private let state = Mutex(State())

  /// Code of the loss of secrets.
  package static let secretCode = "secret-not-kept"

  func begin() { state.withLock { $0 = State() } }

  func note(_ lack: Lack, _ table: Name, _ column: Name?, count: Int) {
    guard count > 0 else { return }
    state.withLock { $0.counts[Place(table: table, column: column, lack: lack), default: 0] += count }
  }

  /// Takes note of a table whose rows have another digest than those that were registered.
  func note(differing table: Name) { state.withLock { $0.differing.append(table) } }

  /// Whether values of a table are not there.
  func lacks(_ table: Name) -> Bool { state.withLock { state in state.counts.keys.contains { $0.table == table } } }

  /// Tables that were registered with values which the catalog holds masked.
  package var differingTables: [Name] { state.withLock { $0.differing } }

  /// What is not there, in the order of tables and columns.
  package var losses: [Loss] {
    let (counts, differing) = state.withLock { ($0.counts, $0.differing) }
    let none = Name("")
    let places = counts.keys.sorted { ($0.table, $0.column ?? none) < ($1.table, $1.column ?? none) }
    return places.map { place in
      let (code, message) =
        switch place.lack {
        case .secret: (Self.secretCode, "secrets are in the catalog by digests only and are left out")
        case .erased: ("erased-rows", "rows were erased at somebody's wish and are left out")
        case .leftOut: ("value-not-kept", "values are not in the catalog because of their size or kind")
        }
      return Loss(code, message, table: place.table, column: place.column, count: counts[place] ?? 0)
    }
      + differing.map {
        Loss("masked-in-catalog", "texts that held secrets are masked in the catalog", table: $0)
      }
  }
}

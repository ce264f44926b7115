import CatalogConformance
import CatalogPostgres
import Synchronization
import TestSupport
import Testing

/// The server of all these tests, and a fresh database of it for each.
enum Server {
  static let shared = Result { try ThrowAwayPostgres() }
  private static let counter = Atomic(0)

  /// The URL of a new database.
  static func database() throws -> (server: ThrowAwayPostgres, name: String, place: [UInt8]) {
    let server = try shared.get(), name = "c\(counter.add(1, ordering: .relaxed).newValue)"
    let result = try server.psql("CREATE DATABASE \(name)")
    #expect(result.exitCode == 0, "\(result.errorText)")
    return (server, name, place(name, of: server))
  }

  static func place(_ name: String, of server: ThrowAwayPostgres, user: String = "tester") -> [UInt8] {
    Array("postgres:///\(name)?user=\(user)&host=\(server.place)".utf8)
  }
}

@Suite struct PostgresConformanceTests {
  @Test(arguments: CatalogConformance.cases)
  func conforms(_ conformance: ConformanceCase) throws {
    try conformance.run(try PostgresCatalog.create(try Server.database().place))
  }
}

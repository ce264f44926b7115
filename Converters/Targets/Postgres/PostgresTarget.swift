internal import Bytes
package import Conversion
internal import PostgresClient
package import Records

/// A live PostgreSQL database, loaded by COPY in one transaction.
///
/// Places are libpq's: a URL or a `key=value` string, which nobody but libpq reads; what it does not say comes from `PG*`
/// variables, the password file and services.
package struct PostgresTarget: LoadTarget {
  package init() {}
  package var id: String { "postgres" }
  package var places: String { "postgresql://USER@HOST/DATABASE, or 'host=… dbname=…' as psql takes it" }

  package func recognises(_ place: [UInt8]) -> Bool {
    let word = Name(place).lowercased
    if word.hasPrefix("postgres://") || word.hasPrefix("postgresql://") { return true }
    // A word of libpq's before the first equals sign.
    guard let equals = place.firstIndex(of: UInt8(ascii: "=")) else { return false }
    let keyword = place[..<equals].filter { $0 != UInt8(ascii: " ") }
    return ["host", "hostaddr", "port", "dbname", "user", "service", "passfile", "password", "sslmode"].contains {
      keyword.elementsEqual($0.utf8)
    }
  }

  package func open(_ place: [UInt8]) throws(WriteError) -> any LoadSession {
    do throws(PostgresError) { return try PostgresSession(PostgresPlace(place)) } catch { throw WriteError(error) }
  }
}

extension LoadTarget where Self == PostgresTarget {
  package static var postgres: PostgresTarget { PostgresTarget() }
}

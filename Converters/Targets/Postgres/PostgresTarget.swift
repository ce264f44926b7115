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

  package func recognises(_ place: [UInt8]) -> Bool { PostgresPlace.recognises(place) }

  package func open(_ place: [UInt8]) throws(WriteError) -> any LoadSession {
    do throws(PostgresError) { return try PostgresSession(PostgresPlace(place)) } catch { throw WriteError(error) }
  }
}

extension LoadTarget where Self == PostgresTarget {
  package static var postgres: PostgresTarget { PostgresTarget() }
}

/// How a transaction that loads rows begins in PostgreSQL, in a script as in a live database.
package enum PostgresSettings {
  /// All settings end with the transaction. Zones and signs of intervals are read as the records mean them.
  package static let begin: StaticString = """
    BEGIN;
    SET LOCAL client_encoding = 'UTF8';
    SET LOCAL standard_conforming_strings = on;
    SET LOCAL TimeZone = 'UTC';
    SET LOCAL DateStyle = 'ISO, YMD';
    SET LOCAL IntervalStyle = 'postgres';
    SET LOCAL statement_timeout = 0;

    """
}

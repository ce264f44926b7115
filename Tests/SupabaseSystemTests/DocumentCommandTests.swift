import Testing

@testable import SupabaseSystem

/// Commands in documents, and what their programs would refuse.
@Suite struct DocumentCommandTests {
  private func command(_ text: String) -> DocumentCommand? { DocumentCommand(Array(text.utf8), offset: 0) }

  @Test func psqlHasNoDisableTriggers() throws {
    let found = try #require(
      command("psql -h 127.0.0.1 -p 54322 -U postgres -d postgres --disable-triggers < backups/data.sql"))
    #expect(found.unknownOptions == [Array("--disable-triggers".utf8)])
    #expect(found.inputFile == Array("backups/data.sql".utf8))
  }

  @Test(arguments: [
    "PGPASSWORD=postgres pg_restore -h 127.0.0.1 -p 54322 -U postgres -d postgres --clean --if-exists --no-owner --no-acl x.dump",
    "pg_restore --disable-triggers --data-only x.dump", "psql -f x.dump", "psql -Xqf x.dump", "psql --file=x.dump",
    "psql --file x.dump", "pg_restore -Fc -j4 x.dump", "psql -v ON_ERROR_STOP=1 --single-transaction -f x.dump",
    "psql -c 'SELECT 1; -- --nonsense'", "supabase db reset --local",
  ])
  func goodOnesPass(_ text: String) throws { #expect(try #require(command(text)).unknownOptions.isEmpty, "\(text)") }

  @Test(arguments: ["psql --no-owner -f x", "psql -j 4 -f x", "pg_restore --single x -k"]) func badOnesDoNot(
    _ text: String
  ) throws {
    #expect(try #require(command(text)).unknownOptions.count == 1, "\(text)")
  }

  @Test func optionsAreThoseOfTheProgram() throws {
    #expect(command("Restore the database with psql") == nil)
    #expect(command("./restore_complete_backup.sh")?.program == Array("./restore_complete_backup.sh".utf8))
  }
}

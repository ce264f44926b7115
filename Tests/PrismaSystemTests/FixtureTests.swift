import Bytes
import Conversion
import Records
import TestSupport
import Testing

/// The bundled backups are what their generator makes, and hold what the report they are laid out as says.
@Suite struct PrismaFixtureTests {
  private let fixtures = packageRoot + "/Tests/Fixtures/prisma"

  private func files(_ folder: String, below path: String = "") throws -> [String] {
    try directoryNames(Array((folder + path).utf8)).flatMap { name -> [String] in
      let inner = path + "/" + String(decoding: name, as: UTF8.self)
      let isFolder = try fileStatus(Array((folder + inner).utf8))?.kind == .directory
      return isFolder ? try files(folder, below: inner) : [inner]
    }.sorted()
  }

  @Test func generatedAnewTheyAreTheSame() throws {
    let place = try TemporaryDirectory()
    let made = try run([fixtures + "/generate", place.path])
    #expect(made.exitCode == 0, "\(made.errorText)")
    let paths = try files(fixtures + "/atelier")
    #expect(try files(place.path + "/atelier") == paths)
    for path in paths {
      let isSame = try readFile(fixtures + "/atelier" + path) == readFile(place.path + "/atelier" + path)
      #expect(isSame, "\(path)")
    }
  }

  /// The report lists 42 datasets of a safe backup and 37 more of a complete one, in words of its own.
  private static let safe = """
    Organization User Client Contractor Project Room Stage DesignSection FFEItem FFEItemStatus ChatMessage ChatMention \
    SmsConversation ActivityLog Activity ClientAccessLog PhaseAccessLog FFEAuditLog FFEChangeLog Notification \
    NotificationSend EmailLog ClientApprovalEmailLog FloorplanApprovalEmailLog ProjectUpdate ProjectUpdateTask \
    ProjectUpdateMessage ProjectUpdateActivity ProjectMilestone ContractorAssignment Issue IssueComment Tag AssetTag \
    CommentTag AssetPin CommentPin CommentLike Asset Approval Comment ClientAccessToken
    """.split(separator: " ").map(String.init)
  private static let more = """
    Account Session VerificationToken PasswordResetToken UserSession PhaseAccessToken ChecklistItem ClientApproval \
    ClientApprovalActivity ClientApprovalAsset FloorplanApprovalActivity FloorplanApprovalAsset FloorplanApprovalVersion \
    ProjectUpdatePhoto ProjectUpdateDocument FFELibraryItem FFEGeneralSettings FFEBathroomState FFETemplate \
    FFETemplateSection FFETemplateItem RoomFFEInstance RoomFFESection RoomFFEItem FFESectionLibrary RenderingVersion \
    RenderingNote DrawingChecklistItem SpecBook SpecBookSection SpecBookGeneration DropboxFileLink CadPreferences \
    ProjectCadDefaults CadLayoutCache RoomSection RoomPreset
    """.split(separator: " ").map(String.init)

  private func backup(_ name: String, withSchema: Bool) throws -> PrismaRun {
    let place = try TemporaryDirectory()
    try write("b.json", try readFile(fixtures + "/atelier/backups/" + name), place)
    if withSchema { try write("schema.prisma", try readFile(fixtures + "/atelier/prisma/schema.prisma"), place) }
    return try #require(try PrismaRun(place.path))
  }

  @Test func eachDatasetIsFound() throws {
    #expect(Self.safe.count == 42 && Self.more.count == 37)
    let safe = try backup("atelier-backup-2025-10-30T10-00-00.json", withSchema: true)
    #expect(Set(safe.knowledge.tables.map { text($0.name) }) == Set(Self.safe))
    let complete = try backup("atelier-complete-backup-2025-10-30T11-00-00.json", withSchema: true)
    #expect(Set(complete.knowledge.tables.map { text($0.name) }) == Set(Self.safe + Self.more))
    #expect(complete.knowledge.objects.count { $0.kind == "model" } == 94)
    // Keys that a restore needs.
    #expect(complete.knowledge.tables.allSatisfy { $0.primaryKey == ["id"] })
    #expect(complete.table("Project")?.foreignKeys.count == 3)
    #expect(complete.knowledge.unverifiedForeignKeys.isEmpty)
  }

  @Test func withoutTheSchemaSectionsAreTables() throws {
    let complete = try backup("atelier-complete-backup-2025-10-30T11-00-00.json", withSchema: false)
    #expect(complete.knowledge.tables.count == 79)
    #expect(complete.table("chatMessages")?.foreignKeys.map { text($0.table) }.sorted() == ["stages", "users"])
    #expect(complete.table("rooms")?.columns.first { $0.name == "progressFFE" }?.type.word == "float64")
  }

  @Test func safeHoldsNoSecretsAndCompleteDoes() throws {
    let safe = try backup("atelier-backup-2025-10-30T10-00-00.json", withSchema: true)
    #expect(safe.attribute("backup_contents") == "safe")
    #expect(
      safe.knowledge.tables.allSatisfy { table in
        table.columns.allSatisfy { !$0.isSecret || ["password", "token"].contains(text($0.name)) }
      })
    let complete = try backup("atelier-complete-backup-2025-10-30T11-00-00.json", withSchema: true)
    #expect(complete.attribute("backup_contents") == "complete")
    #expect(complete.attribute("backup_contents_reasons")?.contains("password hashes in 'User' (2)") == true)
    #expect(complete.files().count == 3)
  }
}

import BuiltIn
import Bytes
import Conversion
import Diagnostics
import DjangoSystem
import Records
import SQLScriptFormat
import TestSupport
import Testing

/// What becomes of the shared samples is loaded by a database; skipped where the samples are not present.
@Suite struct DjangoLoadTests {
  @Test func sqliteLoadsEverySample() throws {
    for file in DjangoConformanceTests.files {
      let place = try TemporaryDirectory()
      let container = try BuiltIn.recogniser.open(Array(file.utf8))
      let backup = try #require(try Django.django.detect(container, BuiltIn.toolbox).first, "\(file)")
      let input = BackupInput(
        backup: backup, container: container, toolbox: BuiltIn.toolbox, options: ReadOptions())
      var job = ConversionJob(input: input, system: .django, format: .sqlScript)
      job.outputPath = place.file("out.sql")
      job.options.dialect = .sqlite
      let report = try job.run()
      var script = try readFile(place.path + "/out.sql") + Array("\nPRAGMA foreign_key_check;\n".utf8)
      for table in report.tables {
        script += Array("SELECT \(table.records) = count(*) FROM \"\(displayed(table.name))\";\n".utf8)
      }
      let result = try TestSupport.run(["sqlite3", "-bail", place.path + "/x.db"], input: script)
      #expect(result.exitCode == 0, "\(file): \(result.errorText)")
      // Rows with half a surrogate pair cannot be carried and are named as losses.
      let rejected = report.losses.filter(\.isReject).count
      let answers = result.text.split(separator: "\n")
      #expect(answers.filter { $0 != "1" }.count == rejected, "\(file): \(result.text)")
    }
  }
}

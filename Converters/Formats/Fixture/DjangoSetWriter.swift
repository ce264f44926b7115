internal import Bytes
internal import Conversion
internal import Records

/// Writes a fixture, and at the end the models.
struct DjangoSetWriter: RecordWriter, ~Copyable {
  private var fixture: FixtureWriter
  private let draft: ModelDraft
  private let output: Output

  init(_ fixture: consuming FixtureWriter, _ draft: ModelDraft, _ output: Output) {
    self.fixture = fixture
    self.draft = draft
    self.output = output
  }

  mutating func begin(_ table: TableSchema) throws(WriteError) { try fixture.begin(table) }
  mutating func write(_ batch: borrowing RecordBatch) throws(WriteError) { try fixture.write(batch) }

  mutating func finish() throws(WriteError) {
    try fixture.finish()
    var plain = output
    plain.encoder = nil
    for (app, text) in draft.files {
      var file = OutputBuffer(try plain.openFile(for: "models_" + app, ending: "py"), capacity: 1 << 12)
      do throws(IOError) {
        try file.append(text)
        try file.finish()
      } catch { throw WriteError(error) }
    }
  }

  var losses: [Loss] { fixture.losses + draft.losses }
}

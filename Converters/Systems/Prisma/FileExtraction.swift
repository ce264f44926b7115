internal import Bytes
internal import Conversion
internal import Diagnostics
internal import Records

/// Finds one embedded file again and puts its bytes into a private file.
struct FileExtraction {
  private let object: SchemaObject
  private let input: BackupInput

  init(_ object: SchemaObject, _ input: BackupInput) {
    self.object = object
    self.input = input
  }

  /// The file's bytes; nil when it is not there.
  func file() throws(ReadError) -> SharedFile? {
    guard object.kind == "embedded-file" else { return nil }
    do throws(IOError) {
      let copy = try SpillFile()
      let isFound: Bool
      do throws(ReadError) {
        isFound = try object.attribute("record") == nil ? fromEnvelope(copy) : fromCell(copy)
      } catch {
        guard case .io(let error) = error.code else { throw IOError("read", detail: error.message) }
        throw error
      }
      return isFound ? try SharedFile(copy) : nil
    } catch { throw ReadError(.io(error)) }
  }

  private func fromEnvelope(_ copy: SpillFile) throws(ReadError) -> Bool {
    let content = PrismaContent(input), path = object.attribute("artifact")
    for artifact in content.files where path == nil || artifact.entry.path == path {
      var findings: [Finding] = [], batch = RecordBatch()
      var reader = try content.open(.file(artifact), [], &findings)
      while let table = try reader.nextTable() {
        let columns = FileColumns(table.localSection, table.columns)
        var number = 0
        while try reader.read(into: &batch) {
          if let columns {
            if try fromList(batch, columns, first: number, copy) { return true }
            number += batch.rowCount
            continue
          }
          guard table.name.hasSuffix("."), let column = table.index(of: "files"), column < batch.columnCount,
            batch.rowCount > 0
          else { continue }
          var scan = EmbeddedFileScan(.spill(object.name, copy))
          do throws(IOError) { try batch.scanFiles(batch[0, column], &scan) } catch { throw ReadError(.io(error)) }
          if scan.files.contains(where: { $0.name == object.name && $0.hasBody }) { return true }
        }
      }
    }
    return false
  }

  private func fromList(
    _ batch: borrowing RecordBatch, _ columns: FileColumns, first: Int, _ copy: SpillFile
  ) throws(ReadError) -> Bool {
    for row in 0..<batch.rowCount where columns.file(batch, row, number: first + row + 1).name == object.name {
      var reading = FileReading()
      do throws(IOError) {
        reading = try FileReading(object.name, .spill(object.name, copy))
        try batch.read(batch[row, columns.body], into: &reading)
        try reading.finish()
      } catch { throw ReadError(.io(error)) }
      return reading.file.hasBody
    }
    return false
  }

  private func fromCell(_ copy: SpillFile) throws(ReadError) -> Bool {
    guard let number = object.attribute("record").flatMap({ Int64(digits: $0.span) }),
      let name = object.attribute("column"), let wanted = object.table
    else { return false }
    var survey = try PrismaSurvey(input), record: Int64 = 0, batch = RecordBatch()
    guard let plan = try survey.run().details as? PrismaPlan else { return false }
    let columns = survey.columnNames(Name(name), of: wanted)
    var reader = PrismaReader(PrismaContent(input), plan)
    while let table = try reader.nextTable() {
      while try reader.read(into: &batch) {
        guard table.name == wanted else { continue }
        defer { record += Int64(batch.rowCount) }
        guard number > record, number <= record + Int64(batch.rowCount),
          let column = columns.lazy.compactMap({ table.index(of: $0) }).first
        else { continue }
        var reading = FileReading()
        do throws(IOError) {
          reading = try FileReading(object.name, .spill(object.name, copy))
          try batch.read(batch[Int(number - record) - 1, column], into: &reading)
          try reading.finish()
        } catch { throw ReadError(.io(error)) }
        return reading.file.hasBody
      }
    }
    return false
  }
}

extension TableSchema {
  /// The key that is written last of those around an array.
  fileprivate var localSection: Name {
    guard let point = name.bytes.lastIndex(of: UInt8(ascii: ".")) else { return name }
    return Name(Array(name.bytes[(point + 1)...]))
  }
}

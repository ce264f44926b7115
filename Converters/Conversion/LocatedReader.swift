package import Diagnostics
package import Records

/// Says of errors and findings in which artifact they are, so that what the survey has said already is not said again.
package struct LocatedReader: RecordReader, ~Copyable {
  private var reader: any RecordReader & ~Copyable
  private let artifact: [UInt8]
  package private(set) var findings: [Finding] = []

  package init(_ reader: consuming any RecordReader & ~Copyable, in artifact: [UInt8]) {
    self.reader = reader
    self.artifact = artifact
  }

  package mutating func nextTable() throws(ReadError) -> TableSchema? {
    defer { locateFindings() }
    do throws(ReadError) { return try reader.nextTable() } catch { throw error.located(in: artifact) }
  }

  package mutating func read(into batch: inout RecordBatch) throws(ReadError) -> Bool {
    do throws(ReadError) { return try reader.read(into: &batch) } catch {
      locateFindings()
      throw error.located(in: artifact)
    }
  }

  private mutating func locateFindings() {
    findings = reader.findings
    for i in findings.indices where findings[i].artifact == nil { findings[i].artifact = artifact }
  }
}

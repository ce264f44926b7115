package import Bytes
package import Diagnostics
internal import Records

extension RelationCheck {
  /// What does not hold, table by table. Called when all rows have been added.
  package func findings() throws(IOError) -> [Finding] {
    var findings: [Finding] = []
    for table in tables {
      for key in table.keys { try report(key, of: table.schema.name, &findings) }
      for (column, absent) in table.required where absent > 0 {
        let name = table.schema.columns[column].name
        // An absent primary key has been told already.
        if table.keys.contains(where: { $0.isPrimary && $0.columns == [column] }) { continue }
        findings.append(
          Finding(
            "not-null-absent", .error,
            "column '\(displayed(name))' has to have a value; \(records(absent)) without one",
            advice: "a database refuses these rows", table: table.schema.name, column: name, count: absent))
      }
      for reference in table.references { try report(reference, of: table.schema.name, &findings) }
      for use in table.sequences { report(use, of: table.schema.name, &findings) }
    }
    for (table, key) in homeless {
      findings.append(
        Finding(
          "foreign-key-missing-table", .info,
          "\(shown(key.columns)) of '\(displayed(table))' refers to '\(displayed(key.table))', which is not in the backup",
          table: table, column: key.columns.first))
    }
    if uncheckedCount > 0 {
      findings.append(
        Finding(
          "relations-unchecked", .warning,
          "tables have more than \(Self.ruleLimit) keys or foreign keys; \(uncheckedCount) were not looked at",
          count: uncheckedCount))
    }
    return findings
  }

  /// Number of keys, references and other rules that are looked at.
  package var ruleCount: Int {
    tables.reduce(0) { $0 + $1.keys.count + $1.references.count + $1.required.count + $1.sequences.count }
  }

  private func report(_ key: Key, of table: Name, _ findings: inout [Finding]) throws(IOError) {
    let counts = try index.counts(of: key.set)
    let what = key.isPrimary ? "primary key" : "unique key"
    if counts.repeats > 0 {
      findings.append(
        Finding(
          key.isPrimary ? "primary-key-repeated" : "unique-key-repeated", .error,
          "\(what) \(shown(key.names)) occurs again in \(records(counts.repeats))",
          advice: "a database refuses these rows: find out which of them is right", table: table,
          column: key.names.first,
          count: counts.repeats))
    }
    if key.isPrimary, counts.absent > 0 {
      findings.append(
        Finding(
          "primary-key-absent", .error, "primary key \(shown(key.names)) has no value in \(records(counts.absent))",
          table: table, column: key.names.first, count: counts.absent))
    }
    if !counts.isComplete {
      findings.append(
        Finding(
          "key-unread", .warning, "some values of \(what) \(shown(key.names)) are too large to be compared",
          table: table, column: key.names.first))
    }
  }

  private func report(_ reference: Reference, of table: Name, _ findings: inout [Finding]) throws(IOError) {
    let result = try index.inclusion(of: reference.set, in: reference.target, joining: true)
    guard result.danglingValues > 0 else { return }
    let count = result.danglingRecords ?? result.danglingValues
    findings.append(
      Finding(
        "foreign-key-dangling", reference.key.isInferred ? .warning : .error,
        "\(shown(reference.key.columns)) leads to no row of '\(displayed(reference.key.table))' in \(records(count))"
          + (result.firstRecord.map { ", first in record \($0 + 1)" } ?? ""),
        advice: "restoring fails at this foreign key, or the rows it led to are lost", table: table,
        column: reference.key.columns.first, count: count))
  }

  private func report(_ use: SequenceUse, of table: Name, _ findings: inout [Finding]) {
    guard let greatest = use.greatest, let next = use.sequence.next, next <= greatest else { return }
    findings.append(
      Finding(
        "sequence-behind", .error,
        "sequence '\(displayed(use.sequence.name))' lags behind the greatest value of '\(displayed(use.sequence.column))'",
        advice: "after restoring set it behind the last value, or new rows collide", table: table,
        column: use.sequence.column))
  }

  private func records(_ count: Int) -> String { "\(count) record\(count == 1 ? "" : "s")" }
  private func shown(_ names: [Name]) -> String { "(" + names.map { displayed($0) }.joined(separator: ", ") + ")" }
}

internal import Bytes
package import Conversion
package import Diagnostics
package import Records

/// What loading has to know of foreign keys: those that lead outside, and those that form cycles. `whole` says what lacks the
/// tables that are referred to, such as `the dump does not hold`.
package func referenceFindings(
  _ tables: [TableSchema], _ unverified: [UnverifiedForeignKey], whole: String
) -> [Finding] {
  var counts: [Name: Int] = [:], findings: [Finding] = []
  for lost in unverified { counts[lost.key.table, default: 0] += 1 }
  for (name, count) in counts.sorted(by: { $0.key < $1.key }) {
    findings.append(
      Finding(
        "reference-outside", .info, "\(count) foreign keys lead to '\(displayed(name))', which \(whole)",
        advice: "restore it first, or load without these foreign keys", table: name, count: count))
  }
  for cycle in referenceCycles(tables) {
    let list = cycle.map { "'\(displayed($0))'" }.joined(separator: ", ")
    findings.append(
      Finding(
        "foreign-key-cycle", .info, "foreign keys form a cycle among \(list)",
        advice: "load with --cycles defer, two-phase or replica", table: cycle[0], count: cycle.count))
  }
  return findings
}

internal import Bytes
internal import Diagnostics
internal import Records
internal import SQLiteClient

/// SQLite's own look at the pages of the tables, on a thread of its own while the rows are read.
final class StructureCheck: @unchecked Sendable {  // the worker owns the problems until it is joined
  struct Problem: Sendable {
    var table: Name
    var message: String

    /// Whether rows are whole and only say what their table does not allow.
    var isAboutValues: Bool {
      ["NULL value in ", "non-", "CHECK constraint", "NUMERIC value in ", "TEXT value in "].contains {
        message.hasPrefix($0)
      }
    }
  }
  /// Problems of one database that are told.
  private static let limit = 20

  private let plan: DatabasePlan
  private var problems: [Problem] = []
  private var worker: Worker?

  /// Begins to look.
  static func start(_ plan: DatabasePlan) -> StructureCheck {
    let check = StructureCheck(plan)
    check.worker = Worker.start { check.run() }
    return check
  }

  private init(_ plan: DatabasePlan) { self.plan = plan }

  /// What was found; called once.
  func finish() -> [Problem] {
    worker?.join()
    // It holds on to us, and we to the private copy.
    worker = nil
    return problems
  }

  private func run() {
    var options = ConnectionOptions(.read)
    options.isImmutable = true
    guard let connection = try? Connection(plan.copy.path, options) else { return }
    connection.setDeadline(milliseconds: 3_600_000)
    // Expressions of the schema are not run.
    guard (try? connection.execute("PRAGMA ignore_check_constraints=ON; PRAGMA query_only=ON")) != nil else { return }
    for table in plan.tables where !table.isComputing && problems.count < Self.limit {
      do throws(SQLiteError) {
        var rows = try connection.prepare(
          sql("PRAGMA quick_check(") + table.quotedName + sql(")"))
        while problems.count < Self.limit, try rows.step() {
          let line = rows.bytes(0)
          for part in line.split(separator: UInt8(ascii: "\n")) where part != sql("ok")[...] {
            guard problems.count < Self.limit, !part.starts(with: "*** ".utf8) else { continue }
            problems.append(Problem(table: table.schema.name, message: displayed(Array(part))))
          }
        }
      } catch {
        if error.isInterrupted { return }
        problems.append(Problem(table: table.schema.name, message: error.message))
      }
    }
  }
}

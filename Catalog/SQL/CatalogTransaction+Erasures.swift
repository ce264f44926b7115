package import Bytes
package import CatalogModel
package import CatalogStore
internal import Diagnostics
package import RowIndex

extension CatalogTransaction {
  package var secretKey: SecretKey? { session.rows.secretKey }

  package mutating func erasures(project: Name) throws(CatalogError) -> [Erasure] {
    try knownErasures(project: project)
  }

  func knownErasures(project: Name) throws(CatalogError) -> [Erasure] {
    try session.rows(
      """
      SELECT e.table_name, e.mark, e.at, e.reason FROM erasures e JOIN projects p ON p.id = e.project WHERE p.name = ?1
      ORDER BY e.at, e.table_name, e.mark
      """, [.text(project)]
    ) { (row) throws(CatalogError) in
      Erasure(
        table: row.name(0), mark: row.bytes(1), at: Moment(microseconds: row.integer(2)), reason: row.bytes(3))
    }
  }

  package mutating func add(_ erasures: [Erasure], to project: Name) throws(CatalogError) {
    guard let number = try projectNumber(project) else {
      throw CatalogError(.notFound("project '\(displayed(project))'"))
    }
    try session.lock(projects: [project])
    for erasure in erasures {
      try session.run(
        """
        INSERT INTO erasures (project, mark, table_name, at, reason) VALUES (?1, ?2, ?3, ?4, ?5)
        ON CONFLICT (project, mark) DO NOTHING
        """,
        [
          .integer(number), .blob(erasure.mark), .text(erasure.table), .integer(erasure.at.microseconds),
          .text(erasure.reason),
        ])
    }
    guard let first = erasures.first else { return }
    try append(CatalogEvent(at: first.at, kind: .erased, project: project, detail: first.reason))
  }
}

import CatalogConformance
import CatalogSQLite
import TestSupport
import Testing

@Suite struct SQLiteConformanceTests {
  @Test(arguments: CatalogConformance.cases)
  func conforms(_ conformance: ConformanceCase) throws {
    let place = try TemporaryDirectory()
    try conformance.run(try SQLiteCatalog.create(place.file("catalog.db")))
  }
}

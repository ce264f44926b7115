import Bytes
import Comparison
import Conversion
import Records
import TestSupport
import Testing

/// Issue 5: every backup becomes one of every target, and whatever differs then is a loss that was named, in its exact number.
@Suite struct MatrixTests {
  /// All pairs that are tried.
  static let pairs = MigrationSource.all.flatMap { source in
    MigrationTarget.all.filter { $0.isAvailable && ($0.isMain || source.name == "generated") }.map { (source, $0) }
  }
  /// That of Prisma has a year beyond 9999, which PostgreSQL spells otherwise and which is no date here.
  static let samplePairs = (sharedSamples == nil ? [] : MigrationSource.samples).flatMap { source in
    MigrationTarget.all.filter { $0.isAvailable && $0.isMain && !($0.isLive && source.name == "sample, Prisma") }.map {
      (source, $0)
    }
  }

  @Test(arguments: pairs + samplePairs) func everyPairIsCertified(_ source: MigrationSource, _ target: MigrationTarget)
    throws
  {
    let place = try TemporaryDirectory()
    let migration = try Migration(source.open(in: place), to: target, in: place),
      what = "\(source.name) → \(target.testDescription)"
    try migration.compared().expectNothingUnnamed(migration.report.losses, what)

    // And back: whatever the target can hold is what it was.
    let returned = try TemporaryDirectory()
    let back = try Migration(migration.output, to: .back(to: migration.source.system.id), in: returned)
    for table in try migration.compared(through: back).tables {
      #expect(!table.isDifferent, "\(what) and back: \(table.told)")
    }
  }
}

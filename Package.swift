// swift-tools-version: 6.2
import PackageDescription

/// Settings of every Swift target.
let house: [SwiftSetting] = [
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("MemberImportVisibility"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .treatAllWarnings(as: .error),
]
/// Settings of the targets that see C or raw memory.
let fenced: [SwiftSetting] = house + [.enableExperimentalFeature("Lifetimes")]
/// Settings of all targets above them.
let strict: [SwiftSetting] = house + [.strictMemorySafety()]

/// A Swift target of this package and where it lives.
struct Part {
  var name: String
  var path: String
  var uses: [String] = []
  var settings: [SwiftSetting] = strict
  var resources: [Resource] = []

  var target: Target {
    .target(
      name: name, dependencies: uses.map { .init(stringLiteral: $0) }, path: path,
      resources: resources, swiftSettings: settings)
  }
}

let core = ["Bytes", "Diagnostics", "Records"]

let foundations = [
  Part(name: "Bytes", path: "Sources/Bytes", uses: ["CBytes", "CCrypto"], settings: fenced),
  Part(name: "Diagnostics", path: "Sources/Diagnostics", uses: ["Bytes"]),
  Part(
    name: "Records", path: "Sources/Records", uses: ["Bytes", "CBytes", "Diagnostics"],
    settings: strict + [.enableExperimentalFeature("Lifetimes")]),
  Part(name: "JSONStream", path: "Sources/JSONStream", uses: ["Bytes", "Diagnostics", "Records"]),
  Part(name: "SQLText", path: "Sources/SQLText", uses: core),
  Part(name: "PrismaSchema", path: "Sources/PrismaSchema", uses: core),
  Part(name: "SQLiteClient", path: "Sources/SQLiteClient", uses: core + ["CSQLite"], settings: fenced),
  Part(name: "PostgresClient", path: "Sources/PostgresClient", uses: core + ["CLibPQ"], settings: fenced),
  Part(
    name: "SQLitePages", path: "Sources/SQLitePages", uses: ["Bytes", "CBytes", "CSQLitePages", "Records"],
    settings: fenced),
  Part(
    name: "Archive", path: "Sources/Archive", uses: ["Bytes", "CArchive", "CIsal", "CLZ4", "CZlib", "CZstd"],
    settings: fenced),
  Part(name: "DjangoModels", path: "Sources/DjangoModels", uses: core),
  Part(name: "XMLStream", path: "Sources/XMLStream", uses: core + ["CXML2"], settings: fenced),
  Part(name: "YAMLStream", path: "Sources/YAMLStream", uses: core + ["CYAML"], settings: fenced),
  Part(name: "HTTPClient", path: "Sources/HTTPClient", uses: ["Bytes", "CCurl"], settings: fenced),
  Part(name: "PostgresArchive", path: "Sources/PostgresArchive", uses: core + ["Archive"]),
  Part(name: "TOML", path: "Sources/TOML", uses: ["Bytes", "Diagnostics"]),
  Part(name: "CommandLine", path: "Sources/CommandLine", uses: ["Bytes", "Diagnostics", "TOML"]),
]

let conversion = [
  Part(name: "Conversion", path: "Converters/Conversion", uses: core + ["SQLText"]),
  Part(name: "SQLiteFile", path: "Converters/SQLiteFile", uses: core + ["Conversion", "SQLiteClient", "SQLitePages"]),
  Part(name: "SQLDump", path: "Converters/SQLDump", uses: core + ["Conversion", "PostgresArchive", "SQLText"]),
  Part(name: "ConvexValues", path: "Converters/ConvexValues", uses: core),
  Part(name: "Transforms", path: "Converters/Transforms", uses: core),
  Part(name: "Mapping", path: "Converters/Mapping", uses: core + ["Conversion", "TOML"]),
  Part(name: "Comparison", path: "Converters/Comparison", uses: core + ["Conversion"]),
]

let containers = ["Directory": [], "Archive": ["Archive"], "Postgres": ["PostgresClient"]].sorted { $0.key < $1.key }
  .map {
    Part(
      name: $0.key + "Container", path: "Converters/Containers/" + $0.key,
      uses: core + ["Conversion"] + $0.value)
  }

let extraUses = [
  "JSON": ["JSONStream"], "JSONLines": ["JSONStream"], "SQLite": ["SQLiteClient", "SQLitePages"],
  "ConvexImport": ["Archive", "ConvexValues"], "PrismaSeed": ["JSONStream", "PrismaSchema"],
  "Supabase": ["SQLScriptFormat"], "XLSX": ["Archive"],
]
let formats = [
  "JSON", "JSONLines", "CSV", "SQLScript", "SQLite", "Markdown", "UserData", "Fixture", "ConvexImport", "PrismaSeed",
  "Supabase", "XLSX",
].map {
  Part(
    name: $0 + "Format", path: "Converters/Formats/" + $0,
    uses: core + ["Conversion"] + (extraUses[$0] ?? []))
}

let systems = [
  "Django": ["DjangoModels", "JSONStream", "SQLiteFile", "XMLStream", "YAMLStream"],
  "Convex": ["CSVFormat", "ConvexValues", "JSONStream"],
  "Generic": ["CSVFormat"],
  "MySQL": ["SQLDump", "SQLText"],
  "Postgres": ["SQLDump", "SQLText"],
  "Prisma": ["JSONStream", "PrismaSchema"],
  "SQLiteDump": ["SQLDump", "SQLText"],
  "Supabase": ["SQLDump"],
  "SQLiteDatabase": ["SQLiteFile"],
].sorted { $0.key < $1.key }.map {
  Part(
    name: $0.key + "System", path: "Converters/Systems/" + $0.key,
    uses: core + ["Conversion"] + $0.value)
}

let targets = ["Postgres": ["PostgresClient"], "SQLite": ["SQLiteClient", "SQLiteFormat"]].sorted { $0.key < $1.key }
  .map {
    Part(
      name: $0.key + "Target", path: "Converters/Targets/" + $0.key,
      uses: core + ["Conversion"] + $0.value)
  }

/// Takes backups from live systems: below the verb, above what reads them.
let captures = [
  Part(
    name: "Capture", path: "Converters/Capture",
    uses: core + ["Conversion", "HTTPClient", "PostgresClient", "PostgresContainer", "SQLiteClient"])
]

let plugIns = containers + formats + systems + targets
let builtIn = Part(
  name: "BuiltIn", path: "Converters/BuiltIn", uses: core + ["Conversion", "SQLDump"] + plugIns.map(\.name))

/// The versions of catalogs, one file of statements each, in both stores.
let catalogVersions: [Resource] = ["v0001_initial", "v0002_objects", "v0003_lineages"].map {
  .embedInCode("Migrations/\($0).sql")
}

let catalog = [
  Part(name: "CatalogModel", path: "Catalog/Model", uses: core),
  Part(name: "TextSearch", path: "Catalog/TextSearch", uses: ["Bytes"]),
  Part(
    name: "RowIndex", path: "Catalog/Index", uses: core + ["Archive", "CIndex", "SQLiteClient", "TextSearch"],
    settings: fenced),
  Part(name: "CatalogStore", path: "Catalog/Store", uses: core + ["CatalogModel", "RowIndex", "TextSearch"]),
  Part(name: "CatalogSQL", path: "Catalog/SQL", uses: core + ["CatalogModel", "CatalogStore", "RowIndex"]),
  Part(
    name: "CatalogCopy", path: "Catalog/Copy", uses: core + ["CatalogModel", "CatalogSQL", "CatalogStore", "RowIndex"]),
  Part(
    name: "CatalogSQLite", path: "Catalog/SQLite",
    uses: core + ["CatalogModel", "CatalogSQL", "CatalogStore", "RowIndex", "SQLiteClient"],
    resources: catalogVersions),
  Part(
    name: "CatalogPostgres", path: "Catalog/Postgres",
    uses: core + ["CatalogModel", "CatalogSQL", "CatalogStore", "PostgresClient", "RowIndex"],
    resources: catalogVersions),
  Part(
    name: "CatalogSource", path: "Catalog/Source",
    uses: core + ["CatalogModel", "CatalogStore", "Conversion", "RowIndex"]),
  Part(name: "Coverage", path: "Catalog/Coverage", uses: core + ["CatalogModel", "DjangoModels", "PrismaSchema"]),
  Part(name: "Trends", path: "Catalog/Trends", uses: ["Bytes", "CatalogModel", "Diagnostics"]),
  Part(
    name: "CatalogIngest", path: "Catalog/Ingest",
    uses: core + ["CatalogModel", "CatalogStore", "Conversion"]),
]

let parts = foundations + conversion + plugIns + captures + [builtIn] + catalog

/// Test targets: name of what is tested, and what else its tests use.
let tests: [(of: String, uses: [String])] = [
  ("Archive", core + ["Archive"]),
  ("ArchiveContainer", core + ["ArchiveContainer", "Conversion"]),
  ("BuiltIn", core + ["BuiltIn", "Conversion"]),
  ("Bytes", core + ["CBytes"]),
  ("CSVFormat", core + ["Conversion", "CSVFormat", "JSONFormat"]),
  ("Capture", core + ["BuiltIn", "Capture", "Conversion", "PostgresClient", "PostgresContainer"]),
  ("CatalogModel", core + ["CatalogModel"]),
  (
    "CatalogPostgres",
    core + [
      "CatalogConformance", "CatalogCopy", "CatalogModel", "CatalogPostgres", "CatalogProbe", "CatalogSQL",
      "CatalogSQLite", "CatalogStore", "PostgresClient", "RowIndex", "TextSearch",
    ]
  ),
  (
    "CatalogSQLite",
    core + [
      "CatalogModel", "CatalogStore", "CatalogSQLite", "CatalogConformance", "CatalogProbe", "RowIndex", "TextSearch",
    ]
  ),
  (
    "CatalogSource",
    core + [
      "BuiltIn", "CatalogIngest", "CatalogModel", "CatalogSource", "CatalogSQLite", "CatalogStore", "Comparison",
      "Conversion", "RowIndex",
    ]
  ),
  ("CatalogStore", core + ["CatalogStore"]),
  ("CommandLine", core + ["CommandLine", "TOML"]),
  ("DirectoryContainer", core + ["Conversion", "DirectoryContainer"]),
  ("Conversion", core + ["Conversion"]),
  ("DjangoModels", core + ["DjangoModels"]),
  ("DjangoSystem", core + ["BuiltIn", "Conversion", "DjangoSystem", "SQLScriptFormat"]),
  ("EndToEnd", core + ["CommandLine", "coffer"]),
  ("Comparison", core + ["BuiltIn", "Comparison", "Conversion"]),
  ("Coverage", core + ["CatalogModel", "Coverage", "DjangoModels", "PrismaSchema"]),
  (
    "ConvexImportFormat",
    core + ["Archive", "BuiltIn", "Comparison", "Conversion", "ConvexImportFormat", "ConvexValues"]
  ),
  ("ConvexSystem", core + ["BuiltIn", "Conversion", "ConvexSystem", "ConvexValues"]),
  ("ConvexValues", core + ["ConvexValues"]),
  ("FixtureFormat", core + ["BuiltIn", "Conversion", "FixtureFormat"]),
  ("GenericSystem", core + ["BuiltIn", "Conversion", "GenericSystem"]),
  ("JSONFormat", core + ["Conversion", "JSONFormat", "JSONLinesFormat"]),
  ("JSONStream", core + ["CBytes", "JSONStream"]),
  ("Mapping", core + ["Conversion", "Mapping"]),
  ("Migration", core + ["BuiltIn", "Comparison", "Conversion"]),
  ("MarkdownFormat", core + ["Conversion", "MarkdownFormat"]),
  ("PostgresClient", core + ["PostgresClient"]),
  ("PostgresContainer", core + ["BuiltIn", "Comparison", "Conversion", "PostgresContainer"]),
  ("PostgresTarget", core + ["Conversion", "PostgresTarget", "SQLScriptFormat"]),
  ("PostgresArchive", core + ["Archive", "PostgresArchive"]),
  ("PrismaSeedFormat", core + ["BuiltIn", "Comparison", "Conversion", "PrismaSchema", "PrismaSeedFormat"]),
  ("PrismaSystem", core + ["BuiltIn", "Conversion", "PrismaSystem"]),
  ("PrismaSchema", core + ["BuiltIn", "Conversion", "PrismaSchema"]),
  ("Records", core),
  ("RowIndex", core + ["CIndex", "CatalogPostgres", "RowIndex", "SQLiteClient", "TextSearch"]),
  ("SupabaseFormat", core + ["BuiltIn", "Conversion", "SupabaseFormat"]),
  ("SupabaseSystem", core + ["BuiltIn", "Conversion", "SupabaseSystem"]),
  ("Transforms", core + ["Transforms"]),
  ("Trends", core + ["CatalogModel", "Trends"]),
  ("SQLDump", core + ["BuiltIn", "Conversion", "SQLDump"]),
  ("SQLText", core + ["Conversion", "SQLText"]),
  ("SQLScriptFormat", core + ["Conversion", "SQLScriptFormat"]),
  ("SQLiteClient", core + ["SQLiteClient"]),
  (
    "SQLiteDatabaseSystem",
    core + [
      "BuiltIn", "Conversion", "SQLiteClient", "SQLiteDatabaseSystem", "SQLiteFile", "SQLiteFormat", "SQLitePages",
    ]
  ),
  ("SQLiteFormat", core + ["Conversion", "SQLiteFormat"]),
  ("SQLiteTarget", core + ["Conversion", "SQLiteClient", "SQLiteTarget"]),
  ("SQLitePages", core + ["SQLiteClient", "SQLitePages"]),
  ("TOML", ["Bytes", "Diagnostics", "TOML"]),
  ("TextSearch", core + ["TextSearch"]),
  ("XLSXFormat", core + ["BuiltIn", "Conversion", "XLSXFormat"]),
  ("XMLStream", core + ["XMLStream"]),
  ("YAMLStream", core + ["YAMLStream"]),
  ("UserDataFormat", core + ["BuiltIn", "Conversion", "UserDataFormat"]),
]

let package = Package(
  name: "coffer",
  products: [.executable(name: "coffer", targets: ["coffer"])],
  targets: [
    .target(name: "CBytes", path: "Sources/CBytes"),
    .target(name: "CSQLitePages", dependencies: ["CBytes"], path: "Sources/CSQLitePages"),
    .target(name: "CIndex", dependencies: ["CBytes"], path: "Catalog/CIndex"),
    .systemLibrary(
      name: "CSQLite", path: "Sources/CSQLite", pkgConfig: "sqlite3", providers: [.apt(["libsqlite3-dev"])]),
    // No pkg-config: these libraries are not linked but loaded when they are first needed.
    .systemLibrary(name: "CArchive", path: "Sources/CArchive", providers: [.apt(["libarchive-dev"])]),
    .systemLibrary(name: "CIsal", path: "Sources/CIsal", providers: [.apt(["libisal-dev"])]),
    .systemLibrary(name: "CCurl", path: "Sources/CCurl"),
    .systemLibrary(name: "CLibPQ", path: "Sources/CLibPQ"),
    .systemLibrary(name: "CXML2", path: "Sources/CXML2"),
    .systemLibrary(name: "CYAML", path: "Sources/CYAML", providers: [.apt(["libyaml-dev"])]),
    .systemLibrary(name: "CLZ4", path: "Sources/CLZ4", providers: [.apt(["liblz4-dev"])]),
    .systemLibrary(name: "CZstd", path: "Sources/CZstd", providers: [.apt(["libzstd-dev"])]),
    .systemLibrary(name: "CZlib", path: "Sources/CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
    .systemLibrary(name: "CCrypto", path: "Sources/CCrypto", pkgConfig: "libcrypto", providers: [.apt(["libssl-dev"])]),
  ] + parts.map(\.target) + [
    .executableTarget(
      name: "coffer", dependencies: parts.map { .init(stringLiteral: $0.name) },
      path: "Sources/coffer", swiftSettings: strict),
    .target(
      name: "TestSupport", dependencies: (core + ["Conversion"]).map { .init(stringLiteral: $0) },
      path: "Tests/Support",
      swiftSettings: fenced),
    // What every catalog store has to do, for the tests of each of them.
    .target(
      name: "CatalogConformance",
      dependencies: (core + ["CatalogModel", "CatalogStore", "TextSearch"]).map { .init(stringLiteral: $0) },
      path: "Tests/CatalogConformance", swiftSettings: house),
    // Times the row index beside FTS5.
    .executableTarget(
      name: "row-index-benchmark",
      dependencies: (core + ["Archive", "CIndex", "RowIndex", "SQLiteClient", "TextSearch"])
        .map { .init(stringLiteral: $0) },
      path: "Benchmarks/RowIndex", swiftSettings: fenced),
    // A program that the catalog's tests kill, starve and run side by side.
    .executableTarget(
      name: "CatalogProbe",
      dependencies: (core + ["CatalogModel", "CatalogPostgres", "CatalogStore", "CatalogSQLite", "TextSearch"])
        .map { .init(stringLiteral: $0) },
      path: "Tests/CatalogProbe", swiftSettings: house),
  ]
    + tests.map { test in
      .testTarget(
        name: test.of + "Tests", dependencies: (test.uses + ["TestSupport"]).map { .init(stringLiteral: $0) },
        path: "Tests/\(test.of)Tests", exclude: test.of == "EndToEnd" ? ["Fixtures"] : [], swiftSettings: house)
    },
  swiftLanguageModes: [.v6],
  cLanguageStandard: .gnu11
)

/// Names of the files in an export of Convex, and the one that is the same in all.
enum ImportFiles {
  static let tables = Array("_tables/documents.jsonl".utf8)
  static let documents = Array("/documents.jsonl".utf8)
  static let shape = Array("/generated_schema.jsonl".utf8)

  static let readme = """
    # Welcome to your Convex snapshot export!

    This ZIP file contains a snapshot of the tables in your Convex deployment.

    Documents for each table are listed as lines of JSON in
    <table_name>/documents.jsonl files.

    For details on the format and how to use this snapshot with npx convex import,
    check out [the docs](https://docs.convex.dev/database/import-export/export) or
    ask us in [Discord](http://convex.dev/community).

    """
}

/// How a reading verb writes its answer.
package enum OutputFormat: String, Sendable, CaseIterable {
  case table, json, jsonl, csv, tsv, md

  /// One line for help.
  package var summary: String {
    switch self {
    case .table: "aligned columns for people; every value escaped; cut to the width on a terminal"
    case .json: "one document; names are stable; control characters and bytes that are not UTF-8 as \\uXXXX"
    case .jsonl: "one object per row and line"
    case .csv: "RFC 4180 with a header; NULL is an empty field, an empty text is \"\""
    case .tsv: "tab-separated with a header; \\t \\n \\r \\\\ are escaped, NULL is \\N"
    case .md: "Markdown tables"
    }
  }
}

internal import Bytes
internal import Conversion
internal import Records

/// Collects the rows and writes the document at the end, for the lists of a row stand in it but come after it. User data is
/// small; what exceeds the limit is refused.
struct UserDataWriter: RecordWriter, ~Copyable {
  /// Bytes that are held.
  static let limit = 256 << 20

  /// A row of a list: its key, and its members as they will stand in the document.
  private struct Row {
    var key: [UInt8]
    var members: [(name: [UInt8], value: [UInt8])]
  }

  private let output: Output
  private let tables: [TableSchema]
  private let attributes: [(name: String, value: [UInt8])]
  private let index: TableIndex
  private var rows: [[Row]]
  private var values = UserDataValues()
  private var held = 0
  private var tableLosses: [TableLosses]
  private var missing: [Loss] = []
  private var current = -1

  init(to output: Output, tables: [TableSchema], attributes: [(name: String, value: [UInt8])]) {
    self.output = output
    self.tables = tables
    self.attributes = attributes
    index = TableIndex(tables)
    rows = Array(repeating: [], count: tables.count)
    tableLosses = tables.map { TableLosses($0) }
  }

  var losses: [Loss] { tableLosses.flatMap(\.losses) + missing }

  mutating func begin(_ table: TableSchema) throws(WriteError) { current = try index.position(of: table) }

  mutating func write(_ batch: borrowing RecordBatch) throws(WriteError) {
    let table = tables[current]
    let key = table.index(of: table.primaryKey.first ?? "id")
    for number in 0..<batch.rowCount {
      var row = Row(key: [], members: [])
      for (column, facts) in table.columns.enumerated() where batch[number, column].kind != .missing {
        let value: [UInt8]
        do throws(IOError) { value = try values.json(batch[number, column], of: batch) } catch {
          throw WriteError(.io(error), table: table.name)
        }
        if value.count == 4, value == Array("null".utf8), batch[number, column].kind == .json {
          tableLosses[current].count(.jsonNull, column: column)
        }
        if values.takeSpecial() { tableLosses[current].count(.specialFloat, column: column) }
        if column == key { row.key = value }
        row.members.append((facts.name.bytes, value))
        held += value.count + 48
      }
      guard held <= Self.limit else {
        throw WriteError(.unsupported("user data of more than \(Self.limit >> 20) MiB"), table: table.name)
      }
      rows[current].append(row)
    }
  }

  // MARK: The document

  mutating func finish() throws(WriteError) {
    let sink = output.isSingle ? try output.openStream() : try output.openFile(for: "user_data", ending: "json")
    var buffer = OutputBuffer(sink)
    do throws(IOError) {
      try buffer.append("{")
      var separator = "\n"
      for head in UserDataList.heads {
        guard let attribute = attributes.first(where: { $0.name == head }) else { continue }
        try buffer.append(Array("\(separator)  \"\(head)\": ".utf8))
        try buffer.appendJSONString(attribute.value.span)
        separator = ",\n"
      }
      for list in UserDataList.all {
        guard let place = position(of: list.table) else { continue }
        try buffer.append(Array("\(separator)  \"\(list.key)\": ".utf8))
        try write(list, place, to: &buffer)
        separator = ",\n"
      }
      try buffer.append("\n}")
      try buffer.finish()
    } catch { throw WriteError(error) }
    noteTablesWithoutPlace()
  }

  private func position(of table: Name) -> Int? { tables.firstIndex { $0.name == table } }

  private mutating func write(_ list: UserDataList, _ place: Int, to buffer: inout OutputBuffer) throws(IOError) {
    let joins = list.joins.map { self.children(of: $0, keys: Set(rows[place].map(\.key))) }
    let types = contentTypes()
    guard !rows[place].isEmpty else { return try buffer.append("[]") }
    try buffer.append("[")
    for (number, row) in rows[place].enumerated() {
      try buffer.append(number == 0 ? "\n    {" : ",\n    {")
      var separator = "\n"
      for (name, value) in row.members {
        try buffer.append(Array("\(separator)      ".utf8))
        separator = ",\n"
        guard Name(name) == UserDataList.contentTypeColumn, place == position(of: "auth_permission") else {
          try buffer.appendJSONString(name.span)
          try buffer.append(": ")
          try buffer.append(value)
          continue
        }
        try buffer.append("\"content_type\": ")
        try buffer.append(types[value] ?? Array("null".utf8))
        if types[value] == nil {
          note("content-type-missing", "rows refer to a content type that is not there", list.table, isReject: false)
        }
      }
      for (join, children) in zip(list.joins, joins) {
        try buffer.append(Array("\(separator)      \"\(join.member)\": ".utf8))
        separator = ",\n"
        try write(children[row.key] ?? [], to: &buffer)
      }
      try buffer.append("\n    }")
    }
    try buffer.append("\n  ]")
  }

  private func write(_ children: [[UInt8]], to buffer: inout OutputBuffer) throws(IOError) {
    guard !children.isEmpty else { return try buffer.append("[]") }
    for (i, child) in children.enumerated() {
      try buffer.append(i == 0 ? "[\n        " : ",\n        ")
      try buffer.append(child)
    }
    try buffer.append("\n      ]")
  }

  /// What a join table leads to, by the row that it belongs to.
  private mutating func children(of join: UserDataList.Join, keys: Set<[UInt8]>) -> [[UInt8]: [[UInt8]]] {
    guard let place = position(of: join.table) else { return [:] }
    var children: [[UInt8]: [[UInt8]]] = [:]
    for row in rows[place] {
      let parent = row.members.first { $0.name == join.parent.bytes }?.value ?? []
      let child = row.members.first { $0.name == join.child.bytes }?.value
      guard let child, keys.contains(parent) else {
        note("no-parent", "rows belong to one that is not there: left out", join.table, isReject: true)
        continue
      }
      children[parent, default: []].append(child)
    }
    return children
  }

  /// Content types as objects, by their keys.
  private func contentTypes() -> [[UInt8]: [UInt8]] {
    guard let place = position(of: UserDataList.contentTypes) else { return [:] }
    var types: [[UInt8]: [UInt8]] = [:]
    for row in rows[place] {
      var members: [[UInt8]] = []
      for name in UserDataList.contentTypeMembers {
        guard let value = row.members.first(where: { $0.name == name.bytes })?.value else { continue }
        members.append(Array("\n        \"".utf8) + name.bytes + Array("\": ".utf8) + value)
      }
      types[row.key] = Array("{".utf8) + members.joined(separator: Array(",".utf8)) + Array("\n      }".utf8)
    }
    return types
  }

  // MARK: Losses

  private mutating func note(_ code: String, _ message: String, _ table: Name, isReject: Bool, count: Int = 1) {
    if let known = missing.firstIndex(where: { $0.code == code && $0.table == table }) {
      missing[known].count += count
    } else {
      missing.append(Loss(code, message, table: table, count: count, isReject: isReject))
    }
  }

  /// Rows of tables that the document has no list for, and content types that no permission names.
  private mutating func noteTablesWithoutPlace() {
    let known = Set(UserDataList.all.flatMap { [$0.table] + $0.joins.map(\.table) } + [UserDataList.contentTypes])
    for (place, table) in tables.enumerated() {
      var count = known.contains(table.name) ? 0 : rows[place].count
      if table.name == UserDataList.contentTypes {
        let column = UserDataList.contentTypeColumn.bytes
        let permissions = position(of: "auth_permission").map { rows[$0] } ?? []
        let named = Set(permissions.compactMap { row in row.members.first { $0.name == column }?.value })
        count = rows[place].count { !named.contains($0.key) }
      }
      if count > 0 {
        note("no-place", "rows have no place in user data: left out", table.name, isReject: true, count: count)
      }
    }
  }
}

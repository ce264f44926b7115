package import Bytes
package import Records

/// The tables with every referenced table before those that refer to it; where references form a cycle, in the given order.
package func creationOrder(_ tables: [TableSchema]) -> [TableSchema] {
  let index = Dictionary(tables.enumerated().map { ($1.name, $0) }, uniquingKeysWith: { first, _ in first })
  var state = Array(repeating: 0, count: tables.count)  // 0 new, 1 on the path, 2 placed
  var order: [TableSchema] = []
  for root in tables.indices {
    var path: [(table: Int, next: Int)] = state[root] == 0 ? [(root, 0)] : []
    if !path.isEmpty { state[root] = 1 }
    while let (table, next) = path.last {
      let keys = tables[table].foreignKeys
      if next == keys.count {
        state[table] = 2
        order.append(tables[table])
        path.removeLast()
        continue
      }
      path[path.count - 1].next += 1
      if let target = index[keys[next].table], state[target] == 0 {
        state[target] = 1
        path.append((target, 0))
      }
    }
  }
  return order
}

/// Groups of tables whose foreign keys form a cycle, each in the given order. A table that refers to itself is one of its own
/// only when that is asked for.
package func referenceCycles(_ tables: [TableSchema], countingSelfReferences: Bool = false) -> [[Name]] {
  let index = Dictionary(tables.enumerated().map { ($1.name, $0) }, uniquingKeysWith: { first, _ in first })
  let targets = tables.map { table in table.foreignKeys.compactMap { index[$0.table] } }
  // Tarjan's strongly connected components, with an explicit stack.
  var number = Array(repeating: -1, count: tables.count), low = number,
    onStack = Array(repeating: false, count: tables.count)
  var stack: [Int] = [], counter = 0, groups: [[Int]] = []
  for root in tables.indices where number[root] < 0 {
    var path: [(table: Int, next: Int)] = [(root, 0)]
    while let (table, next) = path.last {
      if next == 0 {
        number[table] = counter
        low[table] = counter
        counter += 1
        stack.append(table)
        onStack[table] = true
      }
      if next < targets[table].count {
        path[path.count - 1].next += 1
        let target = targets[table][next]
        if number[target] < 0 {
          path.append((target, 0))
        } else if onStack[target] {
          low[table] = min(low[table], number[target])
        }
        continue
      }
      path.removeLast()
      if let parent = path.last?.table { low[parent] = min(low[parent], low[table]) }
      if low[table] == number[table] {
        var group: [Int] = []
        repeat {
          let member = stack.removeLast()
          onStack[member] = false
          group.append(member)
        } while group.last != table
        let isSelf = countingSelfReferences && targets[table].contains(table)
        if group.count > 1 || isSelf { groups.append(group.sorted()) }
      }
    }
  }
  return groups.sorted { $0[0] < $1[0] }.map { $0.map { tables[$0].name } }
}

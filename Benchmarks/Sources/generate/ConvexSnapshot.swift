import Glibc

/// The files of a snapshot export of a Convex deployment, uniform generation, for a zip to be made of.
struct ConvexSnapshot {
  private let size: Int
  private var random = Random(seed: 2_000)

  init(size: Int) { self.size = size }

  mutating func write(to directory: String) {
    let users = (0..<(2_000 * size)).map { _ in convexID(table: 10_001, &random) }.sorted()
    let channels = (0..<(20 * size)).map { _ in convexID(table: 10_002, &random) }.sorted()
    let tables = [
      ("users", users.count), ("channels", channels.count), ("messages", 20_000 * size), ("events", 8_000 * size),
    ]
    mkdir(directory, 0o755)
    var list = file(directory, "_tables", "documents")
    for (i, table) in tables.enumerated() { list.write("{\"name\":\"\(table.0)\",\"id\":\(10_001 + i)}\n") }
    list.close()
    for (name, count) in tables {
      var shape = file(directory, name, "generated_schema")
      shape.write("\"uniform\"\n")
      shape.close()
      var documents = file(directory, name, "documents")
      // The server writes documents in the order of their ids.
      let ids =
        name == "users"
        ? users
        : name == "channels"
          ? channels
          : (0..<count).map { _ in convexID(table: name == "messages" ? 10_003 : 10_004, &random) }.sorted()
      for i in 0..<count {
        let time = "\"_creationTime\":\(1_750_000_000_000.25 + Double(i) * 37.5),\"_id\":"
        switch name {
        case "users": documents.write("{\(time)\"\(ids[i])\",\(user(i))}\n")
        case "channels":
          let topic = quoted(Words.sentence(&random, 6))
          documents.write("{\(time)\"\(ids[i])\",\"archived\":\(random.oneIn(5)),\"topic\":\(topic)}\n")
        case "messages":
          documents.write("{\(time)\"\(ids[i])\",\(message(users, channels))}\n")
        default: documents.write("{\(time)\"\(ids[i])\",\(event(users))}\n")
        }
      }
      documents.close()
    }
  }

  private func file(_ directory: String, _ table: String, _ name: String) -> Output {
    mkdir("\(directory)/\(table)", 0o755)
    return Output("\(directory)/\(table)/\(name).jsonl")
  }

  private mutating func user(_ i: Int) -> String {
    let name = random.pick(Words.given) + " " + random.pick(Words.family)
    let note = random.oneIn(4) ? "" : ",\"note\":\(random.oneIn(3) ? "null" : quoted(Words.sentence(&random, 8)))"
    return
      "\"email\":\"user\(i)@harbourlight.example\",\"name\":\(quoted(name))\(note),\"role\":\"\(random.pick(["owner", "editor", "reader"]))\",\"score\":\(Double(random.below(100_000)) / 8),\"visits\":\(random.below(1_000_000))"
  }

  private mutating func message(_ users: [String], _ channels: [String]) -> String {
    let tags = (0..<random.below(4)).map { _ in quoted(random.pick(Words.noun)) }.joined(separator: ",")
    let edited = random.oneIn(5) ? ",\"edited\":\(1_750_000_000_000.5 + Double(random.below(1_000_000)))" : ""
    return
      "\"author\":\"\(random.pick(users))\",\"body\":\(quoted(Words.sentence(&random, 6 + random.below(30)))),\"channel\":\"\(random.pick(channels))\"\(edited),\"likes\":\(random.below(500)),\"meta\":{\"client\":\"web\",\"size\":{\"h\":\(random.below(900)),\"w\":\(Double(random.below(1_600)))}},\"tags\":[\(tags)]"
  }

  private mutating func event(_ users: [String]) -> String {
    "\"actor\":\"\(random.pick(users))\",\"duration\":\(Double(random.below(1_000_000)) / 1024),\"kind\":\"\(random.pick(["open", "close", "save", "share"]))\",\"ok\":\(!random.oneIn(9)),\"path\":\"/\(random.pick(Words.noun))/\(random.below(10_000))\""
  }
}

/// The JSON of a Django user export: users, groups, permissions, models and their assignments.
struct Users {
  private var random = Random(seed: 3)

  mutating func write(to path: String) {
    var out = Output(path)
    out.write("{\n  \"export_date\": \"2026-02-14T08:15:00.482913\",\n  \"django_version\": \"5.2\",\n  \"users\": [")
    for id in 1...40 {
      let isPersona = id == 11
      let hash = "pbkdf2_sha256$1000000$\(hex(random.bytes(11)))$\(base64(random.bytes(32)))"
      member(
        id == 1,
        [
          ("id", "\(id)"), ("username", quoted(isPersona ? "mokafor" : "member\(id)")),
          ("email", quoted(isPersona ? Persona.email : "member\(id)@lantern.example")), ("password", quoted(hash)),
          ("first_name", quoted(isPersona ? Persona.given : random.pick(Words.given))),
          ("last_name", quoted(isPersona ? Persona.family : random.pick(Words.family))), ("is_active", "true"),
          ("is_staff", "\(id < 4)"), ("is_superuser", "\(id == 1)"),
          (
            "date_joined",
            quoted(
              "2025-1\(random.below(3))-\(padded(1 + random.below(28), 2))T09:44:31.\(padded(random.below(1_000_000), 6))+00:00"
            )
          ),
          ("last_login", id % 3 == 0 ? "null" : quoted("2026-02-0\(1 + random.below(9))T17:02:11+00:00")),
          ("groups", list(id < 4 ? [1, 2] : id % 2 == 0 ? [2] : [])),
          ("user_permissions", list(id == 5 ? [3, 4] : [])),
        ], &out)
    }
    out.write("\n  ],\n  \"groups\": [")
    member(true, [("id", "1"), ("name", "\"Operators\""), ("permissions", list([1, 2, 3, 4]))], &out)
    member(false, [("id", "2"), ("name", "\"Readers\""), ("permissions", list([4, 8]))], &out)
    out.write("\n  ],\n  \"permissions\": [")
    var id = 0
    for model in ["group", "user", "supportedopenaimodel"] {
      for action in ["add", "change", "delete", "view"] {
        id += 1
        let app = model == "supportedopenaimodel" ? "home" : "auth"
        member(
          id == 1,
          [
            ("id", "\(id)"), ("name", quoted("Can \(action) \(model)")), ("codename", quoted("\(action)_\(model)")),
            ("content_type", "{\n        \"app_label\": \"\(app)\",\n        \"model\": \"\(model)\"\n      }"),
          ], &out)
      }
    }
    out.write("\n  ],\n  \"openai_models\": [")
    for (i, name) in ["small-1", "large-1", "reasoning-2"].enumerated() {
      member(
        i == 0,
        [
          ("id", "\(i + 1)"), ("name", quoted(name)), ("input_cost", "\"\(i + 1).500000\""),
          ("cached_input_cost", i == 1 ? "null" : "\"0.375000\""), ("output_cost", "\"\(4 * (i + 1)).000000\""),
          ("assigned_users", list([1 + i, 11, 20 + i])),
        ], &out)
    }
    out.write("\n  ]\n}")
    out.close()
  }

  private func list(_ ids: [Int]) -> String {
    ids.isEmpty ? "[]" : "[\n" + ids.map { "        \($0)" }.joined(separator: ",\n") + "\n      ]"
  }

  private func member(_ isFirst: Bool, _ fields: [(String, String)], _ out: inout Output) {
    out.write(isFirst ? "\n    {\n" : ",\n    {\n")
    out.write(fields.map { "      \"\($0)\": \($1)" }.joined(separator: ",\n"))
    out.write("\n    }")
  }
}

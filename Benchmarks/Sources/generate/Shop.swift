/// A shop's `dumpdata`: framework tables, products with many-to-many tags, orders, items, reviews.
///
/// Size 1 is about 10,500 objects (1.9 MB); everything grows with `size` but the framework's own tables.
struct Shop {
  let size: Int
  private var random = Random(seed: 20_260_214)
  private var isFirst = true

  init(size: Int) { self.size = size }

  private static let models = [
    ("admin", "logentry"), ("auth", "permission"), ("auth", "group"), ("auth", "user"), ("contenttypes", "contenttype"),
    ("sessions", "session"), ("shop", "category"), ("shop", "tag"), ("shop", "product"), ("shop", "customer"),
    ("shop", "order"), ("shop", "orderitem"), ("shop", "review"),
  ]

  mutating func write(to path: String) {
    var out = Output(path)
    out.write("[")
    framework(&out)
    let users = 60 * size, products = 900 * size, customers = 1_200 * size, orders = 2_000 * size
    for id in 1...users { user(id, &out) }
    for id in 1...12 {
      object(
        "shop.category", "\(id)",
        #""name": \#(quoted(random.pick(Words.noun) + " \(id)")), "parent": \#(id <= 3 ? "null" : "\(1 + random.below(3))")"#,
        &out)
    }
    for id in 1...40 {
      object(
        "shop.tag", quoted("t\(padded(id, 3))"), #""label": \#(quoted(random.pick(Words.adjective) + "-\(id)"))"#, &out)
    }
    for id in 1...products { product(id, &out) }
    for id in 1...customers { customer(id, users, &out) }
    for id in 1...orders { order(id, customers, &out) }
    for id in 1...(orders * 5 / 2) { item(id, orders, products, &out) }
    for id in 1...(products * 3 / 2) { review(id, products, customers, &out) }
    out.write("]\n")
    out.close()
  }

  private mutating func object(_ model: String, _ pk: String, _ fields: String, _ out: inout Output) {
    out.write(isFirst ? "" : ", ")
    isFirst = false
    out.write(#"{"model": "\#(model)", "pk": \#(pk), "fields": {\#(fields)}}"#)
  }

  private mutating func framework(_ out: inout Output) {
    for (i, (app, model)) in Self.models.enumerated() {
      object("contenttypes.contenttype", "\(i + 1)", #""app_label": "\#(app)", "model": "\#(model)""#, &out)
    }
    var id = 0
    for (i, (_, model)) in Self.models.enumerated() {
      for action in ["add", "change", "delete", "view"] {
        id += 1
        object(
          "auth.permission", "\(id)",
          #""name": "Can \#(action) \#(model)", "content_type": \#(i + 1), "codename": "\#(action)_\#(model)""#, &out)
      }
    }
    object("auth.group", "1", #""name": "Staff", "permissions": [1, 2, 3, 4, 25, 26, 27, 28]"#, &out)
    object("auth.group", "2", #""name": "Editors", "permissions": [33, 34, 36]"#, &out)
  }

  private mutating func user(_ id: Int, _ out: inout Output) {
    let isPersona = id == 7
    let given = isPersona ? Persona.given : random.pick(Words.given),
      family = isPersona ? Persona.family : random.pick(Words.family)
    let email = isPersona ? Persona.email : "user\(id)@harbourlight.example"
    let hash = "pbkdf2_sha256$1000000$\(hex(random.bytes(11)))$\(base64(random.bytes(32)))"
    let moment = Moment(&random)
    object(
      "auth.user", "\(id)",
      #""password": "\#(hash)", "last_login": \#(random.oneIn(4) ? "null" : quoted(Moment(&random).django)), "is_superuser": \#(id == 1), "username": "user\#(id)", "first_name": \#(quoted(given)), "last_name": \#(quoted(family)), "email": "\#(email)", "is_staff": \#(id < 9), "is_active": true, "date_joined": "\#(moment.django)", "groups": [\#(id < 9 ? "1" : "")\#(id < 4 ? ", 2" : "")], "user_permissions": []"#,
      &out)
  }

  private mutating func product(_ id: Int, _ out: inout Output) {
    let uuid = hex(random.bytes(16))
    let dashed =
      "\(uuid.prefix(8))-\(uuid.dropFirst(8).prefix(4))-4\(uuid.dropFirst(13).prefix(3))-a\(uuid.dropFirst(17).prefix(3))-\(uuid.dropFirst(20).prefix(12))"
    let price = "\(1 + random.below(900)).\(padded(random.below(100), 2))"
    let tags = Set((0..<random.below(4)).map { _ in 1 + random.below(40) }).sorted().map { #""t\#(padded($0, 3))""# }
    let size =
      #"{"width": \#(10 + random.below(300)), "finish": "\#(random.pick(Words.adjective))", "weight": \#(random.below(40)).\#(1 + random.below(9))}"#
    object(
      "shop.product", "\(id)",
      #""sku": "\#(padded(id * 7919 % 1_000_000, 7))", "uid": "\#(dashed)", "name": \#(quoted(random.pick(Words.adjective) + " " + random.pick(Words.noun))), "category": \#(1 + random.below(12)), "price": "\#(price)", "stock": \#(random.below(500)), "rating": \#(random.below(5)).\#(1 + random.below(9)), "is_active": \#(!random.oneIn(10)), "attributes": \#(size), "lead_time": "\#(random.below(9)) \#(padded(random.below(24), 2)):30:00", "description": \#(quoted(Words.sentence(&random, 12 + random.below(18)) + (random.oneIn(20) ? "\nAsk for the \"short\" version\t!" : ""))), "created": "\#(Moment(&random).django)", "tags": [\#(tags.joined(separator: ", "))]"#,
      &out)
  }

  private mutating func customer(_ id: Int, _ users: Int, _ out: inout Output) {
    let isPersona = id == 42
    let name =
      isPersona ? "\(Persona.given) \(Persona.family)" : random.pick(Words.given) + " " + random.pick(Words.family)
    object(
      "shop.customer", "\(id)",
      #""user": \#(isPersona ? "7" : random.oneIn(3) ? "\(1 + random.below(users))" : "null"), "name": \#(quoted(name)), "email": "\#(isPersona ? Persona.email : "customer\(id)@post.example")", "phone": "0\#(padded(random.below(1_000_000_000), 10))", "city": \#(quoted(random.pick(Words.cities))), "birthday": \#(random.oneIn(5) ? "null" : quoted(Moment(&random, years: 1950...2005).date)), "loyalty": \#(9_007_199_254_740_993 + random.below(1_000_000)), "notes": \#(random.oneIn(3) ? quoted(Words.sentence(&random, 8)) : "\"\"")"#,
      &out)
  }

  private mutating func order(_ id: Int, _ customers: Int, _ out: inout Output) {
    let status = random.pick(["new", "paid", "sent", "returned"])
    object(
      "shop.order", "\(id)",
      #""customer": \#(1 + random.below(customers)), "status": "\#(status)", "placed": "\#(Moment(&random).django)", "total": "\#(5 + random.below(4000)).\#(padded(random.below(100), 2))", "currency": "\#(random.pick(["EUR", "JPY", "USD"]))", "gift": \#(random.oneIn(9)), "comment": \#(random.oneIn(6) ? quoted(Words.sentence(&random, 10)) : "null")"#,
      &out)
  }

  private mutating func item(_ id: Int, _ orders: Int, _ products: Int, _ out: inout Output) {
    object(
      "shop.orderitem", "\(id)",
      #""order": \#(1 + random.below(orders)), "product": \#(1 + random.below(products)), "quantity": \#(1 + random.below(9)), "unit_price": "\#(1 + random.below(900)).\#(padded(random.below(100), 2))""#,
      &out)
  }

  private mutating func review(_ id: Int, _ products: Int, _ customers: Int, _ out: inout Output) {
    object(
      "shop.review", "\(id)",
      #""product": \#(1 + random.below(products)), "customer": \#(1 + random.below(customers)), "stars": \#(1 + random.below(5)), "title": \#(quoted(random.pick(Words.adjective) + " " + random.pick(Words.noun))), "body": \#(quoted(Words.sentence(&random, 20 + random.below(30)))), "created": "\#(Moment(&random).django)""#,
      &out)
  }
}

/// Standard base64 with padding.
func base64(_ bytes: [UInt8]) -> String {
  let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
  var text: [UInt8] = [], i = 0
  while i < bytes.count {
    let left = bytes.count - i
    let group =
      UInt32(bytes[i]) << 16 | (left > 1 ? UInt32(bytes[i + 1]) << 8 : 0) | (left > 2 ? UInt32(bytes[i + 2]) : 0)
    text.append(alphabet[Int(group >> 18)])
    text.append(alphabet[Int(group >> 12 & 63)])
    text.append(left > 1 ? alphabet[Int(group >> 6 & 63)] : UInt8(ascii: "="))
    text.append(left > 2 ? alphabet[Int(group & 63)] : UInt8(ascii: "="))
    i += 3
  }
  return String(decoding: text, as: UTF8.self)
}

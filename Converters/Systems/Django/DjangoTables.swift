internal import Bytes
internal import Records

/// A field of a model whose schema is known, and the column Django makes of it.
struct KnownField: Sendable {
  let name: StaticString
  let type: LogicalType
  var isNullable = false
  var maximumLength: Int?
  var isUnique = false
  var isIndexed = false
  var isSecret = false
  /// The model a foreign key refers to, such as `auth.user`.
  var references: StaticString?

  static func text(
    _ name: StaticString, _ length: Int? = nil, null: Bool = false, unique: Bool = false, secret: Bool = false
  ) -> KnownField {
    KnownField(
      name: name, type: .text, isNullable: null, maximumLength: length, isUnique: unique, isSecret: secret)
  }
  static func boolean(_ name: StaticString) -> KnownField { KnownField(name: name, type: .boolean) }
  static func integer(_ name: StaticString) -> KnownField { KnownField(name: name, type: .int32) }
  static func moment(_ name: StaticString, null: Bool = false, indexed: Bool = false) -> KnownField {
    KnownField(name: name, type: .timestamptz, isNullable: null, isIndexed: indexed)
  }
  static func price(_ name: StaticString, null: Bool = false) -> KnownField {
    KnownField(name: name, type: .decimal(precision: 10, scale: 6), isNullable: null)
  }
  static func key(_ name: StaticString, _ model: StaticString, null: Bool = false, unique: Bool = false) -> KnownField {
    KnownField(name: name, type: .int32, isNullable: null, isUnique: unique, references: model)
  }
}

/// A many-to-many field of a known model.
struct KnownList: Sendable {
  let name: StaticString
  /// The model its elements refer to.
  let target: StaticString
}

/// A model whose tables are the same in every Django project.
struct KnownModel: Sendable {
  /// `app.model`, lower case.
  let model: StaticString
  let table: StaticString
  /// Column of the primary key.
  var key: StaticString = "id"
  var keyType: LogicalType = .int32
  var keyLength: Int?
  var isKeySecret = false
  let fields: [KnownField]
  var lists: [KnownList] = []
  var unique: [[StaticString]] = []
  /// Fields of the natural key in order; one that refers to another model stands for that model's natural key.
  var naturalKey: [StaticString] = []
}

/// The models of Django itself, of its contributed applications and of the scripts that are read here.
enum DjangoTables {
  static let models: [KnownModel] = [
    KnownModel(
      model: "contenttypes.contenttype", table: "django_content_type",
      fields: [.text("app_label", 100), .text("model", 100)],
      unique: [["app_label", "model"]], naturalKey: ["app_label", "model"]),
    KnownModel(
      model: "auth.permission", table: "auth_permission",
      fields: [.text("name", 255), .key("content_type", "contenttypes.contenttype"), .text("codename", 100)],
      unique: [["content_type", "codename"]], naturalKey: ["codename", "content_type"]),
    KnownModel(
      model: "auth.group", table: "auth_group", fields: [.text("name", 150, unique: true)],
      lists: [KnownList(name: "permissions", target: "auth.permission")], naturalKey: ["name"]),
    KnownModel(
      model: "auth.user", table: "auth_user", fields: userFields, lists: userLists, naturalKey: ["username"]),
    KnownModel(
      model: "sessions.session", table: "django_session", key: "session_key", keyType: .text, keyLength: 40,
      isKeySecret: true,
      fields: [.text("session_data", secret: true), .moment("expire_date", indexed: true)]),
    KnownModel(
      model: "admin.logentry", table: "django_admin_log",
      fields: [
        .moment("action_time"), .key("user", "auth.user"),
        .key("content_type", "contenttypes.contenttype", null: true), .text("object_id", null: true),
        .text("object_repr", 200), .integer("action_flag"), .text("change_message"),
      ]),
    KnownModel(
      model: "sites.site", table: "django_site", fields: [.text("domain", 100, unique: true), .text("name", 50)],
      naturalKey: ["domain"]),
    KnownModel(
      model: "redirects.redirect", table: "django_redirect",
      fields: [.key("site", "sites.site"), .text("old_path", 200), .text("new_path", 200)],
      unique: [["site", "old_path"]]),
    KnownModel(
      model: "flatpages.flatpage", table: "django_flatpage",
      fields: [
        .text("url", 100), .text("title", 200), .text("content"), .boolean("enable_comments"),
        .text("template_name", 70), .boolean("registration_required"),
      ],
      lists: [KnownList(name: "sites", target: "sites.site")]),
    KnownModel(
      model: "authtoken.token", table: "authtoken_token", key: "key", keyType: .text, keyLength: 40, isKeySecret: true,
      fields: [.key("user", "auth.user", unique: true), .moment("created")]),
    // The project of the user data scripts: `home_openaimodel` until its migration 0004.
    KnownModel(
      model: "home.supportedopenaimodel", table: "home_supportedopenaimodel", keyType: .int64,
      fields: [
        .text("name", 100, unique: true), .price("input_cost"), .price("cached_input_cost", null: true),
        .price("output_cost", null: true),
      ],
      lists: [KnownList(name: "assigned_users", target: "auth.user")]),
  ]

  /// Fields every user model inherits from `AbstractUser`; a project's own user model has these and more.
  static let userFields: [KnownField] = [
    .text("password", 128, secret: true), .moment("last_login", null: true), .boolean("is_superuser"),
    .text("username", 150, unique: true), .text("first_name", 150), .text("last_name", 150), .text("email", 254),
    .boolean("is_staff"), .boolean("is_active"), .moment("date_joined"),
  ]
  static let userLists = [
    KnownList(name: "groups", target: "auth.group"),
    KnownList(name: "user_permissions", target: "auth.permission"),
  ]

  /// The known model of a lower-case `app.model`.
  static func model(_ name: Name) -> KnownModel? { models.first { Name($0.model) == name } }

  /// Whether fields are those of a user model of a project's own.
  static func isUserModel(_ fields: [Name]) -> Bool {
    let names = Set(fields)
    let signs: [Name] = ["is_active", "is_staff", "is_superuser", "groups", "user_permissions"]
    return names.contains("password") && names.contains("last_login")
      && (names.contains("username") || names.contains("email")) && signs.contains(where: names.contains)
  }
}

extension Name {
  /// A name written in our own source.
  init(_ text: StaticString) { self.init(text.description) }
}

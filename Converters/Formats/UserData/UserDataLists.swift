internal import Bytes
internal import Records

/// Where the lists of the document come from.
struct UserDataList: Sendable {
  /// Rows of a join table that become a list in what they belong to.
  struct Join: Sendable {
    let member: String
    let table: Name
    let parent: Name
    let child: Name
  }
  let key: String
  let table: Name
  let joins: [Join]

  /// Keys that stand before the lists, from the backup's attributes.
  static let heads = ["export_date", "django_version"]
  /// What `content_type_id` leads to, and the members of the object that takes its place.
  static let contentTypes: Name = "django_content_type"
  static let contentTypeColumn: Name = "content_type_id"
  static let contentTypeMembers: [Name] = ["app_label", "model"]

  /// In the order of the document.
  static let all = [
    UserDataList(
      key: "users", table: "auth_user",
      joins: [
        Join(member: "groups", table: "auth_user_groups", parent: "user_id", child: "group_id"),
        Join(
          member: "user_permissions", table: "auth_user_user_permissions", parent: "user_id", child: "permission_id"),
      ]),
    UserDataList(
      key: "groups", table: "auth_group",
      joins: [
        Join(member: "permissions", table: "auth_group_permissions", parent: "group_id", child: "permission_id")
      ]),
    UserDataList(key: "permissions", table: "auth_permission", joins: []),
    UserDataList(
      key: "openai_models", table: "home_supportedopenaimodel",
      joins: [
        Join(
          member: "assigned_users", table: "home_supportedopenaimodel_assigned_users",
          parent: "supportedopenaimodel_id", child: "user_id")
      ]),
  ]
}

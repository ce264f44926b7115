import Bytes
import Records
import Testing

@testable import DjangoSystem

/// The facts about Django's own models agree with each other.
@Suite struct DjangoTablesTests {
  @Test func referencesLeadToKnownModels() {
    for model in DjangoTables.models {
      for target in model.fields.compactMap(\.references) + model.lists.map(\.target) {
        #expect(DjangoTables.model(Name(target)) != nil, "\(model.model) refers to \(target)")
      }
    }
  }

  @Test func keysNameFields() {
    for model in DjangoTables.models {
      let names = Set(model.fields.map { Name($0.name) })
      for name in model.unique.flatMap({ $0 }) + model.naturalKey {
        #expect(names.contains(Name(name)), "\(model.model).\(name)")
      }
    }
  }

  @Test func ownUserModelsAreRecognised() {
    #expect(DjangoTables.isUserModel(["password", "last_login", "username", "is_active", "bio"]))
    #expect(DjangoTables.isUserModel(["password", "last_login", "email", "groups"]))
    #expect(!DjangoTables.isUserModel(["password", "username", "is_active"]))
    #expect(!DjangoTables.isUserModel(["password", "last_login", "username"]))
  }
}

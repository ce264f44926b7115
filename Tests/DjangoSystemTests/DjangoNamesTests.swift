import Bytes
import Testing

@testable import DjangoSystem

@Suite struct DjangoNamesTests {
  @Test func modelsLeadToTables() {
    #expect(DjangoNames.table("Shop.BookReview") == "shop_bookreview")
    #expect(DjangoNames.joinColumns("book", "tag", isSelf: false) == ("book_id", "tag_id"))
    #expect(DjangoNames.joinColumns("book", "book", isSelf: true) == ("from_book_id", "to_book_id"))
    #expect(DjangoNames.splitTable("shop_book_review").model == "book_review")
  }

  @Test(arguments: [
    ("categories", "category"), ("boxes", "box"), ("classes", "class"), ("matches", "match"), ("tags", "tag"),
    ("status", "status"), ("address", "address"), ("houses", "house"), ("addresses", "address"), ("s", "s"),
  ])
  func pluralsHaveSingulars(_ plural: String, _ singular: String) {
    #expect(Name(DjangoNames.singular(Array(plural.utf8))) == Name(singular))
  }

  @Test(arguments: [
    ("author", "author", false, NameMatch.whole), ("content_type", "contenttype", false, .whole),
    ("shipping_address", "address", false, .lastWords), ("program", "sponsorshipprogram", false, .modelEnd),
    ("categories", "category", true, .whole), ("categories", "eventcategory", true, .modelEnd),
    ("product_classes", "productclass", true, .whole),
  ])
  func namesMatchModels(_ field: String, _ model: String, _ isList: Bool, _ match: NameMatch) {
    #expect(ModelNames([Name(model)]).matches(Name(field), isList: isList).map(\.match) == [match])
  }

  @Test(arguments: [
    ("authors", "author", false), ("rating", "bookrating", false), ("ring", "string", true), ("tag", "stage", false),
    ("", "author", false),
  ])
  func othersDoNot(_ field: String, _ model: String, _ isList: Bool) {
    let match = ModelNames([Name(model)]).matches(Name(field), isList: isList).first?.match
    #expect(field == "ring" ? match == .modelEnd : match == nil)
  }

  @Test func whatManyModelsShareSaysNothing() {
    let models = (0..<ModelNames.shareLimit).map { Name("part\($0)order") }
    #expect(ModelNames(["order"] + models).matches("sales_order", isList: false).map(\.model) == [0])
    #expect(ModelNames(models).matches("part7order", isList: false).map(\.model) == [7])
    let words = Name(Array(repeating: "a_".utf8, count: 1 << 18).flatMap { $0 })
    #expect(ModelNames(models).matches(words, isList: true).isEmpty)
  }

  @Test func someNamesMeanUsers() {
    #expect(UserNames.contains("created_by", isList: false))
    #expect(UserNames.contains("assigned_users", isList: true))
    #expect(!UserNames.contains("assigned_users", isList: false))
    #expect(!UserNames.contains("publisher", isList: false))
  }
}

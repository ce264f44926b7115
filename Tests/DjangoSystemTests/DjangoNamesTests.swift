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
    #expect(NameMatch(field: Name(field), model: Name(model), isList: isList) == match)
  }

  @Test(arguments: [
    ("authors", "author", false), ("rating", "bookrating", false), ("ring", "string", true), ("tag", "stage", false),
    ("", "author", false),
  ])
  func othersDoNot(_ field: String, _ model: String, _ isList: Bool) {
    let match = NameMatch(field: Name(field), model: Name(model), isList: isList)
    #expect(field == "ring" ? match == .modelEnd : match == nil)
  }

  @Test func someNamesMeanUsers() {
    #expect(UserNames.contains("created_by", isList: false))
    #expect(UserNames.contains("assigned_users", isList: true))
    #expect(!UserNames.contains("assigned_users", isList: false))
    #expect(!UserNames.contains("publisher", isList: false))
  }
}

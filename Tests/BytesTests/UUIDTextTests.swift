import Bytes
import Testing

@Suite struct UUIDTextTests {
  private let dashed = "0123abcd-4567-89ef-8000-00000000ffff"

  @Test(arguments: [
    "0123abcd-4567-89ef-8000-00000000ffff", "0123ABCD-4567-89EF-8000-00000000FFFF", "0123abcd456789ef800000000000ffff",
    "{0123abcd-4567-89ef-8000-00000000ffff}", "{0123ABCD456789EF800000000000FFFF}",
  ]) func oneValueInManyForms(_ text: String) throws {
    let uuid = try #require(reading(text) { UUIDText($0) })
    #expect(uuid == UUIDText(high: 0x0123_abcd_4567_89ef, low: 0x8000_0000_0000_ffff))
    #expect(uuid.text == dashed.bytes)
    #expect(uuid.bytes == [1, 0x23, 0xab, 0xcd, 0x45, 0x67, 0x89, 0xef, 0x80, 0, 0, 0, 0, 0, 0xff, 0xff])
  }

  @Test(arguments: [
    "", "0123abcd-4567-89ef-8000-00000000fff", "0123abcd-4567-89ef-8000-00000000fffg",
    "0123abcd4-567-89ef-8000-00000000ffff", "0123abcd-4567-89ef-8000-00000000ffff}",
    "{0123abcd-4567-89ef-8000-00000000ffff",
    "(0123abcd-4567-89ef-8000-00000000ffff)", "0123abcd-4567-89ef-8000-0000000-ffff",
    "0123abcd--4567-89ef-8000-0000000ffff",
    "0123abcd-4567-89ef-80000-0000000ffff", "{0123abcd-4567-89ef-8000-00000000ffff ",
    "------------------------------------",
  ]) func notAUUID(_ text: String) {
    #expect(reading(text) { UUIDText($0) } == nil)
  }
}

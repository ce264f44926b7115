import Bytes
import Records
import TestSupport
import Testing
import XMLStream

/// XML as pieces.
@Suite struct XMLStreamTests {
  private func read(_ text: String, chunkSize: Int = 1 << 15) throws -> XMLTranscript {
    try XMLTranscript(Array(text.utf8), chunkSize: chunkSize)
  }

  private static let all = """
    <?xml version="1.0" encoding="utf-8"?><!-- é --><a x="1 &lt; 2" y='&#233;&#x1F600;'>one &amp; <![CDATA[<two> &amp; ]]>
    <b/>é😀 ]] &gt;<?pi some thing?><c.d:e _f=""></c.d:e></a><!-- -->
    """

  @Test func piecesAreWhatIsWritten() throws {
    let read = try read(Self.all)
    #expect(read.error == nil)
    #expect(
      read.lines == [
        "(a", "Ax 1 < 2", "Ay é😀", "-one & <two> &amp; \\n", "(b", ")", "-é😀 ]] >", "(c.d:e", "A_f ", ")", ")",
      ])
  }

  @Test(arguments: [1, 2, 3, 5, 7, 16, 61, 100])
  func chunksNeverShow(_ size: Int) throws {
    #expect(try read(Self.all, chunkSize: size).lines == read(Self.all).lines)
  }

  @Test func errorsSayWhere() throws {
    let read = try read("<a><b>x</b>\n<b>y</a>")
    #expect(read.error?.code == .syntax("an end tag does not match its start tag"))
    #expect((12...20).contains(read.error?.offset ?? 0))
    #expect(read.lines.count >= 4)
  }

  @Test(arguments: ["<a><b>x", "<a", "<a x='", "<a><!-- ", "<a>x</a", "<a><![CDATA[x"])
  func cutTextIsTruncated(_ text: String) throws {
    #expect(try read(text).error?.code == .truncated)
  }

  @Test(arguments: [
    "", "x", "<a>&b;</a>", "<a>&#0;</a>", "<a x='1' x='2'/>", "<a x=1/>", "<a/><b/>", "<a>\u{1}</a>", "<a>]]></a>",
    "<A></a>",
    "<a><</a>", "<?xml version='1.0'?><?xml version='1.0'?><a/>", " <?xml version='1.0'?><a/>", "<a/>x",
  ])
  func illFormedTextIsRefused(_ text: String) throws {
    #expect(try read(text).error != nil)
  }

  @Test func documentTypesAreRefusedByName() throws {
    let read = try read("<?xml version='1.0'?>\n<!DOCTYPE a [<!ENTITY b \"c\">]><a>&b;</a>")
    guard case .refused(let why)? = read.error?.code else {
      Issue.record("not refused")
      return
    }
    #expect(why.contains("<!DOCTYPE"))
    #expect((22...40).contains(read.error?.offset ?? 0))
    #expect(read.lines == [])
  }

  @Test func depthHasALimit() throws {
    let limit = XMLStream.depthLimit
    let fits = try read(String(repeating: "<a>", count: limit) + String(repeating: "</a>", count: limit))
    #expect(fits.error == nil)
    #expect(try read(String(repeating: "<a>", count: limit + 1)).error?.code == .tooDeep(limit: limit))
  }

  @Test func longTagsAreRefusedAndLongTextsAreNot() throws {
    let text = try read("<a>" + String(repeating: "x", count: 3_000_000) + "</a>")
    #expect(text.error == nil)
    #expect(text.lines.last == ")" && text.lines[1].utf8.count == 3_000_001)
    let value = try read("<a x='" + String(repeating: "x", count: 1_000_000) + "'/>")
    guard case .tooLarge? = value.error?.code else {
      Issue.record("not refused")
      return
    }
  }

  @Test func invalidUTF8IsRefused() throws {
    let read = try XMLTranscript(Array("<a>".utf8) + [0xC3, 0x28] + Array("</a>".utf8))
    #expect(read.error?.code == .invalidUTF8)
  }

  @Test func declarationsNameEncodings() {
    func declared(_ text: String) -> String? {
      XMLStream.declaredEncoding(Array(text.utf8).span).map { String(decoding: $0, as: UTF8.self) }
    }
    #expect(declared("<?xml version=\"1.0\" encoding='Latin-1'?><a/>") == "latin-1")
    #expect(declared("<?xml version=\"1.0\"?><a encoding='x'/>") == nil)
    #expect(declared("<a encoding='x'/>") == nil)
  }
}

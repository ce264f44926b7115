internal import Bytes
internal import Records

/// The parts of a workbook beside its sheets.
enum WorkbookParts {
  private static let head = "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n"
  private static let main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
  private static let office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
  private static let package = "http://schemas.openxmlformats.org/package/2006"
  private static let type = "application/vnd.openxmlformats-officedocument.spreadsheetml"

  static func sheetPath(_ number: Int) -> [UInt8] { Array("xl/worksheets/sheet\(number).xml".utf8) }

  /// Names and contents of all parts, in the order in which they are written.
  static func parts(_ sheets: [Name]) -> [(name: String, content: [UInt8])] {
    [
      ("[Content_Types].xml", types(sheets.count)), ("_rels/.rels", Array(relations.utf8)),
      ("xl/workbook.xml", workbook(sheets)), ("xl/_rels/workbook.xml.rels", workbookRelations(sheets.count)),
      ("xl/styles.xml", styles),
    ]
  }

  private static func types(_ count: Int) -> [UInt8] {
    var text = head + "<Types xmlns=\"\(package)/content-types\">"
    text += "<Default Extension=\"rels\" ContentType=\"application/vnd.openxmlformats-package.relationships+xml\"/>"
    text += "<Default Extension=\"xml\" ContentType=\"application/xml\"/>"
    text += "<Override PartName=\"/xl/workbook.xml\" ContentType=\"\(type).sheet.main+xml\"/>"
    text += "<Override PartName=\"/xl/styles.xml\" ContentType=\"\(type).styles+xml\"/>"
    for i in 0..<count {
      text += "<Override PartName=\"/xl/worksheets/sheet\(i + 1).xml\" ContentType=\"\(type).worksheet+xml\"/>"
    }
    return Array((text + "</Types>").utf8)
  }

  private static let relations =
    head + "<Relationships xmlns=\"\(package)/relationships\">"
    + "<Relationship Id=\"rId1\" Type=\"\(office)/officeDocument\" Target=\"xl/workbook.xml\"/></Relationships>"

  private static func workbook(_ sheets: [Name]) -> [UInt8] {
    var text = Array((head + "<workbook xmlns=\"\(main)\" xmlns:r=\"\(office)\"><sheets>").utf8)
    for (i, name) in sheets.enumerated() {
      text += Array("<sheet name=\"".utf8)
      for byte in name.bytes {
        switch byte {
        case UInt8(ascii: "&"): text += Array("&amp;".utf8)
        case UInt8(ascii: "<"): text += Array("&lt;".utf8)
        case UInt8(ascii: "\""): text += Array("&quot;".utf8)
        default: text.append(byte)
        }
      }
      text += Array("\" sheetId=\"\(i + 1)\" r:id=\"rId\(i + 1)\"/>".utf8)
    }
    return text + Array("</sheets></workbook>".utf8)
  }

  private static func workbookRelations(_ count: Int) -> [UInt8] {
    var text = head + "<Relationships xmlns=\"\(package)/relationships\">"
    for i in 0..<count {
      text += "<Relationship Id=\"rId\(i + 1)\" Type=\"\(office)/worksheet\" Target=\"worksheets/sheet\(i + 1).xml\"/>"
    }
    text += "<Relationship Id=\"rId\(count + 1)\" Type=\"\(office)/styles\" Target=\"styles.xml\"/>"
    return Array((text + "</Relationships>").utf8)
  }

  private static let styles: [UInt8] = {
    var codes = SheetStyle.allCases.map(\.code)
    for scale in 1...SheetStyle.decimalLimit { codes.append("0." + String(repeating: "0", count: scale)) }
    let formats = codes.enumerated().compactMap { i, code in code.map { (i, $0) } }
    var text = head + "<styleSheet xmlns=\"\(main)\"><numFmts count=\"\(formats.count)\">"
    for (i, code) in formats { text += "<numFmt numFmtId=\"\(164 + i)\" formatCode=\"\(code)\"/>" }
    text += "</numFmts><fonts count=\"2\"><font><sz val=\"11\"/><name val=\"Calibri\"/></font>"
    text += "<font><b/><sz val=\"11\"/><name val=\"Calibri\"/></font></fonts>"
    text += "<fills count=\"2\"><fill><patternFill patternType=\"none\"/></fill>"
    text += "<fill><patternFill patternType=\"gray125\"/></fill></fills>"
    text += "<borders count=\"1\"><border><left/><right/><top/><bottom/><diagonal/></border></borders>"
    text += "<cellStyleXfs count=\"1\"><xf numFmtId=\"0\" fontId=\"0\" fillId=\"0\" borderId=\"0\"/></cellStyleXfs>"
    text += "<cellXfs count=\"\(codes.count)\">"
    for (i, code) in codes.enumerated() {
      let font = i == SheetStyle.header.rawValue ? 1 : 0, format = code == nil ? 0 : 164 + i
      text += "<xf numFmtId=\"\(format)\" fontId=\"\(font)\" fillId=\"0\" borderId=\"0\" xfId=\"0\""
      text += " applyNumberFormat=\"1\" applyFont=\"1\"/>"
    }
    text += "</cellXfs><cellStyles count=\"1\"><cellStyle name=\"Normal\" xfId=\"0\" builtinId=\"0\"/></cellStyles>"
    return Array((text + "</styleSheet>").utf8)
  }()

  /// What stands before the rows of a sheet, whose first stays in sight.
  static let sheetHead = Array(
    (head + "<worksheet xmlns=\"\(main)\"><sheetViews><sheetView workbookViewId=\"0\">"
      + "<pane ySplit=\"1\" topLeftCell=\"A2\" activePane=\"bottomLeft\" state=\"frozen\"/></sheetView></sheetViews><sheetData>")
      .utf8)
  static let sheetEnd = Array("</sheetData></worksheet>".utf8)
}

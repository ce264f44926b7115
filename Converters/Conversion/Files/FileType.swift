internal import Bytes

/// What the first bytes of a file say of its kind.
package struct FileType: Sendable {
  package let mediaType: String
  package let ending: String

  /// Bytes that are looked at.
  package static let headCount = 64

  private struct Mark {
    let offset: Int
    let bytes: [UInt8]
    let type: FileType
    init(_ bytes: [UInt8], _ mediaType: String, _ ending: String, at offset: Int = 0) {
      self.offset = offset
      self.bytes = bytes
      type = FileType(mediaType: mediaType, ending: ending)
    }
    init(_ text: String, _ mediaType: String, _ ending: String, at offset: Int = 0) {
      self.init(Array(text.utf8), mediaType, ending, at: offset)
    }
  }

  private static let marks = [
    Mark([0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A], "image/png", "png"),
    Mark([0xFF, 0xD8, 0xFF], "image/jpeg", "jpg"), Mark("GIF8", "image/gif", "gif"),
    Mark("WEBP", "image/webp", "webp", at: 8), Mark("ftypavif", "image/avif", "avif", at: 4),
    Mark("ftypheic", "image/heic", "heic", at: 4), Mark("BM", "image/bmp", "bmp"),
    Mark([0x49, 0x49, 0x2A, 0x00], "image/tiff", "tif"), Mark([0x4D, 0x4D, 0x00, 0x2A], "image/tiff", "tif"),
    Mark("<svg", "image/svg+xml", "svg"), Mark([0x00, 0x00, 0x01, 0x00], "image/x-icon", "ico"),
    Mark("%PDF-", "application/pdf", "pdf"), Mark([0x50, 0x4B, 0x03, 0x04], "application/zip", "zip"),
    Mark([0x50, 0x4B, 0x05, 0x06], "application/zip", "zip"), Mark([0x1F, 0x8B], "application/gzip", "gz"),
    Mark([0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1], "application/x-ole-storage", "ole"),
    Mark("Rar!", "application/vnd.rar", "rar"), Mark([0x37, 0x7A, 0xBC, 0xAF], "application/x-7z-compressed", "7z"),
    Mark("ftyp", "video/mp4", "mp4", at: 4), Mark([0x1A, 0x45, 0xDF, 0xA3], "video/webm", "webm"),
    Mark("ID3", "audio/mpeg", "mp3"), Mark("OggS", "audio/ogg", "ogg"), Mark("WAVE", "audio/wav", "wav", at: 8),
    Mark("AC10", "image/vnd.dwg", "dwg"), Mark("{\\rtf", "application/rtf", "rtf"),
    Mark("MZ", "application/x-msdownload", "exe"), Mark([0x7F, 0x45, 0x4C, 0x46], "application/x-elf", "elf"),
    Mark("<?xml", "application/xml", "xml"), Mark("<!DOCTYPE html", "text/html", "html"),
  ]

  /// The kind of a file that begins so; nil when nothing is known of it.
  package init?(_ head: [UInt8]) {
    guard
      let mark = Self.marks.first(where: { mark in
        head.count >= mark.offset + mark.bytes.count && head[mark.offset...].starts(with: mark.bytes)
      })
    else { return nil }
    self = mark.type
  }
  private init(mediaType: String, ending: String) {
    self.mediaType = mediaType
    self.ending = ending
  }

  /// Whether a stated media type may be this one.
  package func agrees(with stated: [UInt8]) -> Bool {
    let name = stated.prefix { $0 != UInt8(ascii: ";") && $0 > 0x20 }.map(asciiLower)
    if name.isEmpty || name.elementsEqual("application/octet-stream".utf8) { return true }
    if name.elementsEqual(mediaType.utf8) { return true }
    switch ending {
    // Documents of offices are archives inside.
    case "zip": return name.starts(with: "application/".utf8)
    case "ole": return name.starts(with: "application/".utf8) || name.starts(with: "image/".utf8)
    case "jpg": return name.elementsEqual("image/jpg".utf8) || name.elementsEqual("image/pjpeg".utf8)
    case "mp4": return name.starts(with: "video/".utf8) || name.starts(with: "audio/".utf8)
    case "webm", "ogg", "wav", "ico", "xml", "dwg", "gz", "bmp":
      return name.starts(with: "video/".utf8) || name.starts(with: "audio/".utf8) || name.starts(with: "image/".utf8)
        || name.starts(with: "application/".utf8) || name.starts(with: "text/".utf8)
    default: return false
    }
  }
}

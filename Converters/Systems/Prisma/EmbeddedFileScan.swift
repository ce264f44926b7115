internal import Bytes
internal import Conversion
internal import Records

/// Goes through the member `files` of an envelope: an object whose members are files by their rows' ids. A file is an object
/// `{content, mimeType, size, …}`, the same as a JSON text within the JSON, a data URL, or base64.
struct EmbeddedFileScan: ~Copyable {
  /// Files that are listed.
  static let limit = 1_000_000

  private(set) var files: [EmbeddedFile] = []
  /// Files beyond the limit.
  private(set) var unlisted = 0
  private var outer = MemberScanner()
  private var reading = FileReading()
  private let target: FileTarget

  init(_ target: FileTarget = .nowhere) { self.target = target }

  var isWhole: Bool { outer.isDone }

  /// Another object comes.
  mutating func restart() { outer = MemberScanner() }

  /// Takes the next bytes of the object.
  mutating func take(_ bytes: Span<UInt8>) throws(IOError) {
    var reading = FileReading()
    swap(&reading, &self.reading)
    var files: [EmbeddedFile] = [], name = reading.file.name
    let target = target
    try outer.scan(bytes) { (event, piece) throws(IOError) in
      switch event {
      case .key: name = Name(piece)
      case .text, .other:
        reading = try FileReading(name, target)
      case .piece: try reading.take(piece)
      case .end:
        try reading.finish()
        files.append(reading.file)
      }
    }
    reading.file.name = name
    swap(&reading, &self.reading)
    for file in files {
      if self.files.count < Self.limit { self.files.append(file) } else { unlisted += 1 }
    }
  }
}

/// Where the bytes of files go.
enum FileTarget: Sendable {
  case nowhere
  /// Those of one file, into a private one.
  case spill(Name, SpillFile)
  /// All files, which get their names later.
  case stage(FileStage)

  init(_ stage: FileStage?) { self = stage.map { .stage($0) } ?? .nowhere }
}

/// One file while its text passes.
struct FileReading: ~Copyable {
  private enum Form { case unknown, object, dataURL, base64 }
  private enum Member { case body, type, size, name, address, other }

  var file: EmbeddedFile
  private var form = Form.unknown
  private var body: FileBody
  private var inner = MemberScanner()
  private var member = Member.other
  private var value: [UInt8] = []
  /// The header of a data URL.
  private var header: [UInt8] = []
  private var isHeaderOver = false
  /// Where its bytes go.
  private let staged: (stage: FileStage, number: Int, file: StagedFile)?

  private static let valueLimit = 4096
  private static let members: [(name: Name, member: Member)] = [
    ("content", .body), ("data", .body), ("base64", .body), ("body", .body), ("buffer", .body), ("mimeType", .type),
    ("mimetype", .type), ("type", .type), ("contentType", .type), ("size", .size), ("fileSize", .size),
    ("filename", .name), ("fileName", .name), ("name", .name), ("originalUrl", .address), ("url", .address),
    ("path", .address),
  ]

  init() {
    file = EmbeddedFile(name: "")
    body = FileBody()
    staged = nil
  }

  init(_ name: Name, _ target: FileTarget) throws(IOError) {
    file = EmbeddedFile(name: name)
    var copy: (any AppendableFile)?, staged: (stage: FileStage, number: Int, file: StagedFile)?
    switch target {
    case .spill(name, let file): copy = file
    case .stage(let stage):
      let (number, file) = try stage.begin()
      (copy, staged) = (file, (stage, number, file))
    case .spill, .nowhere: break
    }
    body = FileBody(copy: copy)
    self.staged = staged
  }

  /// Whether it is a text that nothing says to be a file, and that is no base64 either.
  var isMereText: Bool { form == .base64 && file.isBroken }

  mutating func take(_ piece: Span<UInt8>) throws(IOError) {
    var at = 0
    if form == .unknown {
      while at < piece.count, piece[at] <= 0x20 { at += 1 }
      guard at < piece.count else { return }
      switch piece[at] {
      case UInt8(ascii: "{"): form = .object
      case UInt8(ascii: "d"): form = .dataURL
      default: form = .base64
      }
    }
    let rest = piece.extracting(at..<piece.count)
    switch form {
    case .object: try takeObject(rest)
    case .dataURL: try takeURL(rest)
    default:
      file.hasBody = true
      try body.take(rest)
    }
  }

  private mutating func takeObject(_ piece: Span<UInt8>) throws(IOError) {
    var inner = inner, member = member, value = value
    var body = FileBody()
    swap(&body, &self.body)
    var facts = file, header: [UInt8]? = isHeaderOver ? nil : self.header
    var failure: IOError?
    inner.scan(piece) { (event, part) in
      switch event {
      case .key:
        let name = Name(part)
        member = Self.members.first { $0.name == name }?.member ?? .other
        value.removeAll(keepingCapacity: true)
      case .text, .other: if member == .body { header = [] }
      case .piece:
        guard member == .body else {
          if value.count < Self.valueLimit { for i in part.indices.prefix(Self.valueLimit) { value.append(part[i]) } }
          return
        }
        facts.hasBody = true
        do throws(IOError) { try Self.takeBody(part, &header, &body, &facts) } catch { failure = failure ?? error }
      case .end: Self.note(member, value, &facts)
      }
    }
    (self.inner, self.member, self.value, file) = (inner, member, value, facts)
    isHeaderOver = header == nil
    self.header = header ?? []
    swap(&body, &self.body)
    if let failure { throw failure }
  }

  /// Base64, or a data URL whose header is passed over.
  private static func takeBody(
    _ part: Span<UInt8>, _ header: inout [UInt8]?, _ body: inout FileBody, _ file: inout EmbeddedFile
  ) throws(IOError) {
    guard var known = header else { return try body.take(part) }
    var at = 0
    let mark = Array("data:".utf8)
    while at < part.count {
      known.append(part[at])
      at += 1
      if known.count <= mark.count, !mark.starts(with: known) {
        header = nil
        try body.take(known.span)
        return try body.take(part.extracting(at..<part.count))
      }
      if known.last == UInt8(ascii: ",") {
        header = nil
        note(header: known, &file)
        return try body.take(part.extracting(at..<part.count))
      }
      if known.count > valueLimit { break }
    }
    header = known
  }

  private mutating func takeURL(_ piece: Span<UInt8>) throws(IOError) {
    var header: [UInt8]? = isHeaderOver ? nil : self.header
    file.hasBody = true
    try Self.takeBody(piece, &header, &body, &file)
    isHeaderOver = header == nil
    self.header = header ?? []
  }

  /// `data:image/png;base64,`.
  private static func note(header: [UInt8], _ file: inout EmbeddedFile) {
    let type = header.dropFirst(5).prefix { $0 != UInt8(ascii: ";") && $0 != UInt8(ascii: ",") }
    if file.statedType.isEmpty { file.statedType = Array(type) }
    let coding = Array(";base64,".utf8)
    if !header.suffix(coding.count).elementsEqual(coding) { file.isBroken = true }
  }

  private static func note(_ member: Member, _ value: [UInt8], _ file: inout EmbeddedFile) {
    switch member {
    case .type: file.statedType = value
    case .size: file.statedSize = Int64(digits: value.span)
    case .name: file.fileName = value
    case .address: file.address = value
    case .body, .other: break
    }
  }

  mutating func finish() throws(IOError) {
    // A short text that never came to its comma.
    if !isHeaderOver, !header.isEmpty { file.isBroken = true }
    if file.fileName.isEmpty {
      let path = file.address.prefix { $0 != UInt8(ascii: "?") && $0 != UInt8(ascii: "#") }
      file.fileName = Array(path).lastPathComponent
    }
    file.checksum = try body.finish()
    file.byteCount = body.byteCount
    file.head = body.head
    file.isLenient = body.isLenient
    if body.isBroken { file.isBroken = true }
    guard let staged else { return }
    if file.isComplete {
      try staged.file.finish()
      file.staged = staged.number
    } else {
      try staged.stage.discard(staged.number)
    }
  }
}

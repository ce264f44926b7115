internal import Bytes
internal import Conversion
internal import Diagnostics
internal import JSONStream
internal import Records

/// The document of one backup and how it is opened.
struct DjangoContent: Sendable {
  /// Name of the run that holds an envelope's own members.
  static let envelopeName: Name = ""

  let input: BackupInput
  let document: DjangoDocument
  let entry: ContainerEntry

  init(_ input: BackupInput) throws(ReadError) {
    guard let artifact = input.backup.artifacts.first(where: { $0.role == .data }),
      let document = DjangoDocument(rawValue: input.backup.kind)
    else { throw ReadError(.unrecognised("backup holds no Django document")) }
    self.input = input
    self.document = document
    entry = artifact.entry
  }

  /// A reader of the raw rows, and what had to be done to get at them; `tables` empty: columns are found while reading.
  func openRows(_ tables: [TableSchema]) throws(ReadError) -> any RecordReader & ~Copyable {
    let text = try DjangoText(input.container, entry, input.toolbox, input.options)
    let source: any ByteSource & ~Copyable =
      document == .fixtureLists ? FixtureListsSource(text.source()) : text.source()
    return JSONRecordReader(
      source, name: Self.envelopeName, shape: document.shape, dialect: .python, tables: tables)
  }

  /// What had to be done to get at the text.
  func openingFindings() throws(ReadError) -> [Finding] {
    try DjangoText(input.container, entry, input.toolbox, input.options).findings
  }
}

/// The text of an entry from the first byte of data on.
struct DjangoText: ~Copyable {
  /// What the text begins with; nil when that is no Django document.
  let sighting: DjangoDocument.Sighting?
  let findings: [Finding]
  private let content: Content
  /// Bytes before the data.
  private let noise: Int

  init(
    _ container: any BackupContainer, _ entry: ContainerEntry, _ toolbox: Toolbox, _ options: ReadOptions
  ) throws(ReadError) {
    let content = try Self.open(container, entry, toolbox, options)
    var noise = 0, sighting = DjangoDocument.sighting(content.head)
    if sighting == nil, let place = Self.dataStart(content.head) {
      noise = place
      sighting = DjangoDocument.sighting(Array(content.head[place...]))
    }
    var findings = content.findings
    if noise > 0 { findings.append(Content.noiseFinding(noise, in: entry.path)) }
    self.findings = findings
    self.sighting = sighting
    self.noise = noise
    self.content = content
  }

  /// The text, noise left out.
  consuming func source() -> any ByteSource & ~Copyable {
    let noise = noise
    guard noise > 0 else { return content.text() }
    var peeked = PeekedSource(content.text(), count: noise)
    peeked.skip(noise)
    return peeked
  }

  /// Lines that may begin data and are looked at.
  private static let candidateLimit = 64

  /// The first line behind others that begins a Django document.
  private static func dataStart(_ head: [UInt8]) -> Int? {
    var at = 0, left = candidateLimit
    while left > 0, let feed = head[at...].firstIndex(of: UInt8(ascii: "\n")) {
      at = feed + 1
      guard at < head.count else { return nil }
      guard mayBegin(head, at) else { continue }
      left -= 1
      if DjangoDocument.sighting(Array(head[at...])) != nil { return at }
    }
    return nil
  }

  /// Whether an object with a key begins at a place, or an array of such objects.
  private static func mayBegin(_ head: [UInt8], _ place: Int) -> Bool {
    var rest = head[place...]
    if rest.first == UInt8(ascii: "[") { rest = rest.dropFirst().drop { $0 <= UInt8(ascii: " ") } }
    guard rest.first == UInt8(ascii: "{") else { return false }
    return rest.dropFirst().first { $0 > UInt8(ascii: " ") } == UInt8(ascii: "\"")
  }

  private static func open(
    _ container: any BackupContainer, _ entry: ContainerEntry, _ toolbox: Toolbox, _ options: ReadOptions
  ) throws(ReadError) -> Content {
    if container.isDirectory, let inner = try archive(container, entry, toolbox) {
      return try toolbox.open(inner.entry, in: inner.container, options: options, headCount: 1 << 16)
    }
    return try toolbox.open(entry, in: container, options: options, headCount: 1 << 16)
  }

  /// The single entry of an archive in a directory (`dump.json.zip`); nil when it is none.
  private static func archive(
    _ container: any BackupContainer, _ entry: ContainerEntry, _ toolbox: Toolbox
  ) throws(ReadError) -> (container: any BackupContainer, entry: ContainerEntry)? {
    let zip: [UInt8] = [0x50, 0x4B, 0x03, 0x04]
    do throws(IOError) {
      guard PeekedSource(try container.open(entry), count: 4).head == zip else { return nil }
    } catch { throw ReadError(.io(error), artifact: entry.path) }
    let path = container.path.appending(path: entry.path)
    for format in toolbox.containers {
      guard let inner = try format.open(path), inner.entries.count == 1, let only = inner.entries.first,
        only.path != entry.path.lastPathComponent
      else { continue }
      return (inner, only)
    }
    return nil
  }
}

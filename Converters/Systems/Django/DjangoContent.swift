internal import Bytes
internal import Conversion
internal import Diagnostics
internal import DjangoModels
internal import JSONStream
internal import Records
internal import XMLStream

/// The document of one backup and how it is opened.
struct DjangoContent: Sendable {
  /// Name of the run that holds an envelope's own members.
  static let envelopeName: Name = ""

  let input: BackupInput
  let document: DjangoDocument
  let entry: ContainerEntry
  /// What a fixture in XML says of its models.
  var outline: FixtureOutline?
  /// The lines of JSON that a fixture in XML or YAML was turned into.
  var lines: FixtureLines?
  /// What is declared of the models.
  private(set) var declarations = Declarations()

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
    if document == .fixtureXML || document == .fixtureYAML { return try openMarkup(tables) }
    let text = try DjangoText(input.container, entry, input.toolbox, input.options)
    let source: any ByteSource & ~Copyable =
      document == .fixtureLists ? FixtureListsSource(text.source()) : text.source()
    return JSONRecordReader(
      source, name: Self.envelopeName, shape: document.shape, dialect: .python, tables: tables)
  }

  /// The same of a fixture in XML or YAML, which is parsed once.
  private func openMarkup(_ tables: [TableSchema]) throws(ReadError) -> any RecordReader & ~Copyable {
    let kept = lines, isWhole = kept?.isWhole ?? false, isFirst = kept?.claim() ?? false
    let notes = isWhole || isFirst ? kept?.notes ?? FixtureNotes() : FixtureNotes()
    let source: any ByteSource & ~Copyable
    if let kept, isWhole {
      source = kept.source()
    } else {
      source = AheadSource(try openText(notes, kept: isFirst ? kept : nil))
    }
    let reader = JSONRecordReader(
      source, name: Self.envelopeName, shape: document.shape, dialect: .python, tables: tables)
    return FixtureReader(reader, notes)
  }

  private func openText(_ notes: FixtureNotes, kept: FixtureLines?) throws(ReadError) -> any ByteSource & ~Copyable {
    let text = try DjangoText(input.container, entry, input.toolbox, input.options)
    let isXML = document == .fixtureXML, source = isXML ? try text.xml() : text.source()
    do throws(IOError) {
      return isXML
        ? try FixtureXMLSource(source, outline ?? FixtureOutline(), notes, kept: kept)
        : try FixtureYAMLSource(source, notes, kept: kept)
    } catch { throw ReadError(.io(error)) }
  }

  /// Keeps the lines that a fixture in XML or YAML is turned into when it is read for the first time.
  mutating func keepLines() {
    if document == .fixtureXML || document == .fixtureYAML { lines = FixtureLines() }
  }

  /// Learns the outline of a fixture in XML, as far as it can be read: whoever reads the rows says what is wrong.
  mutating func learnOutline() throws(ReadError) {
    guard document == .fixtureXML else { return }
    let source = try DjangoText(input.container, entry, input.toolbox, input.options).xml()
    var walk: FixtureXML
    do throws(IOError) { walk = try FixtureXML(source, outline: nil, FixtureNotes()) } catch {
      throw ReadError(.io(error))
    }
    do throws(ReadError) {
      while try walk.advance() {}
    } catch {
      guard error.leavesRows, !error.isInterruption else { throw error }
    }
    outline = walk.outline
  }

  /// Learns what the project's files declare, if they were named, or the outline; returns what is to be said.
  mutating func learnDeclarations() throws(ReadError) -> [Finding] {
    if let outline { declarations = Declarations(outline) }
    guard let path = input.options.schema else { return [] }
    let project = try ProjectFiles(path, input.toolbox)
    let models = DjangoModels(project.files)
    for model in models.declarations.models { declarations.add(model) }
    declarations.userModel = models.declarations.userModel
    var findings = project.findings + models.findings
    if models.declarations.models.isEmpty {
      findings.append(
        Finding(
          "no-models", .warning, "no models are declared where they were looked for",
          advice: "name the directory of the project, which holds the applications with their migrations or models.py",
          artifact: path))
    }
    return findings
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

  /// The text of XML in UTF-8, whatever its declaration says of it.
  consuming func xml() throws(ReadError) -> any ByteSource & ~Copyable {
    let declared = XMLStream.declaredEncoding(content.head.span).map { Name($0) }
    switch declared {
    // What is marked as UTF-16 has been decoded by now.
    case nil, "utf-8", "utf8", "us-ascii", "ascii", "utf-16", "utf-16le", "utf-16be": return source()
    case "iso-8859-1", "latin-1", "latin1": return TranscodingSource(source(), from: .latin1)
    case "windows-1252", "cp1252": return TranscodingSource(source(), from: .cp1252)
    case let name?: throw ReadError(.unsupportedEncoding(displayed(name)), offset: 0)
    }
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

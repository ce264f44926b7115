internal import Bytes
internal import Records

/// A fixture in XML as lines of JSON.
struct FixtureXMLSource: ByteSource, ~Copyable {
  private var walk: FixtureXML
  private let notes: FixtureNotes
  private let kept: FixtureLines?
  private var at = 0
  /// Bytes of lines that are made before any are handed out.
  private static let portion = 1 << 16

  /// `kept`: where the lines are kept as well.
  init(
    _ source: consuming any ByteSource & ~Copyable, _ outline: FixtureOutline, _ notes: FixtureNotes,
    kept: FixtureLines? = nil
  ) throws(IOError) {
    walk = try FixtureXML(source, outline: outline, notes)
    self.notes = notes
    self.kept = kept
  }

  mutating func read(into buffer: inout OutputRawSpan) throws(IOError) {
    let before = buffer.byteCount
    while buffer.freeCapacity > 0 {
      if at < walk.out.count {
        at += buffer.append(copying: walk.out.span(at: at, count: walk.out.count - at))
        continue
      }
      if notes.failure != nil {
        // What came before the error comes first.
        guard buffer.byteCount == before else { return }
        throw notes.thrown
      }
      walk.out.removeAll()
      at = 0
      var isOver = false
      do throws(ReadError) {
        while walk.out.count < Self.portion, !isOver { isOver = try !walk.advance() }
      } catch { notes.fail(error) }
      kept?.append(walk.out.span)
      if isOver || notes.failure != nil { kept?.finish() }
      if isOver && walk.out.count == 0 { return }
    }
  }
}

extension FixtureNotes {
  /// What a source throws for the failure that is noted.
  var thrown: IOError {
    if case .io(let error) = failure?.code { return error }
    return IOError("read the fixture", detail: failure?.message ?? "")
  }
}

/// A fixture in YAML as lines of JSON.
struct FixtureYAMLSource: ByteSource, ~Copyable {
  private var walk: FixtureYAML
  private let notes: FixtureNotes
  private let kept: FixtureLines?
  private var at = 0
  /// Bytes of lines that are made before any are handed out.
  private static let portion = 1 << 15

  /// `kept`: where the lines are kept as well.
  init(
    _ source: consuming any ByteSource & ~Copyable, _ notes: FixtureNotes, kept: FixtureLines? = nil
  ) throws(IOError) {
    walk = try FixtureYAML(source, notes)
    self.notes = notes
    self.kept = kept
  }

  mutating func read(into buffer: inout OutputRawSpan) throws(IOError) {
    let before = buffer.byteCount
    while buffer.freeCapacity > 0 {
      if at < walk.ready {
        at += buffer.append(copying: walk.out.span(at: at, count: walk.ready - at))
        continue
      }
      if notes.failure != nil {
        guard buffer.byteCount == before else { return }
        throw notes.thrown
      }
      if walk.isOver { return }
      walk.out.removePrefix(walk.ready)
      (at, walk.ready) = (0, 0)
      do throws(ReadError) {
        while walk.ready < Self.portion, !walk.isOver { try walk.advance() }
      } catch { notes.fail(error) }
      kept?.append(walk.out.span(at: 0, count: walk.ready))
      if walk.isOver || notes.failure != nil { kept?.finish() }
    }
  }
}

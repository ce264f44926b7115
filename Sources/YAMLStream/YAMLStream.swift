package import Bytes
package import Records

/// Reads YAML as pieces; values are not resolved, aliases not followed.
package struct YAMLStream: ~Copyable {
  /// Sequences and mappings within each other.
  package static var depthLimit: Int { 128 }
  /// Bytes of one scalar: the library keeps it whole.
  package static var scalarLimit: Int { 64 << 20 }

  private let parser: YAMLParser
  private var place = 0
  private var depth = 0
  private var failure: ReadError?

  /// The text of the scalar at hand.
  package private(set) var text = ByteHeap(capacity: 1 << 12)

  package init(_ source: consuming any ByteSource & ~Copyable) throws(IOError) {
    parser = try YAMLParser(YAMLInput(source, limit: Self.scalarLimit))
  }

  /// Bytes read so far.
  package var byteCount: Int { parser.input.byteCount }
  /// Offset of the piece at hand, nearly.
  package var offset: Int { parser.input.offset(ofCharacter: place) }

  /// The next piece.
  package mutating func next() throws(ReadError) -> YAMLEvent {
    if let failure { throw failure }
    do throws(ReadError) {
      let event = try parser.next(&text, &place)
      parser.input.limit = parser.input.byteCount + Self.scalarLimit
      switch event.kind {
      case .beginMapping, .beginSequence:
        depth += 1
        guard depth <= Self.depthLimit else { throw ReadError(.tooDeep(limit: Self.depthLimit), offset: offset) }
      case .endMapping, .endSequence: depth -= 1
      default: break
      }
      return event
    } catch {
      failure = error
      throw error
    }
  }
}

internal import Bytes
internal import JSONStream
internal import Records

/// Takes the files of envelopes while a survey's reader comes past them.
final class EmbeddedFileSink: JSONMemberSink, @unchecked Sendable {  // the reading thread's until that has ended
  private(set) var scan: EmbeddedFileScan
  /// Where in the text they stand.
  private(set) var places: [Range<Int>] = []
  /// Why bytes of files could not be kept.
  private(set) var failure: IOError?

  init(_ target: FileTarget) { scan = EmbeddedFileScan(target) }

  func begin(_ key: Name) -> Bool {
    guard key == "files" else { return false }
    scan.restart()
    return true
  }

  func append(_ bytes: Span<UInt8>) throws(IOError) {
    do throws(IOError) { try scan.take(bytes) } catch {
      failure = error
      throw error
    }
  }

  func end(_ place: Range<Int>) { places.append(place) }
}

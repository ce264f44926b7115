package import Bytes

/// Takes the values of some members around tables, piece by piece as they are read, when they are too large to be kept: texts
/// without quotes and escapes, other values as they stand.
package protocol JSONMemberSink: AppendableFile {
  /// Whether the value of a member comes; the reader takes it for null then.
  func begin(_ key: Name) -> Bool
  /// The value is whole. `place`: where it stands in the text.
  func end(_ place: Range<Int>)
}

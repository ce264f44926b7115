/// A piece of an XML text.
package struct XMLEvent: Sendable {
  package enum Kind: UInt8, Sendable {
    /// A start tag's name; its attributes follow, each as a name and a value.
    case begin
    case attribute
    case value
    /// Character data; one text may come in several pieces.
    case text
    /// An end tag.
    case end
  }
  package var kind: Kind
  /// Where its bytes lie among those of the events at hand.
  package var at: Int
  package var count: Int
  /// Offset in the text behind a start tag; 0 of other pieces.
  package var offset = 0
}

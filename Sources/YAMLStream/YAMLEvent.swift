package import Bytes

/// A piece of a YAML text.
package struct YAMLEvent: Sendable {
  package enum Kind: Sendable {
    case beginDocument
    case endDocument
    case beginMapping
    case endMapping
    case beginSequence
    case endSequence
    /// A scalar; its text is the stream's `text`.
    case scalar
    /// Another node by its anchor.
    case alias
    /// The end of the text.
    case end
  }
  package var kind: Kind
  /// Whether a scalar stands without quotes, so that its text decides its type.
  package var isPlain = false
  /// As it is resolved: `tag:yaml.org,2002:str`, `!own`.
  package var tag: [UInt8]?
  package var anchor: Name?
}

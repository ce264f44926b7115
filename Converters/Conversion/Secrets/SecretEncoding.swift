/// A way in which a secret can be written down so that it does not look like itself.
package enum SecretEncoding: String, CaseIterable, Sendable {
  case plain = "as it is"
  /// Escapes of JSON, of `E''` and of the like: `\u0061`, `\"`, `\x61`.
  case escapes = "backslash escapes"
  /// Escapes of escapes: JSON as a text in JSON.
  case nestedEscapes = "escapes in escapes"
  case percent = "percent encoding"
  case entities = "HTML entities"
  case quotes = "doubled quotes"
  case quotedPrintable = "quoted-printable"
  /// Or any other with NUL bytes between, such as UTF-32.
  case utf16 = "UTF-16"
  /// Base64 and the like in lines.
  case lines = "line breaks"
  case base64 = "base64"
  case base64URL = "base64url"
  case lowerHex = "hexadecimal"
  case upperHex = "hexadecimal in capitals"
  case reversed = "backwards"
}

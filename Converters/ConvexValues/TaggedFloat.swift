internal import Bytes

/// A number that JSON has no literal for, as exports of the uniform generation write it.
package func taggedFloat(_ value: Double) -> [UInt8] {
  let bytes = (0..<8).map { UInt8(truncatingIfNeeded: value.bitPattern >> UInt64(8 * $0)) }
  return Array("{\"$float\":\"".utf8) + encodeBase64(bytes.span) + Array("\"}".utf8)
}

import TestSupport

/// Asks Python: `body` is the inside of `def answer(b):`, which gets each input as bytes and returns text.
func python(_ body: String, about inputs: [[UInt8]]) throws -> [String] {
  let script = """
    import sys
    from decimal import Decimal
    import base64, datetime, fractions, re, uuid
    def answer(b):
    \(body.split(separator: "\n").map { "  " + $0 }.joined(separator: "\n"))
    for line in sys.stdin:
      try: print(answer(bytes.fromhex(line)))
      except (ValueError, ArithmeticError): print('nil')
    """
  let input = inputs.map { $0.map { hex($0) }.joined() + "\n" }.joined()
  let result = try run(["python3", "-c", script], input: Array(input.utf8))
  guard result.exitCode == 0 else { throw OracleFailure(text: result.errorText) }
  var lines = result.text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
  lines.removeLast()
  return lines
}

struct OracleFailure: Error { var text: String }

/// Two hexadecimal digits.
func hex(_ byte: UInt8) -> String { (byte < 16 ? "0" : "") + String(byte, radix: 16) }

extension String {
  var bytes: [UInt8] { Array(utf8) }
}

/// Some text with one byte removed, doubled or replaced: near misses for a parser.
func mutated(_ text: String, _ dice: inout Dice) -> String {
  var bytes = text.bytes
  guard !bytes.isEmpty else { return text }
  let at = Int.random(in: 0..<bytes.count, using: &dice)
  switch Int.random(in: 0..<3, using: &dice) {
  case 0: bytes.remove(at: at)
  case 1: bytes.insert(bytes[at], at: at)
  default: bytes[at] = Array("0179+-.:eETZ xP/=".utf8).randomElement(using: &dice) ?? 0
  }
  return String(decoding: bytes, as: UTF8.self)
}

/// What `body` makes of the bytes: `#expect` cannot look into an expression that holds a span.
func reading<T>(_ bytes: [UInt8], _ body: (Span<UInt8>) -> T) -> T { body(bytes.span) }
/// The same for text.
func reading<T>(_ text: String, _ body: (Span<UInt8>) -> T) -> T { reading(text.bytes, body) }

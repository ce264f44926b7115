/// Random numbers that are the same in every run.
public struct SplitMix: RandomNumberGenerator {
  public var state: UInt64
  public init(state: UInt64) { self.state = state }
  public mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ z >> 30) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ z >> 27) &* 0x94D0_49BB_1331_11EB
    return z ^ z >> 31
  }
}

/// The bytes with one to four faults: flipped bits, cuts, runs that are doubled, taken out or moved, pieces put in.
public func mutated(_ bytes: [UInt8], _ random: inout SplitMix, _ pieces: [[UInt8]]) -> [UInt8] {
  var bytes = bytes
  for _ in 0..<Int.random(in: 1...4, using: &random) {
    guard !bytes.isEmpty else { return bytes }
    let at = Int.random(in: bytes.indices, using: &random)
    let end = min(bytes.count, at + Int.random(in: 1...12, using: &random))
    switch Int.random(in: 0..<8, using: &random) {
    case 0: bytes[at] ^= 1 << UInt8.random(in: 0..<8, using: &random)
    case 1: bytes.removeSubrange(at...)
    case 2: bytes.removeSubrange(at..<end)
    case 3: bytes.insert(contentsOf: bytes[at..<end], at: Int.random(in: 0...bytes.count, using: &random))
    case 4: bytes.removeSubrange(..<at)
    default: bytes.insert(contentsOf: pieces.randomElement(using: &random) ?? [], at: at)
    }
  }
  return bytes
}

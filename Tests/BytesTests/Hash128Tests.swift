import Bytes
import TestSupport
import Testing

@Suite struct Hash128Tests {
  private func hash(_ bytes: [UInt8], _ seed: UInt64 = 7) -> Hash128 { Hash128.of(bytes.span, seed: seed) }

  @Test func oneShotPaddedAndStreamedAgree() {
    var dice = Dice(7)
    let bytes = (0..<300).map { _ in UInt8.random(in: 0...255, using: &dice) }
    for count in 0...200 {
      // What lies behind the bytes in the heap must not matter.
      var heap = ByteHeap(capacity: 512)
      heap.append(bytes.span)
      let expected = hash(Array(bytes[3..<3 + count]))
      #expect(heap.hash(at: 3, count: count, seed: 7) == expected)
      var end = ByteHeap(capacity: count)
      end.append(bytes[3..<3 + count].span)
      #expect(end.hash(at: 0, count: count, seed: 7) == expected)
      for step in [1, 2, 7, 15, 16, 17, 33, 200] {
        var stream = HashStream(seed: 7)
        for start in stride(from: 0, to: count, by: step) {
          stream.update(bytes.span.extracting(3 + start..<3 + min(count, start + step)))
        }
        #expect(stream.result == expected, "\(count) bytes by \(step)")
      }
      var single = HashStream(seed: 7)
      for byte in bytes[3..<3 + count] { single.update(byte) }
      #expect(single.result == expected)
    }
  }

  @Test func wordsAreTheirBytes() {
    let (x, y): (UInt64, UInt64) = (0x0807_0605_0403_0201, 0x100F_0E0D_0C0B_0A09)
    #expect(Hash128.of(x, y, seed: 3) == hash(Array(1...16), 3))
  }

  /// Each bit of the input and of the seed changes each bit of the hash half of the time.
  @Test(arguments: [0, 1, 4, 8, 9, 16, 17, 33, 48]) func avalanche(_ count: Int) {
    var dice = Dice(UInt64(count))
    let rounds = 400
    for bit in 0..<count * 8 + 64 {
      var flips = [Int](repeating: 0, count: 128)
      for _ in 0..<rounds {
        var bytes = (0..<count).map { _ in UInt8.random(in: 0...255, using: &dice) }
        var seed = dice.next()
        let before = hash(bytes, seed)
        if bit < count * 8 { bytes[bit / 8] ^= 1 << UInt8(bit % 8) } else { seed ^= 1 << UInt64(bit - count * 8) }
        let after = hash(bytes, seed)
        for i in 0..<64 {
          flips[i] += Int((before.low ^ after.low) >> UInt64(i) & 1)
          flips[i + 64] += Int((before.high ^ after.high) >> UInt64(i) & 1)
        }
      }
      // 400 tosses of a coin: 6.5 standard deviations are 65.
      let worst = flips.map { abs($0 - rounds / 2) }.max() ?? 0
      if worst > 65 { Issue.record("bit \(bit) of \(count) bytes: \(worst) of \(rounds / 2) off") }
    }
  }

  /// The same for the mix of two hashes.
  @Test func mixingAvalanche() {
    var dice = Dice(9)
    let rounds = 400
    for bit in 0..<256 {
      var flips = [Int](repeating: 0, count: 128)
      for _ in 0..<rounds {
        var words = (0..<4).map { _ in dice.next() }
        func mix() -> Hash128 {
          Hash128(low: words[0], high: words[1]).mixed(with: Hash128(low: words[2], high: words[3]))
        }
        let before = mix()
        words[bit / 64] ^= 1 << UInt64(bit % 64)
        let after = mix()
        for i in 0..<64 {
          flips[i] += Int((before.low ^ after.low) >> UInt64(i) & 1)
          flips[i + 64] += Int((before.high ^ after.high) >> UInt64(i) & 1)
        }
      }
      let worst = flips.map { abs($0 - rounds / 2) }.max() ?? 0
      if worst > 65 { Issue.record("bit \(bit): \(worst) of \(rounds / 2) off") }
    }
  }

  /// Texts that differ little collide in no 52 of the 128 bits, wherever these lie, more often than chance has it.
  @Test func similarTextsDoNotCollide() {
    var hashes: [Hash128] = []
    for i in 0..<100_000 { hashes.append(hash("\(i)".bytes)) }
    for i in 0..<100_000 { hashes.append(hash(Array(repeating: UInt8(i % 3), count: i / 3 % 3000) + [UInt8(i & 7)])) }
    for i in 0..<64 {
      for j in 0..<64 { for k in 0..<8 { hashes.append(Hash128.of(1 << UInt64(i), 1 << UInt64(j), seed: UInt64(k))) } }
    }
    let distinct = Set(hashes)
    for shift in [0, 12] as [UInt64] {
      let mask: UInt64 = (1 << 52) - 1
      #expect(Set(distinct.map { $0.low >> shift & mask }).count == distinct.count)
      #expect(Set(distinct.map { $0.high >> shift & mask }).count == distinct.count)
    }
    #expect(Set(hashes.prefix(100_000)).count == 100_000)
  }

  @Test func sumsCarryOver() {
    let most = Hash128(low: .max, high: 1)
    #expect(most + Hash128(low: 1, high: 0) == Hash128(low: 0, high: 2))
    #expect(Hash128(low: .max, high: .max) + Hash128(low: 1, high: 0) == Hash128())
    #expect(hash([1]).mixed(with: hash([2])) != hash([2]).mixed(with: hash([1])))
    #expect("\(Hash128(low: 0xAB, high: 1))" == "000000000000000100000000000000ab")
  }

  @Test func smallNumbers() {
    var dice = Dice(8)
    for _ in 0..<20_000 {
      let value = UInt64.random(in: 0..<10_000_000_000_000_000, using: &dice) >> UInt64.random(in: 0..<54, using: &dice)
      let text = Bool.random(using: &dice) ? String(value) : mutated("00\(value)", &dice)
      var heap = ByteHeap(capacity: 4)
      heap.append("\(text)9x".bytes.span)
      let isNumber = text.utf8.count <= 16 && !text.isEmpty && text.utf8.allSatisfy(isDigit)
      #expect(heap.smallNumber(at: 0, count: text.utf8.count) == (isNumber ? UInt64(text) : nil), "\(text)")
    }
  }
}

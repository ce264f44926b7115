/// One 512-byte header block of a tar.
struct TarHeader {
  var name: [UInt8]
  var mode: UInt32?
  var byteCount: Int64
  var seconds: Int64?
  /// The letter or digit that says what the entry is.
  var type: UInt8

  static func hasMagic(_ block: [UInt8]) -> Bool { block[257..<262].elementsEqual("ustar".utf8) }

  /// Reads a block; nil when its checksum or a number is wrong.
  init?(_ block: [UInt8]) {
    guard let stated = Self.number(block[148..<156]) else { return nil }
    var unsigned: Int64 = 0, signed: Int64 = 0
    for (i, byte) in block.enumerated() {
      let counted = (148..<156).contains(i) ? UInt8(ascii: " ") : byte
      unsigned += Int64(counted)
      signed += Int64(Int8(bitPattern: counted))
    }
    // Old tars summed signed bytes.
    guard stated == unsigned || stated == signed, let size = Self.number(block[124..<136]) else { return nil }
    byteCount = size
    mode = Self.number(block[100..<108]).map { UInt32(truncatingIfNeeded: $0) & 0o7777 }
    seconds = Self.number(block[136..<148])
    type = block[156]
    name = Array(block[..<100].prefix { $0 != 0 })
    // GNU's own variant has other things where ustar has the prefix.
    if block[257..<263].elementsEqual(Array("ustar".utf8) + [0]) {
      let prefix = Array(block[345..<500].prefix { $0 != 0 })
      if !prefix.isEmpty { name = prefix + [UInt8(ascii: "/")] + name }
    }
    guard !name.isEmpty || Self.hasMagic(block) else { return nil }
  }

  /// An octal number ended by NUL or space, or a binary one marked by its high bit; nil for anything else.
  private static func number(_ field: ArraySlice<UInt8>) -> Int64? {
    if field.first! & 0x80 != 0 {
      let isNegative = field.first! & 0x40 != 0
      var value: Int64 = isNegative ? -1 : 0
      for (i, byte) in field.enumerated() {
        let digit = i == 0 ? (isNegative ? byte : byte & 0x7F) : byte
        guard value >= -(1 << 54), value < 1 << 54 else { return nil }
        value = value << 8 | Int64(digit)
      }
      return value
    }
    let digits = field.drop { $0 == UInt8(ascii: " ") }.prefix { $0 != 0 && $0 != UInt8(ascii: " ") }
    return digits.isEmpty ? 0 : number(digits, radix: 8)
  }

  /// The number that the digits are; nil when one is none or it has no room.
  static func number(_ digits: ArraySlice<UInt8>, radix: Int64) -> Int64? {
    guard !digits.isEmpty else { return nil }
    var value: Int64 = 0
    for byte in digits {
      let digit = Int64(byte) - 48
      guard digit >= 0, digit < radix, value < 1 << 58 else { return nil }
      value = value * radix + digit
    }
    return value
  }

  /// Whether data blocks follow the header.
  var holdsData: Bool { !"123456".utf8.contains(type) }

  private var kind: ArchiveEntry.Kind {
    switch type {
    case 0, UInt8(ascii: "0"), UInt8(ascii: "7"): name.last == UInt8(ascii: "/") ? .directory : .regular
    case UInt8(ascii: "S"): .regular
    case UInt8(ascii: "1"): .hardLink
    case UInt8(ascii: "2"): .symbolicLink
    case UInt8(ascii: "5"): .directory
    default: .special
    }
  }

  /// The entry that this header and its extensions describe.
  func entry(size: Int64, _ own: TarExtension, _ global: TarExtension) -> ArchiveEntry {
    let modified = own.modified ?? global.modified ?? seconds.flatMap { ArchiveEntry.time(seconds: $0) }
    let isSparse = type == UInt8(ascii: "S") || own.isSparse
    return ArchiveEntry(
      path: own.path ?? name, kind: kind, byteCount: size, modified: modified, mode: mode,
      problem: isSparse ? "is stored with holes, which is not supported" : nil)
  }
}

/// What pax and GNU headers say about the entry behind them.
struct TarExtension {
  var path: [UInt8]?
  var byteCount: Int64?
  var modified: Int64?
  var isSparse = false

  /// Takes in pax records, `<length> <key>=<value>\n` each; false when they are damaged.
  mutating func add(pax data: [UInt8]) -> Bool {
    var at = 0
    while at < data.count {
      guard let space = data[at...].firstIndex(of: UInt8(ascii: " ")), space - at < 8,
        let length = TarHeader.number(data[at..<space], radix: 10).map({ Int($0) }), length > space - at + 2,
        at + length <= data.count, data[at + length - 1] == UInt8(ascii: "\n"),
        let equals = data[space..<(at + length)].firstIndex(of: UInt8(ascii: "="))
      else { return false }
      guard set(data[(space + 1)..<equals], data[(equals + 1)..<(at + length - 1)]) else { return false }
      at += length
    }
    return true
  }

  private mutating func set(_ key: ArraySlice<UInt8>, _ value: ArraySlice<UInt8>) -> Bool {
    if key.elementsEqual("path".utf8) { path = Array(value) }
    if key.elementsEqual("mtime".utf8) { modified = Self.time(value) }
    if key.starts(with: "GNU.sparse.".utf8) { isSparse = true }
    guard key.elementsEqual("size".utf8) else { return true }
    byteCount = TarHeader.number(value, radix: 10)
    return byteCount != nil
  }

  /// Nanoseconds from seconds with a fraction; nil when they are no such number.
  private static func time(_ value: ArraySlice<UInt8>) -> Int64? {
    let isNegative = value.first == UInt8(ascii: "-")
    let parts = value.dropFirst(isNegative ? 1 : 0).split(separator: UInt8(ascii: "."), maxSplits: 1)
    guard let whole = parts.first, let seconds = TarHeader.number(whole, radix: 10) else { return nil }
    let digits = parts.count > 1 ? parts[1].prefix(9) : []
    guard let part = digits.isEmpty ? 0 : TarHeader.number(digits, radix: 10) else { return nil }
    let nanoseconds = (digits.count..<9).reduce(part) { scaled, _ in scaled * 10 }
    return isNegative
      ? ArchiveEntry.time(seconds: -seconds, nanoseconds: -nanoseconds)
      : ArchiveEntry.time(seconds: seconds, nanoseconds: nanoseconds)
  }
}

internal import Bytes
internal import CArchive
internal import Glibc
internal import Synchronization

/// Reads a 7z through libarchive.
///
/// Its entries share compressed blocks, so that none can be reached without unpacking those before it: the first `open`
/// unpacks all of them, once, to a private nameless file.
final class SevenZipArchive: ArchiveReader {
  let entries: [ArchiveEntry]
  var remarks: [String] { [] }
  private let file: SharedFile
  private let limits: ExpansionLimits
  private let unpacked = Mutex<Unpacked?>(nil)

  /// The plain bytes of all regular entries, one behind the other.
  private struct Unpacked {
    var file: SharedFile
    var starts: [Int64]
  }

  static func matches(_ head: [UInt8]) -> Bool { head.starts(with: [0x37, 0x7A, 0xBC, 0xAF, 0x27, 0x1C]) }

  init(_ file: SharedFile, limits: ExpansionLimits) throws(IOError) {
    var entries: [ArchiveEntry] = []
    var total: Int64 = 0
    let walk = try SevenZipWalk(file)
    while let entry = try walk.next() {
      guard entries.count < limits.entries else { throw damaged("7z has more than \(limits.entries) entries") }
      let (sum, overflow) = total.addingReportingOverflow(entry.byteCount)
      guard entry.byteCount >= 0, !overflow else { throw damaged("7z entry has an impossible size") }
      total = sum
      entries.append(entry)
    }
    if let reason = limits.violation(output: total, input: file.byteCount) {
      throw IOError("read archive", detail: "7z \(reason)", advice: ExpansionLimits.advice)
    }
    self.file = file
    self.limits = limits
    self.entries = entries
  }

  func open(_ index: Int) throws(IOError) -> any ByteSource & ~Copyable {
    if entries[index].isEncrypted { throw IOError("decompress", detail: "entry is encrypted") }
    let unpacked = try unpacked.withLock { (state) throws(IOError) in
      if let done = state { return done }
      let done = try unpack()
      state = done
      return done
    }
    return RangeSource(unpacked.file, at: unpacked.starts[index], count: entries[index].byteCount)
  }

  private func unpack() throws(IOError) -> Unpacked {
    let spill = try SpillFile()
    let walk = try SevenZipWalk(file)
    var starts: [Int64] = []
    var at: Int64 = 0
    for entry in entries {
      guard try walk.next() == entry else { throw damaged("archive changed while it was read") }
      starts.append(at)
      guard entry.kind == .regular, !entry.isEncrypted else { continue }
      let count = try walk.copy(to: spill, limit: entry.byteCount)
      guard count == entry.byteCount else {
        throw damaged("7z entry is damaged: its size is not what the archive says")
      }
      at += count
    }
    return Unpacked(file: try SharedFile(spill), starts: starts)
  }
}

/// One pass over a 7z.
private final class SevenZipWalk {
  private let functions: ca_library
  private let archive: OpaquePointer
  private let input: SeekableInput

  init(_ file: SharedFile) throws(IOError) {
    let functions = try Library.functions()
    guard let archive = functions.archive_read_new() else { throw damaged("no memory to read the archive") }
    input = SeekableInput(file)
    self.functions = functions
    self.archive = archive
    let context = Unmanaged.passUnretained(input).toOpaque()
    let isOpen = inUTF8 {
      functions.archive_read_support_format_7zip(archive) == ARCHIVE_OK
        && functions.archive_read_set_read_callback(archive, readInput) == ARCHIVE_OK
        && functions.archive_read_set_seek_callback(archive, seekInput) == ARCHIVE_OK
        && functions.archive_read_set_callback_data(archive, context) == ARCHIVE_OK
        && functions.archive_read_open1(archive) == ARCHIVE_OK
    }
    guard isOpen else { throw failure }
  }
  deinit { _ = functions.archive_read_free(archive) }

  /// The next entry; nil at the end.
  func next() throws(IOError) -> ArchiveEntry? {
    var entry: OpaquePointer?
    let code = inUTF8 { functions.archive_read_next_header(archive, &entry) }
    if code == ARCHIVE_EOF { return nil }
    guard code == ARCHIVE_OK || code == ARCHIVE_WARN, let entry else { throw failure }
    let name = inUTF8 { functions.archive_entry_pathname_utf8(entry) }
    guard let name else { throw damaged("7z entry has a name that cannot be read") }
    let modified = functions.archive_entry_mtime_is_set(entry) != 0
    let isEncrypted = functions.archive_entry_is_data_encrypted(entry) != 0
    return ArchiveEntry(
      path: Array(UnsafeBufferPointer(start: name, count: strlen(name)).map { UInt8(bitPattern: $0) }),
      kind: kind(UInt32(functions.archive_entry_filetype(entry))),
      byteCount: functions.archive_entry_size(entry),
      modified: modified
        ? ArchiveEntry.time(
          seconds: Int64(functions.archive_entry_mtime(entry)),
          nanoseconds: Int64(functions.archive_entry_mtime_nsec(entry))) : nil,
      mode: UInt32(functions.archive_entry_perm(entry)) & 0o7777, isEncrypted: isEncrypted)
  }

  /// Appends the current entry's bytes to a file; returns how many. More than `limit` are an error.
  func copy(to spill: SpillFile, limit: Int64) throws(IOError) -> Int64 {
    let block = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 16, alignment: 16)
    defer { block.deallocate() }
    var total: Int64 = 0
    while true {
      let count = functions.archive_read_data(archive, block.baseAddress, block.count)
      if count == 0 { return total }
      guard count > 0 else { throw failure }
      total += Int64(count)
      guard total <= limit else { throw damaged("7z entry is larger than the archive says") }
      try spill.append(UnsafeRawBufferPointer(rebasing: block[..<count]).assumingMemoryBound(to: UInt8.self).span)
    }
  }

  private var failure: IOError {
    input.failure ?? damaged("7z is damaged, encrypted or cut off: \(Library.words(functions, archive))")
  }

  private func kind(_ type: UInt32) -> ArchiveEntry.Kind {
    switch type & ca_file_type {
    case ca_regular_file: .regular
    case ca_directory: .directory
    case ca_symbolic_link: .symbolicLink
    default: .special
    }
  }
}

/// Calls libarchive where it converts names: they become UTF-8 whatever the user's locale.
private func inUTF8<T>(_ body: () -> T) -> T {
  let previous = ca_enter_utf8()
  defer { ca_leave_utf8(previous) }
  return body()
}

/// A file that libarchive may move about in.
private final class SeekableInput {
  let file: SharedFile
  var at: Int64 = 0
  var failure: IOError?
  private let block = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 16, alignment: 16)

  init(_ file: SharedFile) { self.file = file }
  deinit { block.deallocate() }

  /// The next bytes, valid until the next call; none at the end.
  func next() throws(IOError) -> UnsafeRawBufferPointer {
    var output = OutputRawSpan(buffer: block, initializedCount: 0)
    let count = try file.read(at: at, into: &output)
    at += Int64(count)
    return UnsafeRawBufferPointer(rebasing: block[..<output.finalize(for: block)])
  }
}

/// Hands libarchive its next block; called by it.
private func readInput(
  _ archive: OpaquePointer?, _ context: UnsafeMutableRawPointer?, _ block: UnsafeMutablePointer<UnsafeRawPointer?>?
) -> Int {
  let input = Unmanaged<SeekableInput>.fromOpaque(context!).takeUnretainedValue()
  do throws(IOError) {
    let bytes = try input.next()
    block!.pointee = bytes.baseAddress
    return bytes.count
  } catch {
    input.failure = error
    return -1
  }
}

/// Moves to another place for libarchive; called by it.
private func seekInput(
  _ archive: OpaquePointer?, _ context: UnsafeMutableRawPointer?, _ offset: Int64, _ whence: CInt
) -> Int64 {
  let input = Unmanaged<SeekableInput>.fromOpaque(context!).takeUnretainedValue()
  let base = whence == 0 ? 0 : whence == 1 ? input.at : input.file.byteCount
  let (target, overflow) = base.addingReportingOverflow(offset)
  guard !overflow, target >= 0, target <= input.file.byteCount else { return Int64(ARCHIVE_FATAL) }
  input.at = target
  return target
}

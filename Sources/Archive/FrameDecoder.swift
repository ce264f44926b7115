internal import Bytes

/// What one step of a codec took and gave.
struct CodecStep {
  var used = 0
  var written = 0
  /// Whether a frame ended exactly after what was taken.
  var isEnd = false
  /// What is wrong with the data; nil when nothing is.
  var problem: String?
}

/// A library that decodes frames of one kind; one object per stream.
protocol Codec: AnyObject {
  /// The name of the compression, for messages.
  var name: String { get }
  /// Decodes some of `input`, which may be empty while bytes are held back for lack of room.
  func step(_ input: UnsafeRawBufferPointer, _ output: UnsafeMutableRawBufferPointer) -> CodecStep
  /// Makes ready for another frame that begins with `byte`; false when none may follow.
  func restart(with byte: UInt8) -> Bool
}

/// Drives a codec over a feed: bytes before damage or a cut are delivered first.
final class FrameDecoder: StreamDecoder {
  private let codec: any Codec
  private let feed: Feed
  private var input = UnsafeRawBufferPointer(start: nil, count: 0)
  private var isWithinFrame = true
  /// Whether the last step stopped for lack of room, so that there may be more without input.
  private var hasMore = false
  private var isOver = false
  private var failure: IOError?

  init(_ feed: Feed, _ codec: any Codec) {
    self.feed = feed
    self.codec = codec
  }

  var inputCount: Int64 { feed.total - Int64(input.count) }

  func decode(into output: UnsafeMutableRawBufferPointer) throws(IOError) -> Int {
    if let failure { throw failure }
    var count = 0
    do throws(IOError) {
      while !isOver && count < output.count {
        try step(UnsafeMutableRawBufferPointer(rebasing: output[count...]), &count)
      }
    } catch {
      failure = error
      if count == 0 { throw error }
    }
    return count
  }

  private func step(_ output: UnsafeMutableRawBufferPointer, _ count: inout Int) throws(IOError) {
    if input.isEmpty && !hasMore {
      input = try feed.next()
      if input.isEmpty {
        guard !isWithinFrame else { throw IOError("decompress", detail: "\(codec.name) data is cut off") }
        isOver = true
        return
      }
    }
    if !isWithinFrame {
      guard codec.restart(with: input[0]) else { throw trailing }
      isWithinFrame = true
    }
    let step = codec.step(input, output)
    input = UnsafeRawBufferPointer(rebasing: input[step.used...])
    count += step.written
    hasMore = step.written == output.count && !step.isEnd
    if step.isEnd { isWithinFrame = false }
    if let problem = step.problem {
      throw IOError("decompress", detail: "\(codec.name) data is damaged near byte \(inputCount): \(problem)")
    }
    if step.used == 0 && step.written == 0 && !step.isEnd && !input.isEmpty {
      throw IOError("decompress", detail: "\(codec.name) data is damaged near byte \(inputCount): it leads nowhere")
    }
  }

  private var trailing: IOError {
    IOError(
      "decompress",
      detail: "bytes that are no \(codec.name) data follow the data that ends at byte \(inputCount)",
      advice: trailingAdvice)
  }
}

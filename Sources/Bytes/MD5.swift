internal import CCrypto

/// Computes an MD5 checksum piece by piece: it finds accidents, not forgeries.
public struct MD5: ~Copyable {
  private let context: OpaquePointer

  /// Nil where the system's library offers it no more.
  public init?() {
    guard let context = EVP_MD_CTX_new() else { return nil }
    guard EVP_DigestInit_ex(context, EVP_md5(), nil) == 1 else {
      EVP_MD_CTX_free(context)
      return nil
    }
    self.context = context
  }
  deinit { EVP_MD_CTX_free(context) }

  public mutating func update(_ bytes: Span<UInt8>) {
    bytes.withUnsafeBufferPointer { _ = EVP_DigestUpdate(context, $0.baseAddress, $0.count) }
  }

  /// The 16 bytes of the checksum; the value may not be used afterwards.
  public mutating func finish() -> [UInt8] {
    [UInt8](unsafeUninitializedCapacity: 16) { out, count in
      var length: UInt32 = 0
      EVP_DigestFinal_ex(context, out.baseAddress, &length)
      count = Int(length)
    }
  }
}

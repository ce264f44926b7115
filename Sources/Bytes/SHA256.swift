internal import CCrypto

/// Computes a SHA-256 checksum piece by piece.
public struct SHA256: ~Copyable {
  private let context: OpaquePointer

  public init() {
    guard let context = EVP_MD_CTX_new(), EVP_DigestInit_ex(context, EVP_sha256(), nil) == 1 else {
      preconditionFailure("libcrypto offers no SHA-256")
    }
    self.context = context
  }
  deinit { EVP_MD_CTX_free(context) }

  public mutating func update(_ bytes: Span<UInt8>) {
    bytes.withUnsafeBufferPointer { _ = EVP_DigestUpdate(context, $0.baseAddress, $0.count) }
  }
  mutating func update(_ bytes: UnsafeRawBufferPointer) {
    _ = EVP_DigestUpdate(context, bytes.baseAddress, bytes.count)
  }

  /// The 32 bytes of the checksum; the value may not be used afterwards.
  public mutating func finish() -> [UInt8] {
    [UInt8](unsafeUninitializedCapacity: 32) { out, count in
      var length: UInt32 = 0
      EVP_DigestFinal_ex(context, out.baseAddress, &length)
      count = Int(length)
    }
  }
}

/// The bytes as lower-case hexadecimal digits.
public func hexadecimal(_ bytes: [UInt8]) -> String {
  var text: [UInt8] = []
  for byte in bytes { text += [hexDigit(byte >> 4), hexDigit(byte & 15)] }
  return String(decoding: text, as: UTF8.self)
}

/// Name and version of the library that computes checksums.
public func cryptographyVersion() -> String { String(cString: OpenSSL_version(OPENSSL_VERSION)) }

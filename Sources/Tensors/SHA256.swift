import CCrypto

/// Secure Hash Algorithm 256 (FIPS 180-4), computed by the system's libcrypto, which uses the processor's instructions for it.
public struct SHA256: ~Copyable {
  /// Length of a digest, in bytes.
  public static let byteCount = 32

  private let context: OpaquePointer

  /// An empty message.
  public init() {
    guard let context = EVP_MD_CTX_new(), EVP_DigestInit_ex(context, EVP_sha256(), nil) == 1 else {
      preconditionFailure("libcrypto has no SHA-256")
    }
    self.context = context
  }

  deinit { EVP_MD_CTX_free(context) }

  /// Appends bytes to the message.
  public mutating func update(_ bytes: UnsafeRawBufferPointer) {
    EVP_DigestUpdate(context, bytes.baseAddress, bytes.count)
  }

  /// Appends a view's elements, little-endian.
  public mutating func update<Element>(_ view: View<Element>) {
    view.withBytes { update($0) }
  }

  /// Appends an integer as eight bytes, little-endian.
  public mutating func update(_ integer: Int) {
    withUnsafeBytes(of: Int64(integer).littleEndian) { update($0) }
  }

  /// Appends a text's UTF-8 bytes, preceded by their number, so that two texts cannot run into each other.
  public mutating func update(_ text: String) {
    var text = text
    text.withUTF8 {
      update($0.count)
      update(UnsafeRawBufferPointer($0))
    }
  }

  /// The digest of all bytes so far; ends the message.
  public consuming func finish() -> [UInt8] {
    var digest = [UInt8](repeating: 0, count: SHA256.byteCount)
    EVP_DigestFinal_ex(context, &digest, nil)
    return digest
  }

  /// The digest of one run of bytes.
  public static func digest(of bytes: UnsafeRawBufferPointer) -> [UInt8] {
    var hash = SHA256()
    hash.update(bytes)
    return hash.finish()
  }

  /// Lower-case hexadecimal, as `sha256sum` prints it.
  public static func hexadecimal(_ digest: [UInt8]) -> String {
    let digits = Array("0123456789abcdef".utf8)
    return String(decoding: digest.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
  }
}

import Settings

/// Bytes as an address that holds them itself (RFC 2397), so that a page needs no other file.
package enum DataURI {
  /// `data:image/png;base64,…`.
  package static func png(_ bytes: [UInt8]) -> String { "data:image/png;base64," + Base64.encode(bytes) }
}

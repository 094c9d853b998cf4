/// Which `Host` a request may name.
///
/// A page from elsewhere can give its own name the address of this machine (DNS rebinding), and then reads our answers as its own. It
/// cannot make the browser send another name than its own: so only names are answered that nobody else can own.
package struct HostCheck: Sendable {
  /// Names beside `localhost` and addresses, in lower case.
  private let names: Set<String>

  package init(names: [String]) { self.names = Set(names.map { $0.lowercased() }) }

  /// - Parameter host: the field's value; nil for a request of HTTP/1.0 without one, which no browser sends.
  package func allows(_ host: String?) -> Bool {
    guard let host else { return true }
    guard let name = HostCheck.name(host.lowercased()) else { return false }
    return name == "localhost" || name.hasSuffix(".localhost") || HostCheck.isAddress(name) || names.contains(name)
  }

  /// Without the port; nil where it is malformed.
  private static func name(_ host: String) -> String? {
    let colon =
      host.hasPrefix("[") ? host.firstIndex(of: "]").map(host.index(after:)) : host.firstIndex(of: ":") ?? host.endIndex
    guard let colon, colon > host.startIndex else { return nil }
    let rest = host[colon...]
    guard rest.isEmpty || rest.first == ":" && rest.dropFirst().utf8.allSatisfy({ 0x30...0x39 ~= $0 }) else {
      return nil
    }
    return String(host[..<colon])
  }

  /// `127.0.0.1` or `[::1]`.
  private static func isAddress(_ name: String) -> Bool {
    if name.hasPrefix("[") {
      return name.utf8.dropFirst().dropLast().allSatisfy {
        HTTPRequestHead.hexadecimal($0) != nil || $0 == UInt8(ascii: ":") || $0 == UInt8(ascii: ".")
      }
    }
    let parts = name.split(separator: ".", omittingEmptySubsequences: false)
    return parts.count == 4 && parts.allSatisfy { UInt8($0) != nil }
  }
}

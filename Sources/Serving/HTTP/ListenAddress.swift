import FlyingSocks
import Foundation

/// An address to listen on.
enum ListenAddress: Equatable, CustomStringConvertible {
  case ip4(String)
  case ip6(String)

  /// Nil for what is neither `localhost` nor an address in digits.
  init?(_ text: String) {
    if text == "localhost" {
      self = .ip4("127.0.0.1")
    } else if (try? sockaddr_in.inet(ip4: text, port: 0)) != nil {
      self = .ip4(text)
    } else if (try? sockaddr_in6.inet6(ip6: text, port: 0)) != nil {
      self = .ip6(text)
    } else {
      return nil
    }
  }

  /// Whether only this machine reaches it.
  var isLoopback: Bool {
    switch self {
    case .ip4(let text): text.hasPrefix("127.")
    case .ip6(let text): text == "::1"
    }
  }

  /// As in a URL, but for brackets.
  var description: String {
    switch self {
    case .ip4(let text), .ip6(let text): text
    }
  }

  /// As in a URL.
  var authority: String {
    switch self {
    case .ip4(let text): text
    case .ip6(let text): "[\(text)]"
    }
  }
}

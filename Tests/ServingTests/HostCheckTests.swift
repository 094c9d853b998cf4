import Serving
import Testing

/// Requests under a name that a page from elsewhere may own are not answered.
@Suite("The host that a request names")
struct HostCheckTests {
  private let check = HostCheck(names: ["Trainer.Example.org"])

  @Test(
    "is taken",
    arguments: [
      "localhost", "LOCALHOST:8080", "a.localhost", "127.0.0.1", "192.168.1.7:1", "[::1]", "[::1]:8080", "[fe80::1]",
      "trainer.example.org:80",
    ])
  func taken(host: String) { #expect(check.allows(host)) }

  @Test(
    "is not taken",
    arguments: [
      "evil.example", "evil.example:8080", "localhost.evil.example", "127.0.0.1.evil.example", "1.2.3", "256.1.1.1", "",
      "[::1", "[evil]", "localhost:x", "localhost:80:80", ":80", "example.org",
    ])
  func notTaken(host: String) { #expect(!check.allows(host)) }

  @Test("may be missing where no browser asks")
  func missing() { #expect(check.allows(nil)) }
}

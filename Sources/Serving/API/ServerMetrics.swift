import Foundation
import Synchronization

/// What the server has done, for Prometheus (text format 0.0.4).
final class ServerMetrics: Sendable {
  /// Upper bounds of the latency's buckets, in seconds.
  fileprivate static let bounds = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10]

  fileprivate struct Key: Hashable {
    var route: String
    var method: String
    var status: Int
  }

  fileprivate struct Latency {
    var buckets = [Int](repeating: 0, count: ServerMetrics.bounds.count)
    var sum = 0.0
    var count = 0
  }

  fileprivate struct State {
    var requests: [Key: Int] = [:]
    var latencies: [String: Latency] = [:]
    var inFlight = 0
    var images = 0
    var reloads = 0
  }

  private let state = Mutex(State())
  private let started = Date().timeIntervalSince1970

  /// A request begins to be answered.
  func begin() { state.withLock { $0.inFlight += 1 } }

  /// A request was answered.
  ///
  /// - Parameters:
  ///   - route: one of the server's, or a word for all others: never what the client wrote, of which there is no end.
  ///   - seconds: that it took; nil for one that is not to be counted, a stream.
  func end(route: String, method: String, status: Int, seconds: Double?) {
    state.withLock { state in
      state.inFlight -= 1
      state.count(route: route, method: method, status: status)
      guard let seconds else { return }
      state.latencies[route, default: Latency()].add(seconds)
    }
  }

  /// Something was answered that was no request, or not read to its end.
  func refused(route: String, method: String, status: Int) {
    state.withLock { $0.count(route: route, method: method, status: status) }
  }

  func predicted(_ images: Int) { state.withLock { $0.images += images } }

  func reloaded() { state.withLock { $0.reloads += 1 } }

  /// The page of `GET /metrics`.
  func text(model: ModelDescription) -> String {
    let state = state.withLock { $0 }
    var text = ""
    func metric(_ name: String, _ type: String, _ help: String, _ samples: [(labels: String, value: String)]) {
      text += "# HELP \(name) \(help)\n# TYPE \(name) \(type)\n"
      for sample in samples { text += "\(name)\(sample.labels) \(sample.value)\n" }
    }
    metric(
      "lockstep_http_requests_total", "counter", "Requests answered.",
      state.requests.sorted {
        ($0.key.route, $0.key.method, $0.key.status) < ($1.key.route, $1.key.method, $1.key.status)
      }
      .map { ("{route=\"\($0.key.route)\",method=\"\($0.key.method)\",status=\"\($0.key.status)\"}", "\($0.value)") })
    text += ServerMetrics.histogram(state.latencies)
    metric("lockstep_http_requests_in_flight", "gauge", "Requests being answered.", [("", "\(state.inFlight)")])
    metric("lockstep_images_predicted_total", "counter", "Images put through the network.", [("", "\(state.images)")])
    metric(
      "lockstep_checkpoint_reloads_total", "counter", "Newer checkpoints taken into use.", [("", "\(state.reloads)")])
    metric(
      "lockstep_checkpoint_step", "gauge", "Step of the checkpoint that is served.",
      [("{name=\"\(ServerMetrics.escaped(model.name))\"}", "\(model.step)")])
    if let bytes = ServerMetrics.residentBytes() {
      metric("process_resident_memory_bytes", "gauge", "Resident memory.", [("", "\(bytes)")])
    }
    metric("process_start_time_seconds", "gauge", "Start, in seconds since 1970.", [("", "\(started)")])
    return text
  }

  private static func histogram(_ latencies: [String: Latency]) -> String {
    let name = "lockstep_http_request_duration_seconds"
    var text = "# HELP \(name) From the end of a request to its answer.\n# TYPE \(name) histogram\n"
    for (route, latency) in latencies.sorted(by: { $0.key < $1.key }) {
      var count = 0
      for (bound, bucket) in zip(bounds, latency.buckets) {
        count += bucket
        text += "\(name)_bucket{route=\"\(route)\",le=\"\(bound)\"} \(count)\n"
      }
      text += "\(name)_bucket{route=\"\(route)\",le=\"+Inf\"} \(latency.count)\n"
      text += "\(name)_sum{route=\"\(route)\"} \(latency.sum)\n\(name)_count{route=\"\(route)\"} \(latency.count)\n"
    }
    return text
  }

  private static func escaped(_ text: String) -> String {
    text.replacingOccurrences(of: "\\", with: "\\\\").replacingOccurrences(of: "\"", with: "\\\"")
      .replacingOccurrences(of: "\n", with: "\\n")
  }

  /// The second number of `/proc/self/statm`, in pages.
  private static func residentBytes() -> Int? {
    guard let text = try? String(contentsOfFile: "/proc/self/statm", encoding: .utf8) else { return nil }
    let numbers = text.split(separator: " ")
    guard numbers.count > 1, let pages = Int(numbers[1]) else { return nil }
    return pages * sysconf(Int32(_SC_PAGESIZE))
  }
}

extension ServerMetrics.State {
  fileprivate mutating func count(route: String, method: String, status: Int) {
    requests[.init(route: route, method: method, status: status), default: 0] += 1
  }
}

extension ServerMetrics.Latency {
  fileprivate mutating func add(_ seconds: Double) {
    if let place = ServerMetrics.bounds.firstIndex(where: { seconds <= $0 }) { buckets[place] += 1 }
    sum += seconds
    count += 1
  }
}

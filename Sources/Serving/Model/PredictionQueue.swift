import Dispatch
import Synchronization
import Tensors

/// What came of a prediction.
struct NetworkAnswer: Sendable {
  /// `[images, classes]`.
  var probabilities: [Float]
  /// Classes of the network.
  var classes: Int
  /// The step of the weights that answered.
  var step: Int
  /// What the first layer made of the first image, where it was asked for.
  var activations: [Float]?
}

/// Puts waiting images through the network, those of several requests at once.
///
/// One thread computes (with the pool's workers behind it). While it does, requests gather, and go through together afterwards: nobody
/// waits for a batch to fill, and under load a batch costs little more than an image.
final class PredictionQueue: Sendable {
  /// Images that are computed at once: more would make the first wait for the last.
  private static let largestBatch = 512

  private struct Job: Sendable {
    var pixels: [UInt8]
    var wantsActivations: Bool
    var continuation: CheckedContinuation<Result<NetworkAnswer, HTTPError>, Never>
  }

  private struct State {
    var waiting: [Job] = []
    /// Bytes of their images.
    var bytes = 0
    var isRunning = false
  }

  /// Most bytes of images that wait.
  private let largestWaiting: Int
  private let state = Mutex(State())
  private let queue = DispatchQueue(label: "lockstep.predictions", qos: .userInitiated)
  private let served: Served

  /// The model, which only `queue` touches, and its description for all others.
  private final class Served: @unchecked Sendable {
    // Safe to send: `model` is read and written on the queue alone.
    var model: ServedModel
    let description: Mutex<ModelDescription>

    init(_ model: ServedModel) {
      self.model = model
      description = Mutex(model.description)
    }
  }

  init(_ model: sending ServedModel, largestWaiting: Int = 64 << 20) {
    self.largestWaiting = largestWaiting
    served = Served(model)
  }

  /// What is served now.
  var description: ModelDescription { served.description.withLock { $0 } }

  /// Serves another model from the next batch on.
  func replace(with model: sending ServedModel) {
    let next = Served(model)
    queue.async { [served] in
      served.model = next.model
      served.description.withLock { $0 = next.model.description }
    }
  }

  /// Predicts images, one behind the other.
  ///
  /// - Throws: 503 where too much waits already; 422 where the images are not those that the network takes.
  func predict(_ pixels: [UInt8], activations: Bool = false) async throws(HTTPError) -> NetworkAnswer {
    let result = await withCheckedContinuation { continuation in
      let job = Job(pixels: pixels, wantsActivations: activations, continuation: continuation)
      let (isAccepted, starts) = state.withLock { state in
        guard state.waiting.isEmpty || state.bytes + pixels.count <= largestWaiting else { return (false, false) }
        state.waiting.append(job)
        state.bytes += pixels.count
        defer { state.isRunning = true }
        return (true, !state.isRunning)
      }
      if !isAccepted {
        let error = HTTPError(
          .unavailable, "more images wait than can be computed soon", fields: [("Retry-After", "1")])
        continuation.resume(returning: .failure(error))
      }
      if starts { queue.async { self.work() } }
    }
    return try result.get()
  }

  private func work() {
    while let jobs = take() { run(jobs) }
  }

  /// The next jobs; nil where none waits, and then the next one starts the work again.
  private func take() -> [Job]? {
    let size = served.model.description.shape.count
    return state.withLock { state in
      var (count, images) = (0, 0)
      while count < state.waiting.count {
        images += state.waiting[count].pixels.count / size
        if count > 0, images > PredictionQueue.largestBatch { break }
        count += 1
      }
      guard count > 0 else {
        state.isRunning = false
        return nil
      }
      let jobs = Array(state.waiting.prefix(count))
      state.waiting.removeFirst(count)
      state.bytes -= jobs.reduce(0) { $0 + $1.pixels.count }
      return jobs
    }
  }

  private func run(_ jobs: [Job]) {
    let served = served.model
    let size = served.description.shape.count
    // The network may be another than when the request was read.
    let fitting = jobs.filter { !$0.pixels.isEmpty && $0.pixels.count.isMultiple(of: size) }
    for job in jobs where job.pixels.isEmpty || !job.pixels.count.isMultiple(of: size) {
      let error = HTTPError(.unprocessable, "the network takes images of \(served.description.shape.text)")
      job.continuation.resume(returning: .failure(error))
    }
    guard !fitting.isEmpty else { return }
    let probabilities: [Float]
    do {
      probabilities = try served.model.probabilities(
        of: Storage(fitting.count == 1 ? fitting[0].pixels : fitting.flatMap(\.pixels)))
    } catch {
      let failure = HTTPError(.internalError, "the prediction failed: \(error)")
      for job in fitting { job.continuation.resume(returning: .failure(failure)) }
      return
    }
    let classes = served.description.classes.count
    var start = 0
    for job in fitting {
      let end = start + job.pixels.count / size * classes
      let prediction = NetworkAnswer(
        probabilities: Array(probabilities[start..<end]), classes: classes, step: served.description.step,
        activations: job.wantsActivations ? served.firstLayer?.output(bytes: Array(job.pixels.prefix(size))) : nil)
      start = end
      job.continuation.resume(returning: .success(prediction))
    }
  }
}

import Dispatch
import Synchronization
import Tensors

/// Puts waiting images through the network, those of several requests at once.
///
/// One thread computes (with the pool's workers behind it). While it does, requests gather, and go through together afterwards: nobody
/// waits for a batch to fill, and under load a batch costs little more than an image.
package final class PredictionQueue: Sendable {
  /// Images that are computed at once: more would make the first wait for the last.
  private static let largestBatch = 512

  private struct Job: Sendable {
    var pixels: [UInt8]
    /// Of each image.
    var shape: PixelShape
    var wantsActivations: Bool
    var continuation: CheckedContinuation<Result<NetworkOutput, HTTPError>, Never>

    var images: Int { pixels.count / shape.count }
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
  private let current: Current

  /// The model, which only `queue` touches, and its description for all others.
  private final class Current: @unchecked Sendable {
    // Safe to send: `model` is read and written on the queue alone.
    var model: ServedModel
    let description: Mutex<ModelDescription>

    init(_ model: ServedModel) {
      self.model = model
      description = Mutex(model.description)
    }
  }

  package init(_ model: sending ServedModel, largestWaiting: Int = 64 << 20) {
    self.largestWaiting = largestWaiting
    current = Current(model)
  }

  /// What is served now.
  package var description: ModelDescription { current.description.withLock { $0 } }

  /// Serves another model from the next batch on, and returns when that is so: the batch that is computed now is waited for, so this is
  /// not for the threads of Swift's tasks.
  package func replace(with model: sending ServedModel) {
    let next = Current(model)
    queue.sync {
      current.model = next.model
      current.description.withLock { $0 = next.model.description }
    }
  }

  /// Predicts images, one behind the other.
  ///
  /// - Parameter shape: of each, as the network took them when the request was read.
  /// - Throws: 503 where too much waits already; 422 where the images are not those that the network takes.
  package func predict(
    _ pixels: [UInt8], shape: PixelShape, activations: Bool = false
  ) async throws(HTTPError) -> NetworkOutput {
    let result = await withCheckedContinuation { continuation in
      let job = Job(pixels: pixels, shape: shape, wantsActivations: activations, continuation: continuation)
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

  /// One batch; the next is a block of its own, so that a model that waits to be served comes between them.
  private func work() {
    guard let jobs = take() else { return }
    run(jobs)
    queue.async { self.work() }
  }

  /// The next jobs; nil where none waits, and then the next one starts the work again.
  private func take() -> [Job]? {
    state.withLock { state in
      var (count, images) = (0, 0)
      while count < state.waiting.count {
        images += state.waiting[count].images
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
    let model = current.model
    let shape = model.description.shape
    // The network may be another than when the request was read; images of another shape may even have as many bytes.
    let fitting = jobs.filter { $0.shape == shape && $0.images > 0 }
    for job in jobs where job.shape != shape || job.images == 0 {
      let error = HTTPError(.unprocessable, "the network takes images of \(shape.text)")
      job.continuation.resume(returning: .failure(error))
    }
    guard !fitting.isEmpty else { return }
    let probabilities: [Float]
    do {
      probabilities = try model.predictor.probabilities(
        of: Storage(fitting.count == 1 ? fitting[0].pixels : fitting.flatMap(\.pixels)))
    } catch {
      let failure = HTTPError(.internalError, "the prediction failed: \(error)")
      for job in fitting { job.continuation.resume(returning: .failure(failure)) }
      return
    }
    var start = 0
    for job in fitting {
      let end = start + job.images * model.description.classes.count
      let output = NetworkOutput(
        probabilities: Array(probabilities[start..<end]), model: model.description,
        activations: job.wantsActivations
          ? model.firstLayer?.output(bytes: Array(job.pixels.prefix(shape.count))) : nil)
      start = end
      job.continuation.resume(returning: .success(output))
    }
  }
}

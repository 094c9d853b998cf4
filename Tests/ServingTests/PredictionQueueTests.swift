import Foundation
import Serving
import Testing
import Training

/// The queue in front of the network, also while the network is replaced.
@Suite("The queue of predictions")
struct PredictionQueueTests {
  private static let run: Result<TrainedRun, any Error> = Result { try TrainedRun() }

  private static func model(step: Int) throws -> ServedModel {
    try ServedModel(run.get().checkpoint(step: step), path: "step \(step)", machine: TrainedRun.machine)
  }

  private static let digit = PixelShape(height: 28, width: 28, channels: 1)

  @Test("serves another model from the next batch on, however many images wait")
  func replacedUnderLoad() async throws {
    let queue = PredictionQueue(try Self.model(step: 4))
    // Safe: one thread gets it, once.
    nonisolated(unsafe) let next = try Self.model(step: 8)
    let batch = [UInt8](repeating: 7, count: 512 * Self.digit.count)
    let steps = try await withThrowingTaskGroup(of: Int?.self) { group in
      for _ in 0..<64 {
        group.addTask { try await queue.predict(batch, shape: Self.digit).model.step }
      }
      // Begins last, when all others wait.
      group.addTask {
        await withCheckedContinuation { continuation in
          DispatchQueue.global().async {
            queue.replace(with: next)
            #expect(queue.description.step == 8)
            continuation.resume()
          }
        }
        return nil
      }
      return try await group.reduce(into: []) { $0.append($1) }
    }
    #expect(steps.count { $0 == 4 } + steps.count { $0 == 8 } == 64)
    #expect(steps.contains(8))
  }

  @Test(
    "refuses images that were read for another network, also where they have as many bytes",
    arguments: [(14, 56), (56, 28), (28, 14)])
  func otherShape(height: Int, width: Int) async throws {
    let queue = PredictionQueue(try Self.model(step: 4))
    let shape = PixelShape(height: height, width: width, channels: 1)
    await #expect(throws: HTTPError(.unprocessable, "the network takes images of 28 × 28 × 1")) {
      try await queue.predict([UInt8](repeating: 0, count: 4 * shape.count), shape: shape)
    }
  }

  @Test("does not begin with a network that was trained on numbers: pixels are bytes")
  func numbers() throws {
    var checkpoint = try Self.run.get().checkpoint(step: 8)
    checkpoint.run.config = TrainedRun.config(
      layers: TrainedRun.convolution, input: "[28, 28, 1]", data: #"{ "dataset": "memory", "elements": "numbers" }"#)
    let error = #expect(throws: ServeError.self) {
      _ = try ServedModel(checkpoint, path: "a.h5", machine: TrainedRun.machine)
    }
    #expect(
      error?.description
        == "a.h5: the network was trained on numbers; only networks that were trained on the bytes of images "
        + "can be served")
  }
}

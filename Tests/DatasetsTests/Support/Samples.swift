import Datasets
import Foundation
import Tensors

enum Samples {
  /// A small data set in which every byte tells its sample and place: `[count, 3, 2, channels]`.
  static func dataset(count: Int, channels: Int = 1) throws -> ImageDataset {
    let size = 6 * channels
    let bytes = (0..<count * size).map { UInt8(truncatingIfNeeded: $0 / size * 7 + $0 % size * 31) }
    return try ImageDataset(
      name: "sample", split: .train, shape: [3, 2, channels], classes: 5, images: Storage(bytes),
      labels: Storage((0..<count).map { Int32($0 % 5) }))
  }

  static let kernels: Kernels = {
    guard let kernels = Kernels(.portable) else { preconditionFailure("the portable kernels are part of every build") }
    return kernels
  }()

  /// Where MNIST lies on this machine, or nil: `$LOCKSTEP_DATA/mnist`, `Data/mnist`, or the folder shared by checkouts.
  static let mnistDirectory: String? = {
    let named = ProcessInfo.processInfo.environment["LOCKSTEP_DATA"].map { ["\($0)/mnist"] } ?? []
    return (named + ["Data/mnist", "../shared/data/mnist", "../../shared/data/mnist"]).first { directory in
      ["", ".gz"].contains { FileManager.default.fileExists(atPath: "\(directory)/train-images-idx3-ubyte\($0)") }
    }
  }()
}

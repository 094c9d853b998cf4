import ArgumentParser
import Foundation
import Interchange
import Training

/// `lockstep read-weights FILE`: the child process of `lockstep import`, in which a hostile file may crash the HDF5 library.
struct ReadWeightsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: ConfinedReader.subcommand, abstract: "Read a file of weights; 'import' runs this.",
    shouldDisplay: false)

  @Argument var path: String
  @Argument var tensors: [String] = []

  func run() throws {
    try Outcome.report {
      guard let request = WeightsRequest(arguments: tensors) else {
        throw WeightsError.reader(path: path, reason: "the arguments are no list of tensors")
      }
      var status = stat()
      ResourceLimits.confine(fileBytes: stat(path, &status) == 0 ? Int(status.st_size) : 0)
      for tensor in try KerasWeights.read(path, request) {
        try FileHandle.standardOutput.write(contentsOf: tensor.withMutableBytes { Data($0) })
      }
    }
  }
}

import ArgumentParser
import Interchange
import Settings
import Training

/// `lockstep import WEIGHTS --config CONFIG`
struct ImportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "import", abstract: "Begin a run with weights that Keras trained.",
    discussion: """
      Reads what Keras 3 wrote with model.save_weights("….weights.h5") for the same network, and saves it as the run's \
      checkpoint of step 0: 'evaluate' measures it, 'resume' trains it further. The config says what the network is and \
      how inputs are made; its data set must be there. Optimizer state is not taken over.

      Example:
        lockstep import keras.weights.h5 --config Configs/mnist-cnn.json --run Checkpoints/from-keras
      """)

  @Argument(help: "The file of weights.", completion: .checkpoint)
  var weights: String

  @Option(
    help: ArgumentHelp("The run's config, a JSON file (see 'lockstep schema').", valueName: "config"),
    completion: .config)
  var config: String

  @OptionGroup var changes: OverrideOptions
  @OptionGroup var directory: RunDirectoryOptions
  @OptionGroup var machine: MachineOptions

  func run() throws {
    try Outcome.report {
      let config = try RunConfig(file: config, overrides: try changes.values())
      let path = directory.path ?? RunDirectory.defaultPath(name: config.name)
      guard try RunDirectory.lastStep(in: path) == nil else { throw TrainingError.branchInUse(path: path) }
      let machine = try machine.machine()
      let data = try config.prepareData()
      try config.check(data, on: machine)
      let network = try config.makeNetwork(for: data, kernels: machine.kernels)
      // Before a directory is made for it.
      let parameters = try ConfinedReader().read(
        weights, WeightsRequest(network.parameters.entries.map { ($0.datasetPath, $0.spec.shape) }))
      let directory = try RunDirectory(path: path, config: config.checkpoint)
      guard try RunDirectory.lastStep(in: path) == nil else { throw TrainingError.directoryChanged(path: path) }
      let trainer = try Trainer(
        config: config, data: data, directory: directory, machine: machine, observers: [], request: StopRequest())
      try directory.save(config)
      let checkpoint = try trainer.begin(with: parameters, from: weights)
      try Console.answer(
        "\(weights): \(Counted.text(network.parameters.parameterCount, "parameter")) → \(checkpoint ?? path)")
    }
  }
}

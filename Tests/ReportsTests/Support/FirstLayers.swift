import Networks
import Tensors
import Training

/// Networks whose first layer is to be looked at.
enum FirstLayers {
  /// - Parameter layers: as in a config.
  static func network(_ layers: String, input: Shape) -> Network {
    do {
      let config = try RunConfig(
        text: """
          {
            "name": "small", "seed": 7, "data": { "dataset": "digits" }, "model": { "layers": \(layers) },
            "training": { "epochs": 1, "batchSize": 16, "optimizer": "sgd" }
          }
          """)
      return try config.makeNetwork(input: input, kernels: try Kernels.selected(environment: [:]))
    } catch {
      fatalError("\(error)")
    }
  }
}

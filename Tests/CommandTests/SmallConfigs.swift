/// Configs that train in about a second, and have what could tell one thread from two.
enum SmallConfigs {
  /// A convnet with dropout, clipping, an odd batch size that leaves a short last batch, and a number of shards that does not divide it.
  static let awkward = """
    {
      "name": "awkward",
      "seed": 11,
      "data": { "dataset": "digits", "trainSamples": 500, "testSamples": 100, "validation": 0.1, "normalization": "standard" },
      "model": {
        "input": [28, 28, 1],
        "layers": [
          { "type": "conv2d", "filters": 7, "kernel": 3, "stride": 2, "padding": "same", "activation": "gelu" },
          { "type": "maxPool2d", "size": 3, "stride": 2 },
          { "type": "conv2d", "filters": 18, "kernel": [3, 2], "activation": "relu" },
          { "type": "dropout", "rate": 0.3 },
          { "type": "flatten" },
          { "type": "dense", "units": 33, "activation": "tanh" },
          { "type": "dropout", "rate": 0.5 },
          { "type": "dense", "units": 10 }
        ]
      },
      "training": {
        "epochs": 2, "batchSize": 37, "shards": 5, "clipNorm": 0.7,
        "loss": { "type": "softmaxCrossEntropy", "labelSmoothing": 0.1 },
        "optimizer": { "type": "adamW", "learningRate": 0.003 },
        "schedule": { "type": "cosine", "warmupEpochs": 0.3 },
        "metrics": ["accuracy", { "type": "topKAccuracy", "k": 3 }]
      },
      "checkpoint": { "everyEpochs": 1, "keepLast": 2 },
      "logging": { "everySteps": 3 }
    }
    """

  /// The Keras convnet on few samples.
  static let convnet = """
    {
      "name": "convnet",
      "seed": 7,
      "data": { "dataset": "digits", "trainSamples": 1200, "testSamples": 200 },
      "model": {
        "input": [28, 28, 1],
        "layers": [
          { "type": "conv2d", "filters": 32, "kernel": 3, "activation": "relu" },
          { "type": "maxPool2d", "size": 2 },
          { "type": "conv2d", "filters": 64, "kernel": 3, "activation": "relu" },
          { "type": "maxPool2d", "size": 2 },
          { "type": "flatten" },
          { "type": "dropout", "rate": 0.5 },
          { "type": "dense", "units": 10 }
        ]
      },
      "training": {
        "epochs": 2, "batchSize": 64,
        "optimizer": { "type": "adam", "learningRate": 0.001 }
      }
    }
    """

  /// Dense layers in bfloat16, wide enough to defer gradients and narrow, with shards of an odd number of samples.
  static let bfloat16 = """
    {
      "name": "bfloat16",
      "seed": 5,
      "data": { "dataset": "digits", "trainSamples": 1000, "testSamples": 500 },
      "model": {
        "input": [28, 28, 1],
        "layers": [
          { "type": "flatten" },
          { "type": "dense", "units": 91, "activation": "relu" },
          { "type": "dropout", "rate": 0.2 },
          { "type": "dense", "units": 33, "activation": "tanh" },
          { "type": "dense", "units": 10 }
        ]
      },
      "training": {
        "epochs": 4, "batchSize": 50, "shards": 8, "precision": "bfloat16",
        "optimizer": { "type": "adam", "learningRate": 0.003 }
      }
    }
    """

  /// One dense layer on few samples, for what does not depend on the network: 3 epochs of 4 steps.
  static let linear = """
    {
      "name": "linear",
      "seed": 7,
      "data": { "dataset": "digits", "trainSamples": 64, "testSamples": 20 },
      "model": {
        "input": [28, 28, 1],
        "layers": [
          { "type": "flatten" },
          { "type": "dense", "units": 10 }
        ]
      },
      "training": {
        "epochs": 3, "batchSize": 16,
        "optimizer": { "type": "adam", "learningRate": 0.001 }
      }
    }
    """
}

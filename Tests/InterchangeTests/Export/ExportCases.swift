import Testing

/// Networks that are exported: together they have every kind of layer and activation, and every way in which the order
/// of an image's axes matters.
struct ExportCase: CustomTestStringConvertible {
  let testDescription: String
  /// The config's `model`.
  let model: String
  /// The operators of the ONNX graph, in order.
  let operators: String
  /// The layers of the Keras model, without the first.
  let layers: String
  var scale: [Float] = [1 / 255]
  var offset: [Float] = [0]
  /// How large the weights are.
  var gain: Float = 1

  static let all = [
    ExportCase(
      testDescription: "convolution and pooling with borders, steps, odd sizes and three channels",
      model: """
        {"input": [19, 14, 3], "layers": [
          {"type": "conv2d", "filters": 5, "kernel": [3, 2], "stride": [2, 1], "padding": "same", "activation": "gelu"},
          {"type": "maxPool2d", "size": [3, 2], "stride": [2, 1], "padding": "same"},
          {"type": "conv2d", "filters": 4, "kernel": 2, "activation": {"type": "leakyRelu", "slope": 0.1}},
          {"type": "averagePool2d", "size": 3, "stride": 2, "padding": "same"},
          {"type": "activation", "function": "silu"},
          {"type": "conv2d", "filters": 6, "kernel": 1, "stride": 2, "padding": "same", "useBias": false,
           "activation": "tanh"},
          {"type": "dropout", "rate": 0.3},
          "flatten",
          {"type": "dense", "units": 9, "activation": "sigmoid"},
          {"type": "dropout", "rate": 0.5},
          {"type": "dense", "units": 5, "useBias": false}
        ]}
        """,
      operators: "Mul Add Transpose Conv Mul Erf Add Mul Mul MaxPool Conv LeakyRelu AveragePool Sigmoid Mul Conv Tanh "
        + "Flatten Gemm Sigmoid Gemm Softmax",
      layers: "Rescaling Conv2D MaxPooling2D Conv2D LeakyReLU AveragePooling2D Activation Conv2D Dropout Flatten "
        + "Dense Dropout Dense",
      scale: [0.004, 0.003, 0.005], offset: [-0.5, 0.25, -0.125]),
    ExportCase(
      testDescription: "global average pooling, and an activation before the dense layer",
      model: """
        {"input": [9, 8, 1], "layers": [
          {"type": "conv2d", "filters": 8, "kernel": 3, "activation": "relu"},
          {"type": "averagePool2d", "size": 2},
          "globalAveragePool2d",
          {"type": "activation", "function": {"type": "leakyRelu", "slope": 0.25}},
          {"type": "dense", "units": 3}
        ]}
        """,
      operators: "Mul Transpose Conv Relu AveragePool GlobalAveragePool Flatten LeakyRelu Gemm Softmax",
      layers: "Rescaling Conv2D AveragePooling2D GlobalAveragePooling2D LeakyReLU Dense"),
    ExportCase(
      testDescription: "no layer that looks at images: nothing is turned",
      model: """
        {"input": [5, 4, 3], "layers": [
          "flatten", {"type": "dense", "units": 12, "activation": "gelu"}, {"type": "dense", "units": 4}
        ]}
        """,
      operators: "Mul Add Flatten Gemm Mul Erf Add Mul Mul Gemm Softmax", layers: "Rescaling Flatten Dense Dense",
      scale: [0.004, 0.003, 0.005], offset: [0.5, 0.5, 0.5]),
    ExportCase(
      testDescription: "a flattened image that no dense layer comes after",
      model: """
        {"input": [7, 6, 1], "layers": [
          {"type": "conv2d", "filters": 3, "kernel": [6, 3], "activation": "silu"}, "flatten",
          {"type": "activation", "function": "tanh"}
        ]}
        """,
      operators: "Mul Transpose Conv Sigmoid Mul Transpose Flatten Tanh Softmax",
      layers: "Rescaling Conv2D Flatten Activation"),
    ExportCase(
      testDescription: "layers between flatten and dense",
      model: """
        {"input": [6, 5, 2], "layers": [
          {"type": "maxPool2d", "size": 1, "stride": 2, "padding": "same"}, "flatten",
          {"type": "dropout", "rate": 0.1}, "flatten",
          {"type": "activation", "function": "sigmoid"}, {"type": "dense", "units": 3}
        ]}
        """,
      operators: "Mul Transpose MaxPool Flatten Sigmoid Gemm Softmax",
      layers: "Rescaling MaxPooling2D Flatten Dropout Flatten Activation Dense", scale: [0.004, 0.004],
      offset: [0, 0]),
    ExportCase(
      testDescription: "images seen as rows, whose channels come round again",
      model: """
        {"input": [24], "layers": [
          {"type": "dense", "units": 6, "activation": "relu"}, {"type": "dense", "units": 3}
        ]}
        """,
      operators: "Mul Add Gemm Relu Gemm Softmax", layers: "Rescaling Dense Dense", scale: [0.004, 0.003, 0.005],
      offset: [-0.5, 0.25, -0.125]),
    ExportCase(
      testDescription: "images whose axes do not show the channels",
      model: #"{"input": [3, 4], "layers": ["flatten", {"type": "dense", "units": 3}]}"#,
      operators: "Mul Add Flatten Gemm Softmax", layers: "Rescaling Flatten Dense", scale: [0.004, 0.003, 0.005],
      offset: [-0.5, 0.25, -0.125]),
    ExportCase(
      testDescription: "inputs that stay as they are, and a layer's name for each of its class",
      model: """
        {"input": [6, 6, 1], "layers": [
          {"type": "conv2d", "filters": 2, "kernel": 3, "padding": "same",
           "activation": {"type": "leakyRelu", "slope": 0.2}},
          {"type": "conv2d", "filters": 3, "kernel": 3, "activation": {"type": "leakyRelu", "slope": 0.4}},
          {"type": "averagePool2d", "size": [2, 3], "stride": [1, 2]},
          {"type": "activation", "function": "relu"}, "flatten",
          {"type": "dense", "units": 4, "activation": "tanh"}, {"type": "dense", "units": 2}
        ]}
        """,
      operators: "Transpose Conv LeakyRelu Conv LeakyRelu AveragePool Relu Flatten Gemm Tanh Gemm Softmax",
      layers: "Conv2D LeakyReLU Conv2D LeakyReLU AveragePooling2D Activation Flatten Dense Dense", scale: [1],
      gain: 0.05),
  ]
}

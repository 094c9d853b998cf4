import Networks
import Testing

@Suite("Keras names")
struct KerasNamingTests {
  /// Expected: what `keras.src.utils.naming.to_snake_case` returns (Keras 3.15), which is
  /// `re.sub("([a-z])([A-Z])", r"\1_\2", re.sub("(.)([A-Z][a-z]+)", r"\1_\2", name)).lower()`.
  @Test(
    "class names become the groups Keras would write",
    arguments: [
      ("Conv2D", "conv2d"), ("MaxPooling2D", "max_pooling2d"), ("AveragePooling2D", "average_pooling2d"),
      ("GlobalAveragePooling2D", "global_average_pooling2d"), ("Dense", "dense"), ("Flatten", "flatten"),
      ("Activation", "activation"), ("BatchNormalization", "batch_normalization"), ("ReLU", "re_lu"),
      ("LeakyReLU", "leaky_re_lu"), ("Conv2DTranspose", "conv2d_transpose"), ("LSTM", "lstm"),
      ("SpatialDropout1D", "spatial_dropout1d"), ("PReLU", "p_re_lu"), ("GRUCell", "gru_cell"),
    ])
  func snakeCase(name: String, expected: String) {
    #expect(KerasNaming.snakeCase(name) == expected)
  }
}

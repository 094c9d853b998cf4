/// What the network made of the images of a request.
package struct NetworkOutput: Sendable {
  /// `[images, classes]`.
  package var probabilities: [Float]
  /// What answered: of the model that was served when the images' turn came.
  package var model: ModelDescription
  /// What the first layer made of the first image, where it was asked for.
  package var activations: [Float]?

  /// Images that were put through.
  package var images: Int { probabilities.count / model.classes.count }
}

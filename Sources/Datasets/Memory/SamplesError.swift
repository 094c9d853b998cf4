import Settings
import Tensors

/// Why arrays are no samples. One line for whoever called.
public enum SamplesError: Error, Equatable, Sendable, CustomStringConvertible {
  /// Extents that no sample has.
  case shape([Int])
  /// No sample at all.
  case empty
  /// More samples than can be numbered.
  case tooMany(Int)
  /// An array that is no whole number of samples long.
  case elements(found: Int, shape: Shape)
  /// Another number of labels than of samples.
  case labels(samples: Int, labels: Int)
  /// A number of classes that cannot be.
  case classes(Int)
  /// A label outside `0..<classes`.
  case label(sample: Int, found: String, classes: Int)
  /// An infinity, or what is not a number.
  case notFinite(sample: Int, element: Int, value: String)
  /// Samples to evaluate that are not like those to learn from.
  case unlike(training: String, test: String)

  /// One line for whoever called.
  public var description: String {
    switch self {
    case .shape(let extents):
      "a sample cannot have the shape \(extents); expected 1 to 3 extents of at least 1 each, for example [28, 28, 1]"
    case .empty:
      "there are no samples; at least one is needed"
    case .tooMany(let count):
      "\(count) samples are too many; at most \(Int32.max) can be numbered"
    case .elements(let found, let shape):
      "\(Counted.text(found, "element")) \(found == 1 ? "is" : "are") no whole number of samples of \(shape), which take \(shape.count) each"
    case .labels(let samples, let labels):
      "there are \(Counted.text(samples, "sample")), but \(Counted.text(labels, "label")); each sample needs one"
    case .classes(let classes):
      "\(classes) classes cannot be; expected 1 to 1000000"
    case .label(let sample, let found, let classes):
      "the label \(found) of sample \(sample) is outside 0...\(classes - 1)"
    case .notFinite(let sample, let element, let value):
      "element \(element) of sample \(sample) is \(value); every element must be a finite number"
    case .unlike(let training, let test):
      "the samples to learn from are \(training), but those to evaluate are \(test)"
    }
  }
}

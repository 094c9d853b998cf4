import Datasets
import Dispatch
import Reports

/// Says what the program is busy with where samples take so long to load that somebody may wonder.
struct LoadingNotice {
  /// Seconds until it is said.
  private static let delay = 1.0

  private let work: DispatchWorkItem

  /// Begins to wait.
  ///
  /// - Parameter isShown: whether anything is ever said.
  init(_ data: DataConfiguration, isShown: Bool) {
    let text = Self.text(data.source)
    work = DispatchWorkItem { Console.error(text) }
    if isShown { DispatchQueue.global(qos: .userInitiated).asyncAfter(deadline: .now() + Self.delay, execute: work) }
  }

  /// The samples are there: what was not said until now is not said any more.
  func cancel() { work.cancel() }

  /// `drawing 1,004,000 digits`, or that the data set is being read.
  private static func text(_ source: any DatasetSource) -> String {
    guard let digits = source as? DigitsSource else { return "reading data set '\(type(of: source).schema.name)'" }
    return "drawing \(RunText.count(digits.trainSamples + digits.testSamples, "digit"))"
  }
}

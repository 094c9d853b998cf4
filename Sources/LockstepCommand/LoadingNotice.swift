import Datasets
import Dispatch
import Reports

/// Says what the program is busy with where samples take so long to load that somebody may wonder.
struct LoadingNotice {
  /// Digits that two cores draw within a second: nothing is said of them.
  private static let fewDigits = 100_000
  /// Seconds that files may take before it is said.
  private static let delay = 5.0

  private let work: DispatchWorkItem

  /// Says at once what is known to take its time, and begins to wait for the rest.
  ///
  /// - Parameter isShown: whether anything is ever said.
  init(_ data: DataConfiguration, isShown: Bool) {
    let digits = (data.source as? DigitsSource).map { $0.trainSamples + $0.testSamples }
    let name = type(of: data.source).schema.name
    work = DispatchWorkItem { Console.error("reading data set '\(name)'") }
    guard isShown else { return }
    if let digits {
      if digits > Self.fewDigits { Console.error("drawing \(RunText.count(digits, "digit"))") }
    } else {
      DispatchQueue.global(qos: .userInitiated).asyncAfter(deadline: .now() + Self.delay, execute: work)
    }
  }

  /// The samples are there: what was not said until now is not said any more.
  func cancel() { work.cancel() }
}

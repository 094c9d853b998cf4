import Datasets
import Networks
import Settings
import Training

/// Everything that the page of a run shows.
public struct RunReport: Sendable {
  /// A part of the page that may be left out, and then says why.
  public enum Part<Content> {
    case shown(Content)
    case leftOut(because: String)

    /// What is shown, if it is.
    var content: Content? { if case .shown(let content) = self { content } else { nil } }
  }

  /// What the newest good checkpoint makes of the test set.
  public struct TestResult: Sendable {
    /// Where the samples come from, for people.
    public var source: String
    public var samples: Int
    public var metrics: MetricValues
    public var scores: ClassificationReport
    /// The mistakes that the network was surest of, and how many there are in all.
    public var mistakes: [MistakePicture]
    public var mistakeCount: Int
  }

  /// The run, and its figures.
  public var run: SavedRun
  public var figures: RunFigures
  /// Files of the run with their verdicts.
  public var files: [RunFile]
  /// SHA-256 over weights, optimizer state and step of the checkpoint; nil without one.
  public var digest: String?
  /// SHA-256 of the training data, as the checkpoint remembers it.
  public var dataFingerprint: String?
  /// Samples that an epoch trains, as far as the data set is at hand.
  public var trainingSamples: Int?
  public var network: Part<Network>
  public var test: Part<TestResult>
  public var filters: Part<FilterPictures>
  public var profile: Part<BenchmarkReport>
  /// The program's version, and when the report is made, for people.
  public var version: String
  public var madeAt: String
}

extension RunReport.Part: Sendable where Content: Sendable {}

import Tensors

/// Names inside the file and the limits on them; see docs/checkpoint-format.md.
enum CheckpointLayout {
  static let modelVariables = "/vars"
  static let optimizerVariables = "/optimizer/vars"
  static let iteration = "/optimizer/vars/0"
  static let learningRate = "/optimizer/vars/1"

  static let run = "/lockstep"
  static let config = "/lockstep/config"
  static let inputScale = "/lockstep/input_scale"
  static let inputOffset = "/lockstep/input_offset"
  static let dataFingerprint = "/lockstep/data_fingerprint"
  static let historyColumns = "/lockstep/history/columns"
  static let historyValues = "/lockstep/history/values"
  static let epochSumNames = "/lockstep/epoch_sums/names"
  static let epochSumValues = "/lockstep/epoch_sums/values"
  static let manifestPaths = "/lockstep/manifest/paths"
  static let manifestShapes = "/lockstep/manifest/shapes"

  /// Attributes of `/lockstep`.
  enum Attribute {
    static let formatVersion = "format_version"
    static let producer = "producer"
    static let instructionSet = "instruction_set"
    static let epoch = "epoch"
    static let step = "step"
    static let batchesDone = "batches_done"
    static let stepsPerEpoch = "steps_per_epoch"
    static let seed = "seed"
    static let patience = "patience"
    static let score = "score"
    static let bestMetric = "best_metric"
    static let bestValue = "best_value"
    static let bestStep = "best_step"
    /// Of `/optimizer/vars`: the optimizer's name, as Keras writes it.
    static let name = "name"
  }

  /// Most axes of a tensor: the width of the manifest's table of shapes.
  static let largestRank = 8
  /// Longest path, in bytes.
  static let largestPath = 512
  /// Longest name of a metric, program or optimizer, in bytes.
  static let largestName = 255

  /// Most columns of the history, and most sums over an epoch.
  static let mostNames = 1024

  /// What is wrong with a parameter's path; nil where nothing is.
  static func problem(withPath path: String) -> String? {
    guard path.hasPrefix("/layers/") else { return "a parameter's path begins with /layers/" }
    return problem(withAnyPath: path)
  }

  /// What is wrong with a path, a parameter's or not.
  static func problem(withAnyPath path: String) -> String? {
    guard path.utf8.count <= largestPath else { return "the path is longer than \(largestPath) bytes" }
    guard path.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else { return "a path holds visible ASCII only" }
    let steps = path.dropFirst().split(separator: "/", omittingEmptySubsequences: false)
    guard steps.allSatisfy({ !$0.isEmpty && $0 != "." && $0 != ".." }) else { return "the path has an empty step" }
    return nil
  }

  /// A path out of a file as a message may show it.
  static func printable(_ path: String) -> String {
    let scalars = path.unicodeScalars.prefix(largestPath).map { (0x20..<0x7F).contains($0.value) ? Character($0) : "?" }
    return String(scalars)
  }

  /// What is wrong with a number of epochs or steps; nil where nothing is. The limit is more than any run has, and lets whoever reads
  /// counts add and multiply them.
  static func problem(withCount count: Int) -> String? {
    if count < 0 { return "\(count), below 0" }
    return count > 1 << 40 ? "\(count), more than any run has" : nil
  }

  /// What is wrong with a name; nil where nothing is. Names are shown at terminals, which obey control characters.
  static func problem(withName name: String) -> String? {
    guard name.utf8.count <= largestName else { return "longer than \(largestName) bytes" }
    let hasControl = name.unicodeScalars.contains { $0.value < 0x20 || (0x7F..<0xA0).contains($0.value) }
    return hasControl ? "a text with a control character" : nil
  }

  /// A row of the manifest's table of shapes: the extents, then zeros.
  static func row(of shape: Shape) -> [Int64] {
    shape.dimensions.map(Int64.init) + [Int64](repeating: 0, count: largestRank - shape.rank)
  }

  /// The shape of a row; nil where it is none.
  static func shape(of row: [Int64]) -> Shape? {
    let extents = row.prefix { $0 != 0 }
    guard row.dropFirst(extents.count).allSatisfy({ $0 == 0 }) else { return nil }
    return Shape(validating: extents.map(Int.init))
  }
}

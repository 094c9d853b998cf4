import Checkpoints
import Tensors
import Testing

@Suite("A file with a right checksum and wrong content is refused, with the culprit named")
struct HostileFileTests {
  private typealias Edit = @Sendable (HDF5Editor) -> Void
  private static let kernel = "/layers/conv2d/vars/0"
  private static let values = [Float](repeating: 1, count: 36)

  private func refusal(_ edit: (HDF5Editor) -> Void) throws -> String? {
    let file = Storage(HDF5Editor.edit(try Bytes.encode(Fixtures.checkpoint()), edit))
    do throws(CheckpointError.Reason) {
      _ = try CheckpointDecoder.decode(file)
      return nil
    } catch {
      return String(CheckpointError(path: "f", reason: error).description.dropFirst(3))
    }
  }

  private func expectRefusal(
    _ message: String, sourceLocation: SourceLocation = #_sourceLocation, _ edit: (HDF5Editor) -> Void
  ) throws {
    #expect(try refusal(edit) == message, sourceLocation: sourceLocation)
  }

  @Test("The editor's own work is accepted where it changes nothing that matters")
  func harmlessEdits() throws {
    #expect(try refusal { _ in } == nil)
    #expect(try refusal { $0.replaceDataset(Self.kernel, [3, 3, 1, 4], Self.values) } == nil)
    #expect(try refusal { $0.addGroup("/later") } == nil)
    #expect(try refusal { $0.replaceAttribute("epoch", of: "/lockstep", [Int64(5)]) } == nil)
  }

  @Test("A tensor of another class, rank or extent, or none at all")
  func wrongTensors() throws {
    try expectRefusal(
      "not a valid checkpoint: HDF5: could not accept \(Self.kernel): its elements are not little-endian float32"
    ) { $0.replaceDataset(Self.kernel, [3, 3, 1, 4], Self.values.map(Double.init)) }
    try expectRefusal("not a valid checkpoint: \(Self.kernel): 36 where the manifest says 3 × 3 × 1 × 4") {
      $0.replaceDataset(Self.kernel, [36], Self.values)
    }
    try expectRefusal("not a valid checkpoint: \(Self.kernel): 3 × 3 × 4 × 1 where the manifest says 3 × 3 × 1 × 4") {
      $0.replaceDataset(Self.kernel, [3, 3, 4, 1], Self.values)
    }
    try expectRefusal("not a valid checkpoint: HDF5: could not find \(Self.kernel): \(Self.kernel) is missing") {
      $0.remove(Self.kernel)
    }
    try expectRefusal(
      "not a valid checkpoint: HDF5: could not find \(Self.kernel): /layers/conv2d is missing"
    ) { $0.remove("/layers/conv2d") }
  }

  @Test("A group where a dataset should be")
  func groupForDataset() throws {
    try expectRefusal("not a valid checkpoint: HDF5: could not open \(Self.kernel): it is no dataset") {
      $0.remove(Self.kernel)
      $0.addGroup(Self.kernel)
    }
  }

  @Test("Dimensions that promise more than the file holds")
  func hollowTensors() throws {
    try expectRefusal(
      """
      not a valid checkpoint: HDF5: could not accept \(Self.kernel): its dimensions promise 144 bytes, \
      which the file does not hold
      """
    ) { $0.replaceDataset(Self.kernel, [3, 3, 1, 4], nil as [Float]?) }
    try expectRefusal(
      """
      not a valid checkpoint: HDF5: could not accept \(Self.kernel): its dimensions promise 1099511627776 bytes, \
      which the file does not hold
      """
    ) { $0.replaceDataset(Self.kernel, [1 << 20, 1 << 18], nil as [Float]?) }
    try expectRefusal(
      "not a valid checkpoint: HDF5: could not accept \(Self.kernel): it has 9 axes"
    ) { $0.replaceDataset(Self.kernel, [1, 1, 1, 1, 1, 1, 1, 1, 36], Self.values) }
  }

  @Test("Values that lie elsewhere: links, other files, other layouts")
  func indirection() throws {
    let elsewhere =
      "not a valid checkpoint: HDF5: could not accept \(Self.kernel): "
      + "its values are not stored contiguously in the file itself"
    for layout in [HDF5Editor.Layout.chunked, .compressed, .compact, .external, .virtual] {
      try expectRefusal(elsewhere) {
        $0.replaceDataset(Self.kernel, [3, 3, 1, 4], nil as [Float]?, layout: layout)
      }
    }
    let link =
      "not a valid checkpoint: HDF5: could not accept \(Self.kernel): \(Self.kernel) is a soft or external link"
    try expectRefusal(link) {
      $0.remove(Self.kernel)
      $0.addSoftLink(Self.kernel, to: "/layers/dense/vars/0")
    }
    // A group that can hold links to other files has another format than ours.
    try expectRefusal(
      "not a valid checkpoint: HDF5: could not accept \(Self.kernel): a group above \(Self.kernel) is of a later format"
    ) {
      $0.remove(Self.kernel)
      $0.addExternalLink(Self.kernel, toFile: "/tmp/other.h5", "/x")
    }
    try expectRefusal(
      "not a valid checkpoint: HDF5: could not accept \(Self.kernel): /layers/conv2d is a soft or external link"
    ) {
      $0.remove("/layers/conv2d")
      $0.addSoftLink("/layers/conv2d", to: "/layers/dense")
    }
  }

  @Test("A manifest that lies")
  func manifests() throws {
    let shapes = "/lockstep/manifest/shapes"
    let paths = "/lockstep/manifest/paths"
    func table(_ first: [Int64]) -> [Int64] { first + [Int64](repeating: 0, count: 12 * 8 - first.count) }
    func names(_ count: Int, _ first: String...) -> [String] {
      first + (first.count..<count).map { "/layers/x\($0)/vars/0" }
    }
    try expectRefusal("not a valid checkpoint: \(Self.kernel): the shape [-3, -3, 1, 4, 0, 0, 0, 0]") {
      $0.replaceDataset(shapes, [12, 8], table([-3, -3, 1, 4]))
    }
    try expectRefusal("not a valid checkpoint: \(Self.kernel): the shape [3, 0, 1, 4, 0, 0, 0, 0]") {
      $0.replaceDataset(shapes, [12, 8], table([3, 0, 1, 4]))
    }
    try expectRefusal(
      "not a valid checkpoint: \(Self.kernel): the shape [4294967296, 4294967296, 1, 4, 0, 0, 0, 0]"
    ) { $0.replaceDataset(shapes, [12, 8], table([1 << 32, 1 << 32, 1, 4])) }
    try expectRefusal("not a valid checkpoint: \(shapes): a table of [11, 8]") {
      $0.replaceDataset(shapes, [11, 8], [Int64](repeating: 0, count: 88))
    }
    try expectRefusal("not a valid checkpoint: \(paths): a path that occurs twice") {
      $0.replaceStrings(paths, names(12, Self.kernel, Self.kernel))
    }
    try expectRefusal("not a valid checkpoint: /layers/../vars: the path has an empty step") {
      $0.replaceStrings(paths, names(12, "/layers/../vars"))
    }
    try expectRefusal("not a valid checkpoint: /etc/passwd: a parameter's path begins with /layers/") {
      $0.replaceStrings(paths, names(12, "/etc/passwd"))
    }
    try expectRefusal(
      "not a valid checkpoint: HDF5: could not accept \(paths): it is not a text of fixed length"
    ) { $0.replaceByVariableStrings(paths, count: 12) }
  }

  @Test("Many names for one tensor cannot make a small file ask for much memory")
  func amplification() throws {
    let count = 200
    let shape = [Int64(3), 3, 1, 4, 0, 0, 0, 0]
    let refused = "not a valid checkpoint: /layers/x/vars/0: more values up to here than the file has room for"
    try expectRefusal(refused) { editor in
      editor.replaceStrings("/lockstep/manifest/paths", (0..<count).map { "/layers/x/vars/\($0)" })
      editor.replaceDataset(
        "/lockstep/manifest/shapes", [count, 8], (0..<count).flatMap { _ in [Int64(1 << 20)] + shape.dropFirst() })
    }
  }

  @Test("Optimizer variables out of order, of another type, or with a gap")
  func optimizerState() throws {
    let paths =
      ["/layers/conv2d/vars/0", "/layers/conv2d/vars/1", "/layers/dense/vars/0", "/layers/dense/vars/1"]
      + (2...9).map { "/optimizer/vars/\($0)" }
    var swapped = paths
    swapped.swapAt(4, 6)
    let refused = try refusal { $0.replaceStrings("/lockstep/manifest/paths", swapped) }
    #expect(refused?.contains("/optimizer/vars/4") == true)
    try expectRefusal("not a valid checkpoint: /optimizer/vars/0: -1, below 0") {
      $0.replaceDataset("/optimizer/vars/0", [], [Int64(-1)])
    }
    try expectRefusal("not a valid checkpoint: /optimizer/vars/0: [1] where a single value is expected") {
      $0.replaceDataset("/optimizer/vars/0", [1], [Int64(1)])
    }
    try expectRefusal(
      "not a valid checkpoint: HDF5: could not accept /optimizer/vars/1: its elements are not little-endian float32"
    ) { $0.replaceDataset("/optimizer/vars/1", [], [0.001]) }
    try expectRefusal(
      """
      not a valid checkpoint: HDF5: could not accept attribute name of /optimizer/vars: \
      it is not a text of fixed length
      """
    ) { $0.replaceAttributeByVariableString("name", of: "/optimizer/vars") }
  }

  @Test("Format versions")
  func formatVersions() throws {
    try expectRefusal(
      "written by a newer Lockstep: format version 2, this program reads up to 1; update Lockstep"
    ) { $0.replaceAttribute("format_version", of: "/lockstep", [Int64(2)]) }
    try expectRefusal("not a valid checkpoint: format_version: 0") {
      $0.replaceAttribute("format_version", of: "/lockstep", [Int64(0)])
    }
    try expectRefusal("not a valid checkpoint: /lockstep: no format version") {
      $0.removeAttribute("format_version", of: "/lockstep")
    }
    try expectRefusal("not a valid checkpoint: HDF5: could not find /lockstep: /lockstep is missing") {
      $0.remove("/lockstep")
    }
    try expectRefusal(
      "not a valid checkpoint: HDF5: could not accept attribute format_version of /lockstep: it is not a single value"
    ) { $0.replaceAttribute("format_version", of: "/lockstep", [Int64(1), 1]) }
    try expectRefusal(
      """
      not a valid checkpoint: HDF5: could not accept attribute format_version of /lockstep: \
      it is not a little-endian int64
      """
    ) { $0.replaceAttribute("format_version", of: "/lockstep", [1.0]) }
  }

  @Test("Run state that contradicts itself")
  func runState() throws {
    try expectRefusal("not a valid checkpoint: step: -1, below 0") {
      $0.replaceAttribute("step", of: "/lockstep", [Int64(-1)])
    }
    for name in ["step", "epoch", "batches_done", "steps_per_epoch", "patience"] {
      try expectRefusal("not a valid checkpoint: \(name): 9223372036854775807, more than any run has") {
        $0.replaceAttribute(name, of: "/lockstep", [Int64.max])
      }
    }
    try expectRefusal("not a valid checkpoint: /lockstep/config: a text that is not UTF-8") {
      $0.replaceDataset("/lockstep/config", [2], [UInt8(0xC3), 0x28])
    }
    try expectRefusal("not a valid checkpoint: /lockstep/history/values: a table of [2, 3] for 2 columns") {
      $0.replaceDataset("/lockstep/history/values", [2, 3], [Double](repeating: 0, count: 6))
    }
    try expectRefusal("not a valid checkpoint: /lockstep/epoch_sums/values: 1 values for 2 names") {
      $0.replaceDataset("/lockstep/epoch_sums/values", [1], [0.0])
    }
    try expectRefusal("not a valid checkpoint: /lockstep/input_offset: 1 offsets for 2 scales") {
      $0.replaceDataset("/lockstep/input_offset", [1], [Float(0)])
    }
    try expectRefusal(
      """
      not a valid checkpoint: HDF5: could not find attribute seed of /lockstep: \
      there is none
      """
    ) { $0.removeAttribute("seed", of: "/lockstep") }
  }

  @Test("Numbers and texts of other types than they should be")
  func wrongTypes() throws {
    let committed = try refusal { $0.replaceByCommittedType(Self.kernel, [3, 3, 1, 4]) }
    #expect(committed?.hasSuffix(": it is no message of the object itself") == true)
    try expectRefusal(
      """
      not a valid checkpoint: HDF5: could not accept /lockstep/manifest/shapes: \
      its elements are not little-endian int64
      """
    ) { $0.replaceDataset("/lockstep/manifest/shapes", [12, 8], [UInt64](repeating: 0, count: 96)) }
    try expectRefusal(
      "not a valid checkpoint: HDF5: could not accept attribute seed of /lockstep: it is not a little-endian uint64"
    ) { $0.replaceAttribute("seed", of: "/lockstep", [Int64(7)]) }
    try expectRefusal(
      "not a valid checkpoint: HDF5: could not accept attribute producer of /lockstep: it is not a text of fixed length"
    ) { $0.replaceAttribute("producer", of: "/lockstep", [Int64(7)]) }
    try expectRefusal(
      "not a valid checkpoint: HDF5: could not accept attribute score of /lockstep: it is not a little-endian float64"
    ) { $0.addAttribute("score", of: "/lockstep", [Float(7)]) }
    try expectRefusal("not a valid checkpoint: HDF5: could not accept \(Self.kernel): it has no values") {
      $0.replaceByNull(Self.kernel)
    }
  }

  @Test("More names than a run has cannot make a small file ask for much memory")
  func manyNames() throws {
    let names = "/lockstep/epoch_sums/names"
    try expectRefusal(
      "not a valid checkpoint: HDF5: could not accept \(names): it has 1025 texts where at most 1024 can be"
    ) { $0.replaceStrings(names, (0..<1025).map(String.init)) }
  }

  @Test("Names and paths that a terminal would obey")
  func controlCharacters() throws {
    let escape = "\u{1B}[2J"
    for (dataset, other) in [("/lockstep/epoch_sums/names", "samples"), ("/lockstep/history/columns", "loss")] {
      try expectRefusal("not a valid checkpoint: \(dataset): a text with a control character") {
        $0.replaceStrings(dataset, [other, escape])
      }
    }
    for prefix in ["/layers/", "/optimizer/vars/"] {
      try expectRefusal("not a valid checkpoint: \(prefix)?[2J: a path holds visible ASCII only") {
        $0.replaceStrings("/lockstep/manifest/paths", [prefix + escape])
        $0.replaceDataset("/lockstep/manifest/shapes", [1, 8], [Int64(1), 0, 0, 0, 0, 0, 0, 0])
      }
    }
  }

  @Test("Groups in groups, and a group in itself")
  func nesting() throws {
    let deep = "/layers" + String(repeating: "/a", count: 200)
    let shapes = [Int64(3), 3, 1, 4, 0, 0, 0, 0]
    func manifest(_ editor: HDF5Editor, _ path: String) {
      editor.replaceStrings("/lockstep/manifest/paths", [path])
      editor.replaceDataset("/lockstep/manifest/shapes", [1, 8], shapes)
    }
    // Whatever the way to it, a tensor is a tensor.
    #expect(
      try refusal { editor in
        editor.addGroups(deep)
        editor.addDataset(deep + "/w", [3, 3, 1, 4], Self.values)
        manifest(editor, deep + "/w")
      } == nil)
    #expect(
      try refusal { editor in
        editor.addHardLink("/layers/again", to: "/layers")
        manifest(editor, "/layers" + String(repeating: "/again", count: 60) + "/conv2d/vars/0")
      } == nil)
  }

  @Test("A table without columns cannot claim rows")
  func rowsWithoutColumns() throws {
    try expectRefusal("not a valid checkpoint: /lockstep/history/values: a table of [5, 0] for 0 columns") {
      $0.replaceStrings("/lockstep/history/columns", [])
      $0.replaceDataset("/lockstep/history/values", [5, 0], [Double]())
    }
  }
}

import Networks
import Reports
import Settings
import Tensors
import Testing

@Suite("Summary of a network")
struct NetworkSummaryTests {
  private func network() throws -> Network {
    try Network(
      input: [28, 28, 1],
      layers: [Conv2D(filters: 32, kernel: .init(3)), MaxPool2D(), Flatten(), Dense(units: 10)],
      kernels: #require(Kernels(.portable)))
  }

  @Test("a table of layers with totals")
  func table() throws {
    #expect(
      NetworkSummary.table(try network()).description == """
        layer          type       output shape  parameters  FLOPs per sample
        --------------------------------------------------------------------
        input                     28 × 28 × 1
        conv2d         conv2d     26 × 26 × 32         320           411,008
        max_pooling2d  maxPool2d  13 × 13 × 32           0            21,632
        flatten        flatten    5408                   0                 0
        dense          dense      10                54,090           108,170
        --------------------------------------------------------------------
        total                                       54,410           540,810

        """)
  }

  @Test("the same for --json")
  func json() throws {
    func layer(_ name: String, _ type: String, _ shape: [Int], _ parameters: Int, _ flops: Int) -> JSONValue {
      .object([
        ("name", .string(name)), ("type", .string(type)), ("outputShape", .array(shape.map { .integer($0) })),
        ("parameters", .integer(parameters)), ("flops", .integer(flops)),
      ])
    }
    #expect(
      NetworkSummary.json(try network())
        == .object([
          ("input", .array([.integer(28), .integer(28), .integer(1)])),
          (
            "layers",
            .array([
              layer("conv2d", "conv2d", [26, 26, 32], 320, 411_008),
              layer("max_pooling2d", "maxPool2d", [13, 13, 32], 0, 21_632),
              layer("flatten", "flatten", [5_408], 0, 0),
              layer("dense", "dense", [10], 54_090, 108_170),
            ])
          ),
          ("parameters", .integer(54_410)), ("flops", .integer(540_810)),
        ]))
  }
}

import Networks
import Tensors
import Testing

@Suite("First weights")
struct InitializerTests {
  /// First values of the kernel and the bias of a dense layer, 200 → 300.
  private func draw(_ initializer: Initializer, seed: UInt64 = 3) throws -> (kernel: [Double], bias: [Double]) {
    let layer = Dense(units: 300, kernelInitializer: initializer)
    let network = try Network(input: [200], layers: [layer], kernels: .best)
    let values = Storage<Float>(count: network.parameters.count)
    network.initialize(values.mutableView, seed: seed)
    let tensors = network.parameters.entries.map { values.view[$0.range].array().map(Double.init) }
    return (tensors[0], tensors[1])
  }

  private func deviation(_ values: [Double]) -> Double {
    (values.reduce(0) { $0 + $1 * $1 } / Double(values.count)).squareRoot()
  }

  @Test(
    "uniform initialisers fill their interval evenly",
    arguments: [(Initializer.glorotUniform, 6.0 / 500), (.heUniform, 6.0 / 200)])
  func uniform(initializer: Initializer, square: Double) throws {
    let limit = square.squareRoot()
    let (kernel, bias) = try draw(initializer)
    #expect(kernel.allSatisfy { abs($0) <= limit * 1.000_001 })
    // 60,000 draws: each end is reached to within a thousandth, and a tenth of the interval holds a tenth of them.
    #expect((kernel.max() ?? 0) > 0.999 * limit && (kernel.min() ?? 0) < -0.999 * limit)
    for tenth in 0..<10 {
      let low = limit * (Double(tenth) / 5 - 1)
      let share = Double(kernel.count { $0 >= low && $0 < low + limit / 5 }) / Double(kernel.count)
      #expect(abs(share - 0.1) < 0.008, "more than six standard errors from a tenth")
    }
    #expect(bias.allSatisfy { $0 == 0 })
  }

  @Test(
    "normal initialisers have their deviation although they are cut at two",
    arguments: [(Initializer.glorotNormal, 2.0 / 500), (.heNormal, 2.0 / 200)])
  func normal(initializer: Initializer, variance: Double) throws {
    let kernel = try draw(initializer).kernel
    let wanted = variance.squareRoot()
    // The standard error of the deviation is below 0.3 %, that of the mean 0.4 % of the deviation.
    #expect(abs(deviation(kernel) / wanted - 1) < 0.01)
    #expect(abs(kernel.reduce(0, +) / Double(kernel.count)) < 0.02 * wanted)
    let cut = 2 * wanted / 0.879_625_661_034_239_78
    #expect(kernel.allSatisfy { abs($0) <= cut * 1.000_001 })
    #expect((kernel.max() ?? 0) > 0.99 * cut)
  }

  @Test("zeros are zeros")
  func zeros() throws {
    #expect(try draw(.zeros).kernel.allSatisfy { $0 == 0 })
  }

  @Test("fans of a convolution count the cells of its kernel")
  func fans() throws {
    let plan = try Conv2D(filters: 64, kernel: .init(height: 3, width: 5)).plan(
      input: [9, 9, 32], context: PlanContext(kernels: .best))
    #expect(plan.parameters[0].fanIn == 3 * 5 * 32)
    #expect(plan.parameters[0].fanOut == 3 * 5 * 64)
  }

  @Test("weights depend on the seed, and not on layers behind")
  func independence() throws {
    let network = { (layers: [any Layer]) throws -> [[Float]] in
      let network = try Network(input: [28, 28, 1], layers: layers, kernels: .best)
      let values = Storage<Float>(count: network.parameters.count)
      network.initialize(values.mutableView, seed: 5)
      return network.parameters.entries.map { values.view[$0.range].array() }
    }
    let (short, long) = (try network(Array(digitLayers.prefix(3))), try network(digitLayers))
    #expect(short == Array(long.prefix(short.count)))
    #expect(try draw(.heNormal, seed: 3).kernel == draw(.heNormal, seed: 3).kernel)
    #expect(try draw(.heNormal, seed: 3).kernel != draw(.heNormal, seed: 4).kernel)
  }

  @Test("the padding between tensors is 0, whatever was there")
  func padding() throws {
    let network = try Network(input: [3], layers: [Dense(units: 5), Dense(units: 2)], kernels: .best)
    let values = Storage<Float>(count: network.parameters.count)
    values.mutableView.fill(with: 7)
    network.initialize(values.mutableView, seed: 1)
    let used = Set(network.parameters.entries.flatMap { Array($0.range) })
    #expect((0..<values.count).allSatisfy { used.contains($0) || values.view[$0] == 0 })
  }
}

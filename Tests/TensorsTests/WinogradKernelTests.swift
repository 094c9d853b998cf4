import Tensors
import Testing

/// Winograd's kernels against the direct sum.
@Suite struct WinogradKernelTests {
  @Test("Every width of channels and filters", arguments: KernelTesting.instructionSets)
  func widths(_ instructionSet: InstructionSet) throws {
    for channels in [16, 17, 24, 33, 64, 65] {
      for filters in [16, 17, 24, 33, 64, 65] {
        try check(instructionSet, ConvolutionCase((6, 3, channels), filters: filters, kernel: (3, 3), .same))
      }
    }
  }

  @Test("More channels than one pass of a product takes", arguments: KernelTesting.instructionSets)
  func interruptedSums(_ instructionSet: InstructionSet) throws {
    try check(instructionSet, ConvolutionCase((4, 4, 130), filters: 16, kernel: (3, 3)))
    try check(instructionSet, ConvolutionCase((4, 4, 16), filters: 260, kernel: (3, 3), .same))
  }

  @Test("Every size of an image, whole and partial tiles", arguments: KernelTesting.instructionSets)
  func sizes(_ instructionSet: InstructionSet) throws {
    for height in 1...10 {
      for width in [1, 2, 3, 5, 8, 11] {
        try check(instructionSet, ConvolutionCase((height, width, 16), filters: 17, kernel: (3, 3), .same))
        if min(height, width) < 3 { continue }
        try check(instructionSet, ConvolutionCase((height, width, 17), filters: 16, kernel: (3, 3)))
      }
    }
  }

  @Test("Every number of samples, none too, and more tiles than a block", arguments: KernelTesting.instructionSets)
  func samples(_ instructionSet: InstructionSet) throws {
    for samples in [0, 1, 2, 5, 13] {
      for padding in Window2D.Padding.allCases {
        try check(
          instructionSet, ConvolutionCase((9, 8, 16), filters: 18, kernel: (3, 3), padding, samples: samples))
      }
    }
  }

  @Test("With ReLU and max-pooling", arguments: KernelTesting.instructionSets)
  func pooling(_ instructionSet: InstructionSet) throws {
    for filters in [16, 17, 31, 40, 65] {
      try checkPooled(instructionSet, ConvolutionCase((6, 6, 16), filters: filters, kernel: (3, 3), .same))
    }
    for height in [2, 3, 4, 5, 8, 11] {
      for width in [2, 5, 6, 9] {
        try checkPooled(
          instructionSet, ConvolutionCase((height, width, 17), filters: 24, kernel: (3, 3), .same, samples: 2))
      }
    }
    try checkPooled(instructionSet, ConvolutionCase((13, 13, 16), filters: 16, kernel: (3, 3), samples: 7))
  }

  @Test("A sample's bits do not depend on its company", arguments: KernelTesting.instructionSets)
  func independence(_ instructionSet: InstructionSet) throws {
    for tile in WinogradTile.allCases {
      let runner = try WinogradRunner(instructionSet, tile)
      let all = try ConvolutionCase((13, 11, 17), filters: 33, kernel: (3, 3), .same, samples: 5)
      let together = runner.forward(all)
      let gradientTogether = runner.inputGradient(all)
      for sample in 0..<5 {
        let alone = all.sample(sample)
        let outputs = sample * all.window.outputCount..<(sample + 1) * all.window.outputCount
        let inputs = sample * all.window.inputCount..<(sample + 1) * all.window.inputCount
        #expect(runner.forward(alone).bits == Array(together[outputs]).bits)
        #expect(runner.inputGradient(alone).bits == Array(gradientTogether[inputs]).bits)
      }
    }
  }

  @Test("Two calls give the same bits", arguments: KernelTesting.instructionSets)
  func repeatability(_ instructionSet: InstructionSet) throws {
    for tile in WinogradTile.allCases {
      let runner = try WinogradRunner(instructionSet, tile)
      let item = try ConvolutionCase((9, 8, 16), filters: 65, kernel: (3, 3), .same, samples: 2)
      #expect(runner.forward(item).bits == runner.forward(item).bits)
      #expect(runner.inputGradient(item).bits == runner.inputGradient(item).bits)
      let (first, second) = (runner.weightGradient(item), runner.weightGradient(item))
      #expect(first.kernel.bits == second.kernel.bits)
      #expect(first.bias.bits == second.bias.bits)
    }
  }

  @Test("Tiles are chosen where they save work", arguments: KernelTesting.instructionSets)
  func choice(_ instructionSet: InstructionSet) throws {
    let kernels = try #require(Kernels(instructionSet))
    func tiles(_ item: ConvolutionCase) -> [WinogradTile?] {
      ConvolutionPass.allCases.map { kernels.winogradTile(item.window, $0) }
    }
    func all(_ tile: WinogradTile?) -> [WinogradTile?] { ConvolutionPass.allCases.map { _ in tile } }
    #expect(try tiles(ConvolutionCase((13, 13, 32), filters: 64, kernel: (3, 3))) == all(.four))
    #expect(try tiles(ConvolutionCase((8, 8, 256), filters: 256, kernel: (3, 3), .same)) == all(.four))
    // Tiles of 4 and 2 along each axis; the weight gradient, which takes one size alone, would compute 64 pixels for 36.
    #expect(
      try tiles(ConvolutionCase((6, 6, 32), filters: 32, kernel: (3, 3), .same)) == [.four, .two, .four, .four])
    // One tile forward; backward its way through memory costs more than it saves.
    #expect(try tiles(ConvolutionCase((4, 4, 64), filters: 64, kernel: (3, 3))) == [.two, nil, nil, .two])
    for other in [
      try ConvolutionCase((8, 8, 15), filters: 64, kernel: (3, 3)),
      try ConvolutionCase((8, 8, 64), filters: 15, kernel: (3, 3)),
      try ConvolutionCase((8, 8, 32), filters: 32, kernel: (3, 3), stride: (1, 2)),
      try ConvolutionCase((8, 8, 32), filters: 32, kernel: (3, 5)),
    ] {
      #expect(!other.window.allowsWinograd)
      #expect(tiles(other) == all(nil))
    }
  }

  private func check(_ instructionSet: InstructionSet, _ item: ConvolutionCase) throws {
    try checkExact(WinogradRunner(instructionSet, .two), item.integers)
    try checkNear(WinogradRunner(instructionSet, .four), item)
  }

  /// The points of tiles of 2 are 0 and ±1, and their only fraction is 1/4, so that on small integers nothing is rounded: the result
  /// is that of the direct sum, bit for bit.
  private func checkExact(_ runner: WinogradRunner, _ item: ConvolutionCase) {
    let (window, samples) = (item.window, item.samples)
    for bias in [item.bias, nil] {
      var biased = item
      biased.bias = bias
      let output = NaiveConvolution.forward(
        window, samples: samples, input: item.input, kernel: item.kernel, bias: bias)
      #expect(runner.forward(biased) == output, "forward of \(item)")
    }
    let gradient = runner.weightGradient(item)
    let exact = NaiveConvolution.weightGradient(
      window, samples: samples, input: item.input, outputGradient: item.outputGradient)
    #expect(gradient.kernel == exact.kernel, "kernel gradient of \(item)")
    #expect(gradient.bias == exact.bias, "bias gradient of \(item)")
    let input = NaiveConvolution.inputGradient(
      window, samples: samples, outputGradient: item.outputGradient, kernel: item.kernel)
    #expect(runner.inputGradient(item) == input, "input gradient of \(item)")
  }

  /// Tiles of 2 on integers give the output and the winners of the direct sum, tiles of 4 the maxima of their own outputs: to the
  /// bit, unless three outputs are left at a border, of which pooling reads two and so takes a smaller tile.
  private func checkPooled(_ instructionSet: InstructionSet, _ item: ConvolutionCase) throws {
    let two = try WinogradRunner(instructionSet, .two)
    let integers = item.integers
    let (computed, direct) = (two.pooledForward(integers), two.directPooledForward(integers))
    #expect(computed.output == direct.output, "pooled \(item)")
    #expect(computed.winners == direct.winners, "winners of pooled \(item)")

    let four = try WinogradRunner(instructionSet, .four)
    let pool = try #require(
      Window2D(
        input: item.window.output, channels: item.window.filters, kernel: .init(height: 2, width: 2),
        stride: .init(height: 2, width: 2), padding: .valid, filters: item.window.filters))
    let maxima = NaivePooling.maxPool(pool, samples: item.samples, input: four.forward(item).map { max($0, 0) })
    let pooled = four.pooledForward(item).output
    let allowed = 0x1p-15 * Float(9 * item.window.channels).squareRoot() / 3
    let isNear = zip(pooled, maxima.output).allSatisfy { abs($0 - $1) <= allowed }
    #expect(isNear, "pooled \(item)")
    let isCutAlike = item.window.output.height % 4 != 3 && item.window.output.width % 4 != 3
    if isCutAlike { #expect(pooled.bits == maxima.output.bits, "pooled \(item)") }
  }

  /// A sum of n products of independent numbers in [-1, 1) has a standard deviation of √n / 3. Relative to that the error of tiles of
  /// 4 is below 2⁻¹⁹ (`WinogradErrorTests`), that of a worst element some times more; a wrong term shows as 1 / √n.
  private func checkNear(_ runner: WinogradRunner, _ item: ConvolutionCase) {
    let (window, samples) = (item.window, item.samples)
    func expect(_ computed: [Float], _ exact: [Float], terms: Int, _ what: String) {
      let allowed = 0x1p-15 * Float(max(terms, 9)).squareRoot() / 3
      // A comparison with NaN is false, so NaN fails.
      let isNear = zip(computed, exact).allSatisfy { abs($0 - $1) <= allowed }
      #expect(computed.count == exact.count && isNear, "\(what) of \(item)")
    }
    expect(
      runner.forward(item),
      NaiveConvolution.forward(window, samples: samples, input: item.input, kernel: item.kernel, bias: item.bias),
      terms: 9 * window.channels, "forward")
    let gradient = runner.weightGradient(item)
    let exact = NaiveConvolution.weightGradient(
      window, samples: samples, input: item.input, outputGradient: item.outputGradient)
    let pixels = samples * window.output.height * window.output.width
    expect(gradient.kernel, exact.kernel, terms: pixels, "kernel gradient")
    expect(gradient.bias, exact.bias, terms: pixels, "bias gradient")
    expect(
      runner.inputGradient(item),
      NaiveConvolution.inputGradient(
        window, samples: samples, outputGradient: item.outputGradient, kernel: item.kernel),
      terms: 9 * window.filters, "input gradient")
  }
}

extension ConvolutionCase {
  /// The case with small integers: the kernel's are multiples of 4.
  fileprivate var integers: ConvolutionCase {
    var item = self
    item.input = input.map { ($0 * 8).rounded() }
    item.kernel = kernel.map { ($0 * 8).rounded() * 4 }
    item.bias = bias?.map { ($0 * 8).rounded() }
    item.outputGradient = outputGradient.map { ($0 * 8).rounded() }
    return item
  }
}

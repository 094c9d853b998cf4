import Settings
import Testing
import Training

/// The configs that come with Lockstep.
@Suite struct ConfigFilesTests {
  static let names = ["cifar-vgg-small", "digits", "mnist-99", "mnist-cnn", "mnist-lenet5", "mnist-mlp"]

  @Test(arguments: names)
  func decodesAndNamesItsRun(name: String) throws {
    #expect(try RunConfig(file: Repository.path("Configs/\(name).json")).name == name)
  }

  @Test(arguments: names)
  func resolvedConfigReadsAsItself(name: String) throws {
    let config = try RunConfig(file: Repository.path("Configs/\(name).json"))
    #expect(try RunConfig(text: config.resolved.prettyPrinted).resolved == config.resolved)
  }
}

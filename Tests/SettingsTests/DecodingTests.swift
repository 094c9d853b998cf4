import Settings
import Testing

@Suite struct DecodingTests {
  @Test func defaultsFillWhatIsMissing() throws {
    let settings = try Samples.config.decode(json: Samples.small, file: "c.json")
    #expect(settings.string("name") == "run")
    #expect(settings.settings("training").integer("batchSize") == 128)
    #expect(settings.settings("data").schema.name == "digits")
    #expect(settings.settings("training").settings("optimizer").number("beta1") == 0.9)
    #expect(!settings.settings("training").has("clipNorm"))
    #expect(settings.settingsList("layers").map(\.schema.name) == ["flatten", "dense"])
  }
}

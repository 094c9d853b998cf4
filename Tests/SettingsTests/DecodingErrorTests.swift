import Settings
import Testing

/// A document that is not as its schema says is refused with the place, the path, and what was meant.
@Suite struct DecodingErrorTests {
  static let refused: [(text: String, message: String)] = [
    // Unknown keys.
    (config(training: "\"batchsize\": 3"), "c:4:30: training: unknown key \"batchsize\"; did you mean \"batchSize\"?"),
    (
      config(training: "\"batch_size\": 3"), "c:4:30: training: unknown key \"batch_size\"; did you mean \"batchSize\"?"
    ),
    (
      config(training: "\"colour\": 3"),
      "c:4:30: training: unknown key \"colour\"; known keys: epochs, batchSize, optimizer, clipNorm"
    ),
    (
      config(layer: "{ \"type\": \"flatten\", \"axis\": 1 }"),
      "c:3:35: layers[0]: unknown key \"axis\"; known keys: type"
    ),
    (config(more: "\"Seed\": 1"), "c:2:3: unknown key \"Seed\"; did you mean \"seed\"?"),
    // A misspelt key is not reported missing as well.
    (
      "{ \"layers\": [\"flatten\"], \"training\": { \"epoch\": 1 } }",
      "c:1:40: training: unknown key \"epoch\"; did you mean \"epochs\"?"
    ),
    // Missing keys.
    (
      "{ \"training\": { \"epochs\": 1 } }",
      "c:1:1: the key \"layers\" is missing; expected an array of 1 to 64 objects"
    ),
    (
      config(layer: "{ \"type\": \"dense\" }"),
      "c:3:14: layers[0]: the key \"units\" is missing; expected an integer, 1 to 65536"
    ),
    (config(layer: "\"dense\""), "c:3:14: layers[0]: the key \"units\" is missing; expected an integer, 1 to 65536"),
    (
      config(layer: "{ \"units\": 3 }"),
      "c:3:14: layers[0]: the key \"type\" is missing; expected \"conv2d\", \"dense\" or \"flatten\""
    ),
    (
      config(layer: "{ \"typ\": \"dense\", \"units\": 3 }"),
      "c:3:16: layers[0]: unknown key \"typ\"; did you mean \"type\"?"
    ),
    (
      config(more: "\"data\": { \"directory\": \"x\" }"),
      "c:2:11: data: the key \"dataset\" is missing; expected \"idx\" or \"digits\""
    ),
    // Wrong types.
    (config(more: "\"seed\": \"3\""), "c:2:11: seed: expected an integer, found the string \"3\""),
    (config(more: "\"seed\": 3.5"), "c:2:11: seed: expected an integer, found 3.5"),
    (config(more: "\"seed\": true"), "c:2:11: seed: expected an integer, found true"),
    (config(more: "\"seed\": null"), "c:2:11: seed: expected an integer, found null"),
    (config(more: "\"seed\": [1]"), "c:2:11: seed: expected an integer, found an array"),
    (config(more: "\"name\": 3"), "c:2:11: name: expected a string, found 3"),
    (
      config(more: "\"data\": { \"dataset\": \"idx\", \"directory\": 1 }"),
      "c:2:44: data.directory: expected a string, found 1"
    ),
    (config(more: "\"layers2\": 1"), "c:2:3: unknown key \"layers2\"; did you mean \"layers\"?"),
    ("[]", "c:1:1: expected an object, found an array"),
    ("3", "c:1:1: expected an object, found 3"),
    (
      "{ \"layers\": {}, \"training\": { \"epochs\": 1 } }",
      "c:1:13: layers: expected an array of objects, found an object"
    ),
    ("{ \"layers\": [\"flatten\"], \"training\": [] }", "c:1:38: training: expected an object, found an array"),
    (
      config(layer: "3"),
      "c:3:14: layers[0]: expected an object with the key \"type\", or a bare name, found 3"
    ),
    (
      config(layer: "{ \"type\": 3 }"),
      "c:3:24: layers[0].type: expected \"conv2d\", \"dense\" or \"flatten\", found 3"
    ),
    (
      config(layer: "{ \"type\": \"conv2d\", \"filters\": 1, \"padding\": false }"),
      "c:3:59: layers[0].padding: expected \"valid\" or \"same\", found false"
    ),
    (
      config(layer: "{ \"type\": \"conv2d\", \"filters\": 1, \"kernel\": \"3\" }"),
      "c:3:58: layers[0].kernel: expected an integer or an array of 2 integers, found the string \"3\""
    ),
    (
      config(training: "\"optimizer\": { \"type\": \"sgd\", \"nesterov\": 1 }"),
      "c:4:72: training.optimizer.nesterov: expected true or false, found 1"
    ),
    (
      config(training: "\"clipNorm\": \"1\""), "c:4:42: training.clipNorm: expected a number, found the string \"1\""
    ),
    // Names.
    (
      config(layer: "{ \"type\": \"conv3d\", \"filters\": 1 }"),
      "c:3:24: layers[0].type: unknown type \"conv3d\"; did you mean \"conv2d\"?"
    ),
    (config(layer: "\"Flatten\""), "c:3:14: layers[0]: unknown type \"Flatten\"; did you mean \"flatten\"?"),
    (
      config(layer: "\"lstm\""),
      "c:3:14: layers[0]: unknown type \"lstm\"; expected \"conv2d\", \"dense\" or \"flatten\""
    ),
    (
      config(more: "\"data\": { \"dataset\": \"digit\" }"),
      "c:2:24: data.dataset: unknown dataset \"digit\"; did you mean \"digits\"?"
    ),
    (
      config(layer: "{ \"type\": \"conv2d\", \"filters\": 1, \"padding\": \"sama\" }"),
      "c:3:59: layers[0].padding: unknown name \"sama\"; did you mean \"same\"?"
    ),
    (
      config(layer: "{ \"type\": \"conv2d\", \"filters\": 1, \"padding\": \"full\" }"),
      "c:3:59: layers[0].padding: unknown name \"full\"; expected \"valid\" or \"same\""
    ),
    // Ranges.
    (config(training: "\"batchSize\": 0"), "c:4:43: training.batchSize: 0 is out of range; expected 1 to 65536"),
    (
      config(training: "\"batchSize\": 65537.0"),
      "c:4:43: training.batchSize: 65537.0 is out of range; expected 1 to 65536"
    ),
    (
      config(training: "\"batchSize\": 1e300"), "c:4:43: training.batchSize: 1e300 is out of range; expected 1 to 65536"
    ),
    (config(more: "\"seed\": -1"), "c:2:11: seed: -1 is out of range; expected 0 to 9007199254740992"),
    (
      config(more: "\"seed\": 18446744073709551616"),
      "c:2:11: seed: 1.8446744073709552e19 is out of range; expected 0 to 9007199254740992"
    ),
    (
      "{ \"layers\": [\"flatten\"], \"training\": { \"epochs\": 0 } }",
      "c:1:50: training.epochs: 0 is out of range; expected 1 or more"
    ),
    (config(training: "\"clipNorm\": 0"), "c:4:42: training.clipNorm: 0 is out of range; expected above 0"),
    (
      config(training: "\"optimizer\": { \"type\": \"adam\", \"beta1\": 1 }"),
      "c:4:70: training.optimizer.beta1: 1 is out of range; expected 0 or more and below 1"
    ),
    (
      config(training: "\"optimizer\": { \"type\": \"sgd\", \"momentum\": 1.5 }"),
      "c:4:72: training.optimizer.momentum: 1.5 is out of range; expected 0 to 1"
    ),
    (
      "{ \"layers\": [], \"training\": { \"epochs\": 1 } }",
      "c:1:13: layers: the array has 0 elements; expected 1 to 64"
    ),
    (
      config(layer: "{ \"type\": \"conv2d\", \"filters\": 1, \"kernel\": [3] }"),
      "c:3:58: layers[0].kernel: the array has 1 element; expected 2"
    ),
    (
      config(layer: "{ \"type\": \"conv2d\", \"filters\": 1, \"kernel\": [3, 0] }"),
      "c:3:62: layers[0].kernel[1]: 0 is out of range; expected 1 to 64"
    ),
    // Texts.
    (
      config(more: "\"data\": { \"dataset\": \"idx\", \"directory\": \"\" }"),
      "c:2:44: data.directory: the string is empty; expected at least one character"
    ),
    (
      config(more: "\"data\": { \"dataset\": \"idx\", \"directory\": \"a\\u0000b\" }"),
      "c:2:44: data.directory: the string \"a\\u0000b\" has a control character"
    ),
    (
      config(more: "\"name\": \"../etc\""),
      "c:2:11: name: \"../etc\" cannot name a file; expected a string of 1 to 100 letters, digits, \".\", \"_\" and \"-\", "
        + "not beginning with \".\" or \"-\""
    ),
  ]

  /// A valid config with something more, in known places: line 2, column 3; line 3, column 14; line 4, column 30.
  private static func config(
    more: String = "\"name\": \"run\"", layer: String = "\"flatten\"", training: String = "\"clipNorm\": null"
  ) -> String {
    """
    {
      \(more),
      "layers": [\(layer)],
      "training": { "epochs": 1,\(" ")\(training) }
    }
    """
  }

  @Test(arguments: refused)
  func isRefused(text: String, message: String) {
    #expect(problem(text)?.description == message)
  }

  @Test func everyProblemIsReportedInTheOrderOfTheFile() throws {
    let text = """
      {
        "seed": "x",
        "layers": [
          { "type": "conv2d", "kernl": 3 },
          { "type": "dense", "units": 0 },
          "lstm"
        ],
        "training": { "epochs": 1 },
        "colour": 1
      }
      """
    let error = try #require(problem(text))
    #expect(error.message == "expected an integer, found the string \"x\"")
    #expect(
      error.description == """
        c:2:11: seed: expected an integer, found the string "x"
        c:4:25: layers[0]: unknown key "kernl"; did you mean "kernel"?
        c:4:5: layers[0]: the key "filters" is missing; expected an integer, 1 to 65536
        c:5:33: layers[1].units: 0 is out of range; expected 1 to 65536
        c:6:5: layers[2]: unknown type "lstm"; expected "conv2d", "dense" or "flatten"
        c:9:3: unknown key "colour"; known keys: name, seed, data, layers, training
        """)
  }

  @Test func onlySoManyProblemsAreReported() throws {
    let layers = Array(repeating: "3", count: 64).joined(separator: ",")
    let error = try #require(problem("{ \"layers\": [\(layers)], \"training\": { \"epochs\": 1 } }"))
    #expect(error.further.count == 19)
  }

  @Test func settingsNameThePlaceOfAKey() throws {
    let settings = try Samples.config.decode(
      json: "{\n  \"layers\": [\"flatten\"],\n  \"training\": { \"epochs\": 1, \"batchSize\": 3 } }", file: "c")
    let training = settings.settings("training")
    #expect(training.error("batchSize", "bad").description == "c:3:43: training.batchSize: bad")
    // A default has no place of its own: that of the object which lacks the key.
    #expect(training.error("clipNorm", "bad").description == "c:3:15: training.clipNorm: bad")
    #expect(training.settings("optimizer").error("beta1", "bad").description == "c:3:15: training.optimizer.beta1: bad")
    #expect(training.error("bad").description == "c:3:15: training: bad")
    #expect(settings.settingsList("layers")[0].error("bad").description == "c:2:14: layers[0]: bad")
  }

  @Test func valuesMadeInCodeHaveNoPlace() {
    do throws(SettingsError) {
      _ = try Samples.training.decode(["epochs": 0])
      Issue.record("not refused")
    } catch {
      #expect(error.description == "epochs: 0 is out of range; expected 1 or more")
    }
  }

  private func problem(_ text: String) -> SettingsError? {
    do throws(SettingsError) {
      _ = try Samples.config.decode(json: text, file: "c")
      return nil
    } catch {
      return error
    }
  }
}

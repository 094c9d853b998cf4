import Settings
import Testing

/// `--set path=value` replaces and adds values before the config is decoded.
@Suite struct OverrideTests {
  static let applied: [(overrides: [String], path: [String], value: JSONValue)] = [
    (["training.epochs=3"], ["training", "epochs"], 3),
    (["training.epochs=3", "training.epochs=4"], ["training", "epochs"], 4),
    (["training.batchSize=64"], ["training", "batchSize"], 64),
    (["training.clipNorm=0.5"], ["training", "clipNorm"], 0.5),
    (["training.clipNorm=1", "training.clipNorm=null"], ["training", "clipNorm"], .null),
    // A bare text, where no JSON or where only a text will do.
    (["training.optimizer=sgd"], ["training", "optimizer", "type"], "sgd"),
    (["name=a-b"], ["name"], "a-b"),
    (["name=\"a-b\""], ["name"], "a-b"),
    (["name=123"], ["name"], "123"),
    (["name=true"], ["name"], "true"),
    (["data.dataset=idx", "data.directory=a=b.c[0]"], ["data", "directory"], "a=b.c[0]"),
    (["data.dataset=idx", "data.directory=null"], ["data", "directory"], .null),
    // Whole objects, and keys below what is missing, a default or a bare name.
    (["training.optimizer={\"type\": \"sgd\", \"momentum\": 0.9}"], ["training", "optimizer", "momentum"], 0.9),
    (["training.optimizer.beta1=0.8"], ["training", "optimizer", "beta1"], 0.8),
    (["training.optimizer=sgd", "training.optimizer.momentum=0.9"], ["training", "optimizer", "momentum"], 0.9),
    (["data=idx", "data.scales[1]=3"], ["data", "scales"], [0.5, 3.0]),
    (["data={\"dataset\": \"idx\"}", "data.scales=[]"], ["data", "scales"], []),
    // Elements.
    (["layers[1].units=7"], ["layers", "1", "units"], 7),
    (
      ["layers[0]={\"type\": \"conv2d\", \"filters\": 4}", "layers[0].kernel=[3, 5]"], ["layers", "0", "kernel"],
      [3, 5]
    ),
    (
      ["layers[0]={\"type\": \"conv2d\", \"filters\": 4, \"kernel\": [3, 5]}", "layers[0].kernel[1]=7"],
      ["layers", "0", "kernel"], [3, 7]
    ),
  ]

  @Test(arguments: applied)
  func isApplied(overrides: [String], path: [String], value: JSONValue) throws {
    var found = try decode(overrides).resolved
    for step in path {
      if case .array(let elements) = found, let index = Int(step) {
        found = elements[index]
      } else {
        found = try #require(found[step])
      }
    }
    #expect(found == value)
  }

  static let refused: [(overrides: [String], message: String)] = [
    (["training.epochs"], "--set training.epochs: expected path=value, for example training.epochs=3"),
    (["=3"], "--set =3: \"\" is no path; write it as in model.layers[0].filters=16"),
    (["a..b=3"], "--set a..b=3: \"a..b\" is no path; write it as in model.layers[0].filters=16"),
    (["[0]=3"], "--set [0]=3: \"[0]\" is no path; write it as in model.layers[0].filters=16"),
    (["a[x]=3"], "--set a[x]=3: \"a[x]\" is no path; write it as in model.layers[0].filters=16"),
    (["a[-1]=3"], "--set a[-1]=3: \"a[-1]\" is no path; write it as in model.layers[0].filters=16"),
    (["a[0=3"], "--set a[0=3: \"a[0\" is no path; write it as in model.layers[0].filters=16"),
    (["a[0]b=3"], "--set a[0]b=3: \"a[0]b\" is no path; write it as in model.layers[0].filters=16"),
    (
      ["a[99999999999999999999]=3"],
      "--set a[99999999999999999999]=3: \"a[99999999999999999999]\" is no path; "
        + "write it as in model.layers[0].filters=16"
    ),
    (
      ["training.epochs=two"],
      "--set training.epochs=two: training.epochs: expected an integer, found the string \"two\""
    ),
    (["training.epochs="], "--set training.epochs=: training.epochs: expected an integer, found the string \"\""),
    (["training.epochs=0"], "--set training.epochs=0: training.epochs: 0 is out of range; expected 1 or more"),
    (["training.epoch=3"], "--set training.epoch=3: training: unknown key \"epoch\"; did you mean \"epochs\"?"),
    (["trainin.epochs=3"], "--set trainin.epochs=3: unknown key \"trainin\"; did you mean \"training\"?"),
    (
      ["name="],
      "--set name=: name: \"\" cannot name a file; expected a string of 1 to 100 letters, digits, \".\", \"_\" and \"-\", not beginning with \".\" or \"-\""
    ),
    (
      ["training.optimizer=sdg"],
      "--set training.optimizer=sdg: training.optimizer: unknown type \"sdg\"; did you mean \"sgd\"?"
    ),
    (["seed.x=1"], "--set seed.x=1: seed: expected an object to set \"x\" of, found 0"),
    (
      ["training.epochs.x=1"], "--set training.epochs.x=1: training.epochs: expected an object to set \"x\" of, found 2"
    ),
    (["training[0]=1"], "--set training[0]=1: training: expected an array to set element 0 of, found an object"),
    (["layers[2]=flatten"], "--set layers[2]=flatten: layers: there is no element 2; the array has 2"),
    (
      ["training.optimizer={\"type\": sgd}"],
      "--set training.optimizer={\"type\": sgd}: training.optimizer: column 10 of the value: "
        + "text is written in double quotes: \"sgd\""
    ),
    (
      ["layers=[1"],
      "--set layers=[1: layers: column 3 of the value: the text ends, but the \"[\" of line 1, column 1 is not closed"
    ),
  ]

  @Test(arguments: refused)
  func isRefused(overrides: [String], message: String) {
    do throws(SettingsError) {
      _ = try decode(overrides)
      Issue.record("not refused")
    } catch {
      #expect(error.description == message)
    }
  }

  @Test func pathsAreOfLimitedLength() throws {
    let path = Array(repeating: "a", count: 64).joined(separator: ".")
    _ = try Override(path + "=1")
    #expect(throws: SettingsError.self) { try Override(path + ".a=1") }
  }

  @Test func valuesOfTheFileKeepTheirPlaces() {
    do throws(SettingsError) {
      let file = try JSONParser.parse("{ \"training\": { \"epochs\": \"x\" } }", file: "c")
      let document = try Samples.config.applying([Override("training.batchSize=1"), Override("layers=[3]")], to: file)
      _ = try Samples.config.decode(document)
      Issue.record("not refused")
    } catch {
      #expect(
        error.description == """
          c:1:27: training.epochs: expected an integer, found the string "x"
          --set layers=[3]: layers[0]: expected an object with the key "type", or a bare name, found 3
          """)
    }
  }

  private func decode(_ overrides: [String]) throws(SettingsError) -> Settings {
    var parsed: [Override] = []
    for override in overrides { parsed.append(try Override(override)) }
    return try Samples.config.decode(
      Samples.config.applying(parsed, to: JSONParser.parse(Samples.small, file: "c.json")))
  }
}

import Settings

/// The answer to a prediction, as JSON.
struct PredictionAnswer {
  let request: PredictionRequest
  let output: NetworkOutput

  private var model: ModelDescription { output.model }

  /// - Throws: 500 where the network's output is not a number, which weights that have diverged give.
  func json() throws(HTTPError) -> [UInt8] {
    let (values, classes) = (output.probabilities, model.classes.count)
    guard values.allSatisfy(\.isFinite) else {
      throw HTTPError(.internalError, "the network's output is not a number: its weights are not usable")
    }
    var text = "{\"predictions\":["
    for start in stride(from: 0, to: values.count, by: classes) {
      if start > 0 { text += "," }
      write(values[start..<start + classes], to: &text)
    }
    text += "],\"step\":\(model.step)"
    if request.includesInput {
      text += ",\"input\":\"\(Base64.encode(Array(request.pixels.prefix(model.shape.count))))\""
    }
    if request.includesInput, let picture = request.picture { text += ",\"picture\":\(picture.json)" }
    if request.includesActivations {
      text += ",\"activations\":\(activations?.description ?? "null")"
    }
    text += "}\n"
    return Array(text.utf8)
  }

  private func write(_ values: ArraySlice<Float>, to text: inout String) {
    var best = values.startIndex
    for index in values.indices where values[index] > values[best] { best = index }
    let index = best - values.startIndex
    text +=
      "{\"class\":\(index),\"name\":\(JSONValue.string(model.classes[index])),\"probability\":\(values[best]),\"probabilities\":["
    for index in values.indices {
      if index > values.startIndex { text += "," }
      text += values[index].description
    }
    text += "]}"
  }

  /// Bytes of a layer's output, in the order of its shape: value = minimum + byte · (maximum − minimum) / 255.
  private var activations: JSONValue? {
    guard let values = output.activations, let layer = model.firstLayer,
      let minimum = values.min(), let maximum = values.max(), minimum.isFinite, maximum.isFinite
    else { return nil }
    let scale = maximum > minimum ? 255 / (maximum - minimum) : 0
    let bytes = values.map { UInt8(max(0, min(255, (($0 - minimum) * scale).rounded()))) }
    return .object([
      ("layer", .string(layer.name)), ("shape", .array(layer.shape.map { .integer($0) })),
      ("minimum", .number(Double(minimum))), ("maximum", .number(Double(maximum))),
      ("values", .string(Base64.encode(bytes))),
    ])
  }
}

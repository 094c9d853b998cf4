import Settings
import Training

/// The API's description, with the numbers of the network that is served.
struct OpenAPI {
  let model: ModelDescription
  let limits: HTTPLimits
  let hasRun: Bool

  /// OpenAPI 3.1.
  var json: JSONValue {
    guard let template = OpenAPI.template else { return .null }
    return filled(template)
  }

  private static let template: JSONValue? =
    (try? JSONParser.parse(PackageResources.openapi_json, file: "openapi.json"))?.value

  /// Texts that stand for a value as a whole, and those that stand within a text.
  private var values: [String: JSONValue] {
    let shape = model.shape
    return [
      "height": .integer(shape.height), "width": .integer(shape.width), "channels": .integer(shape.channels),
      "pixels": .integer(shape.count), "classes": .integer(model.classes.count),
      "lastClass": .integer(model.classes.count - 1), "batch": .integer(PredictionRequest.largestBatch),
      // A row of plain numbers is for one channel; with more, no array is as short as it is long.
      "plainWidth": .integer(shape.channels == 1 ? shape.width : shape.width + 1),
      "bodyBytes": .integer(limits.body), "picturePixels": .integer(limits.pixels),
      "version": .string(LockstepVersion.current), "name": .string(model.name),
      "codes": .array(HTTPError.Code.allCases.map { .string($0.rawValue) }),
      "example": .array(Array(repeating: .integer(0), count: shape.count)),
    ]
  }

  private func filled(_ template: JSONValue) -> JSONValue { fill(template, values) }

  private func fill(_ value: JSONValue, _ values: [String: JSONValue]) -> JSONValue {
    switch value {
    case .array(let elements): .array(elements.map { fill($0, values) })
    case .object(let members):
      .object(
        members.filter { hasRun || !$0.key.hasPrefix(Route.run.rawValue) }
          .map { (key: $0.key, value: fill($0.value, values)) })
    case .string(let text): fill(text, values)
    default: value
    }
  }

  private func fill(_ text: String, _ values: [String: JSONValue]) -> JSONValue {
    guard text.contains("{{") else { return .string(text) }
    if text.hasPrefix("{{"), text.hasSuffix("}}"), let value = values[String(text.dropFirst(2).dropLast(2))] {
      return value
    }
    var text = text
    for (name, value) in values {
      let written = if case .string(let string) = value { string } else { value.description }
      if text.contains("{{\(name)}}") { text = text.replacing("{{\(name)}}", with: written) }
    }
    return .string(text)
  }
}

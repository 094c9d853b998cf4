import Dispatch
import Settings

/// The images of a request and what is wanted of them.
struct PredictionRequest: Sendable {
  /// Most images of one request.
  static let largestBatch = 1024

  /// How a body holds images.
  enum Kind: String, CaseIterable {
    case json = "application/json"
    case bytes = "application/octet-stream"
    case png = "image/png"
  }

  /// One image behind the other.
  let pixels: [UInt8]
  /// Of each.
  let shape: PixelShape
  /// What was done with the picture that is the body.
  private(set) var picture: PictureReader.Note?
  /// Whether to tell what the network sees of the first image.
  var includesInput = false
  /// Whether to tell what the first layer makes of it.
  var includesActivations = false

  /// Where requests are read. The threads of Swift's tasks, as few as there are processors, are kept for what is short: while they read
  /// pictures, nobody would accept a connection or see that a deadline is over.
  private static let queue = DispatchQueue(label: "lockstep.requests", qos: .userInitiated, attributes: .concurrent)

  /// Reads a request, away from the thread that asks.
  ///
  /// - Throws: what is wrong with it: 400, 413, 422.
  static func read(
    _ request: HTTPRequest, shape: PixelShape, limits: HTTPLimits
  ) async throws(HTTPError) -> PredictionRequest {
    let result = await withCheckedContinuation { continuation in
      queue.async {
        continuation.resume(
          returning: Result { () throws(HTTPError) in
            try PredictionRequest(request, shape: shape, limits: limits)
          })
      }
    }
    return try result.get()
  }

  private init(_ request: HTTPRequest, shape: PixelShape, limits: HTTPLimits) throws(HTTPError) {
    for item in try request.query() {
      guard item.name == "include" else {
        throw HTTPError(.badRequest, "unknown parameter \(HTTPRequestHead.shown(item.name)); expected include")
      }
      for part in item.value.split(separator: ",") {
        switch part {
        case "input" where !includesInput: includesInput = true
        case "activations" where !includesActivations: includesActivations = true
        default:
          throw HTTPError(
            .badRequest,
            "include is \(HTTPRequestHead.shown(item.value)); expected input, activations or input,activations")
        }
      }
    }
    let kind = Service.mediaType(request.head).flatMap(Kind.init) ?? .json
    self.shape = shape
    var pictures = PictureReader(limit: limits.pixels)
    switch kind {
    case .json:
      pixels = try PixelDecoder.decode(request.body, shape: shape, limit: PredictionRequest.largestBatch) {
        (text) throws(HTTPError) in
        guard let bytes = Base64.decode(text) else { throw HTTPError(.unprocessable, "the string is not base64") }
        return try PredictionRequest.image(bytes, shape: shape, pictures: &pictures)
      }
    case .png:
      (pixels, picture) = try pictures.pixels(ofPNG: request.body, shape: shape)
    case .bytes:
      let count = request.body.count
      guard count > 0, count.isMultiple(of: shape.count), count / shape.count <= PredictionRequest.largestBatch else {
        throw HTTPError(
          .unprocessable,
          "the body has \(Counted.text(count, "byte")); expected \(shape.count) for each image of \(shape.text), for 1 to \(PredictionRequest.largestBatch) images"
        )
      }
      pixels = request.body
    }
  }

  /// The image in a decoded string: a PNG, or the pixels themselves.
  private static func image(
    _ bytes: [UInt8], shape: PixelShape, pictures: inout PictureReader
  ) throws(HTTPError) -> [UInt8] {
    if PictureReader.isPNG(bytes) { return try pictures.pixels(ofPNG: bytes, shape: shape).pixels }
    guard bytes.count == shape.count else {
      throw HTTPError(
        .unprocessable,
        "the string holds \(Counted.text(bytes.count, "byte")); expected a PNG or \(shape.count) for an image of \(shape.text)"
      )
    }
    return bytes
  }
}

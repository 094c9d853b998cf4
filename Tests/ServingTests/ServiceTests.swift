import Datasets
import Foundation
import Pictures
import Serving
import Settings
import Testing
import Training

/// The API without sockets: requests in, answers out.
@Suite("The API")
struct ServiceTests {
  private static let run: Result<TrainedRun, any Error> = Result { try TrainedRun() }
  private static let black = "[" + Array(repeating: "0", count: 784).joined(separator: ",") + "]"

  private func service(_ change: (inout ServeSettings) -> Void = { _ in }) throws -> OfflineService {
    try Self.run.get().service(change)
  }

  @Test(
    "predicts what the evaluation of the same checkpoint predicts, bit for bit, as JSON and as bytes, alone and in batches"
  )
  func predictions() async throws {
    let run = try Self.run.get()
    let service = try service()
    let config = try RunConfig(file: run.path + "/config.json")
    let data = try config.data.prepare(context: DatasetContext(), seed: config.seed)
    let found = try #require(try RunDirectory.newestCheckpoint(in: run.path).found)
    let model = try CheckpointModel(
      found.checkpoint, path: found.path, config: config, sampleShape: data.test.shape, machine: TrainedRun.machine)
    let expected = try model.probabilities(data.test, samples: 40)
    let pixels = data.test.images.array()

    let all = try await service.predict(pixels, type: "application/octet-stream")
    #expect(try Self.probabilities(all) == expected)
    let step = try all.json()["step"]
    #expect(step == .integer(found.checkpoint.run.step))
    for image in [0, 7, 39] {
      let bytes = Array(pixels[image * 784..<(image + 1) * 784])
      let rows = (0..<28).map { "[" + bytes[$0 * 28..<($0 + 1) * 28].map(String.init).joined(separator: ",") + "]" }
      let answer = try await service.predict("{\"image\": [\(rows.joined(separator: ","))]}")
      #expect(try Self.probabilities(answer) == Array(expected[image * 10..<(image + 1) * 10]))
      let encoded = try await service.predict("{\"images\": [\"\(Base64.encode(bytes))\"]}")
      #expect(encoded.body == answer.body)
    }
  }

  private static func probabilities(_ answer: Answer) throws -> [Float] {
    #expect(answer.status == 200, "\(answer.text)")
    guard case .array(let predictions)? = try answer.json()["predictions"] else { return [] }
    return predictions.flatMap { prediction -> [Float] in
      guard case .array(let values)? = prediction["probabilities"] else { return [] }
      return values.map { value in
        switch value {
        case .number(let number): Float(number)
        case .integer(let integer): Float(integer)
        default: .nan
        }
      }
    }
  }

  @Test("names the most probable class")
  func bestClass() async throws {
    let answer = try await service().predict("{\"image\": \(Self.black)}")
    let probabilities = try Self.probabilities(answer)
    let best = probabilities.indices.reduce(0) { probabilities[$1] > probabilities[$0] ? $1 : $0 }
    guard case .array(let predictions)? = try answer.json()["predictions"] else { return }
    #expect(predictions[0]["class"] == .integer(best) && predictions[0]["name"] == .string("\(best)"))
  }

  @Test("shows what the network sees, and what its first layer makes of it")
  func include() async throws {
    let service = try service()
    let bytes = (0..<784).map { UInt8(truncatingIfNeeded: $0 &* 37) }
    let answer = try await service.predict(
      bytes, type: "application/octet-stream", query: "?include=activations%2Cinput")
    #expect(try answer.json()["input"] == .string(Base64.encode(bytes)))
    let activations = try #require(try answer.json()["activations"])
    #expect(activations["layer"] == "conv2d" && activations["shape"] == [26, 26, 4])
    guard case .string(let values)? = activations["values"] else { return }
    let decoded = try #require(Base64.decode(values))
    // Behind ReLU, so that the smallest is 0; the largest is 255 by its scale.
    #expect(decoded.count == 26 * 26 * 4 && decoded.contains(0) && decoded.contains(255))

    // Of several images, the first is shown.
    let two = try await service.predict(
      bytes + bytes.reversed(), type: "application/octet-stream", query: "?include=input")
    #expect(try two.json()["input"] == .string(Base64.encode(bytes)))
    for query in ["?include=x", "?included=input", "?include=%ff", "?include=input,input"] {
      #expect(try await service.predict(bytes, type: "application/octet-stream", query: query).status == 400)
    }
  }

  @Test("says of a picture in another format that PNG is read")
  func otherPicture() async throws {
    let answer = try await service().predict([0x42, 0x4D], type: "image/bmp")
    #expect(answer.status == 415 && answer.field("Accept-Post")?.contains("image/png") == true)
    #expect(try answer.error().message.hasSuffix("of pictures only PNG is read: convert it and send image/png"))
  }

  @Test("describes the model")
  func model() async throws {
    let json = try await service().get("/v1/model").json()
    #expect(json["name"] == "served" && json["dataset"] == "digits" && json["drawing"] == true)
    // The config does not say its input.
    #expect(json["input"] == ["height": 28, "width": 28, "channels": 1])
    #expect(json["step"] == 8 && json["epoch"] == 2 && json["epochs"] == 2)
    guard case .array(let layers)? = json["layers"] else { return }
    #expect(layers.count == 6 && layers[0]["activation"] == "relu" && layers[0]["outputShape"] == [26, 26, 4])
  }

  @Test("knows its routes and their methods")
  func routes() async throws {
    let service = try service()
    for path in [
      "/", "/page.css", "/page.js", "/pad.js", "/picture.js", "/curves.js", "/v1/model", "/v1/run", "/healthz",
      "/metrics", "/openapi.json",
    ] {
      let answer = try await service.get(path)
      #expect(answer.status == 200 && !answer.body.isEmpty, "\(path)")
      let options = try await service.get(path, method: "OPTIONS")
      #expect(options.status == 204 && options.field("Allow") == "GET, HEAD, OPTIONS")
      let post = try await service.get(path, method: "POST")
      #expect(post.status == 405 && post.field("Allow") == "GET, HEAD, OPTIONS")
      #expect(try post.error().code == "method_not_allowed")
    }
    #expect(try await service.get("/v1/predict").field("Allow") == "POST, OPTIONS")
    #expect(try await service.get("*", method: "OPTIONS").status == 204)
    #expect(try await service.get("/v1/models").error().message.contains("did you mean /v1/model?"))
  }

  @Test("answers a page again only where it changed")
  func pageTag() async throws {
    let service = try service()
    let tag = try #require(try await service.get("/").field("ETag"))
    #expect(try await service.get("/", "Host: localhost\r\nIf-None-Match: \(tag)\r\n").status == 304)
    #expect(try await service.get("/", "Host: localhost\r\nIf-None-Match: \"x\"\r\n").status == 200)
  }

  @Test("lets no page from elsewhere in, unless it is asked to")
  func origins() async throws {
    let origin = "Host: localhost\r\nOrigin: https://a.example\r\n"
    let closed = try await service().get("/healthz", origin)
    #expect(closed.field("Access-Control-Allow-Origin") == nil)
    #expect(try await service().get("/healthz", "Host: a.example\r\n").error().code == "unknown_host")

    let open = try service {
      $0.origins = ["https://a.example"]
      $0.hosts = ["a.example"]
    }
    #expect(try await open.get("/healthz", origin).field("Access-Control-Allow-Origin") == "https://a.example")
    #expect(
      try await open.get("/healthz", "Host: localhost\r\nOrigin: https://b.example\r\n").field(
        "Access-Control-Allow-Origin") == nil)
    #expect(
      try await open.get("/v1/predict", method: "OPTIONS", origin).field("Access-Control-Allow-Headers")
        == "Content-Type")
    #expect(try await open.get("/healthz", "Host: A.example:1\r\n").status == 200)
  }

  @Test("counts what it does, in Prometheus's format")
  func metrics() async throws {
    let service = try service()
    _ = try await service.predict("{\"images\": [\(Self.black), \(Self.black)]}")
    _ = try await service.predict("{}")
    _ = try await service.get("/nowhere-\(UUID().uuidString)")
    _ = try await service.get("/healthz", method: "BREW")
    let answer = try await service.get("/metrics")
    #expect(answer.field("Content-Type") == "text/plain; version=0.0.4; charset=utf-8")
    let lines = answer.text.split(separator: "\n")
    for line in [
      "lockstep_http_requests_total{route=\"/v1/predict\",method=\"POST\",status=\"200\"} 1",
      "lockstep_http_requests_total{route=\"/v1/predict\",method=\"POST\",status=\"422\"} 1",
      "lockstep_http_requests_total{route=\"other\",method=\"GET\",status=\"404\"} 1",
      "lockstep_http_requests_total{route=\"/healthz\",method=\"other\",status=\"405\"} 1",
      "lockstep_images_predicted_total 2", "lockstep_http_requests_in_flight 1",
      "lockstep_http_request_duration_seconds_count{route=\"/v1/predict\"} 2",
      "lockstep_http_request_duration_seconds_bucket{route=\"/v1/predict\",le=\"+Inf\"} 2",
      "lockstep_checkpoint_step{name=\"served\"} 8",
    ] {
      #expect(lines.contains { $0 == line }, "\(line)")
    }
    let form = /([a-z_]+)(\{[a-z]+="[^"\n]*"(,[a-z]+="[^"\n]*")*\})? [0-9.e+-]+|# (HELP|TYPE) [a-z_]+ .+/
    for line in lines { #expect(line.wholeMatch(of: form) != nil, "\(line)") }
  }

  @Test("describes itself completely: every route and every error, with the network's own numbers")
  func openAPI() async throws {
    let text = try await service().get("/openapi.json").text
    #expect(!text.contains("{{"))
    let json = try JSONParser.parse(text, file: "openapi").value
    guard case .object(let paths)? = json["paths"] else { return }
    let described = Set(paths.map(\.key))
    #expect(
      described == ["/v1/predict", "/v1/model", "/v1/run", "/v1/run/events", "/healthz", "/metrics", "/openapi.json"])
    guard
      case .array(let codes)? = json["components"]?["schemas"]?["Error"]?["properties"]?["error"]?["properties"]?[
        "code"]?["enum"]
    else {
      Issue.record("no codes of errors")
      return
    }
    #expect(codes.count == HTTPError.Code.allCases.count)
    #expect(json["components"]?["schemas"]?["FlatImage"]?["maxItems"] == 784)
    #expect(text.contains("its pictures more than 16777216 pixels together"))
  }

  @Test("puts a limit on the images and bytes of a request")
  func limits() async throws {
    let service = try service { $0.limits.body = 2000 }
    #expect(
      try await service.predict([UInt8](repeating: 0, count: 2001), type: "application/octet-stream").error().code
        == "content_too_large")
    #expect(
      try await service.predict([UInt8](repeating: 0, count: 785), type: "application/octet-stream").error().code
        == "unprocessable_content")
    let large = try self.service()
    let many = [UInt8](repeating: 0, count: 784 * 1025)
    #expect(try await large.predict(many, type: "application/octet-stream").status == 422)
    #expect(try await large.predict(Array(many.dropLast(784)), type: "application/octet-stream").status == 200)
  }

  /// A blank picture.
  private static func png(_ width: Int, _ height: Int) -> [UInt8] {
    PNG.encode(
      Picture(width: width, height: height, channels: .grey, bytes: [UInt8](repeating: 0, count: width * height)))
  }

  @Test("puts a limit on the pixels of a request's pictures together, whatever their bytes")
  func pictures() async throws {
    let service = try service { $0.limits.pixels = 10_000 }
    let (small, large) = (Base64.encode(Self.png(60, 80)), Base64.encode(Self.png(100, 101)))
    #expect(try await service.predict(Self.png(100, 100), type: "image/png").status == 200)
    #expect(try await service.predict("{\"images\": [\"\(small)\", \"\(small)\"]}").status == 200)
    let alone = try await service.predict(Self.png(100, 101), type: "image/png").error()
    #expect(alone.code == "content_too_large")
    let refused: [(String, String, String)] = [
      ("{\"image\": \"\(large)\"}", "image", "100 × 101 pixels; at most 10000 in all"),
      ("{\"images\": [\"\(small)\", \"\(small)\", \"\(small)\"]}", "images[2]", "60 × 80 pixels; at most 400 in all"),
    ]
    for (body, path, message) in refused {
      let answer = try await service.predict(body)
      let error = try answer.error()
      #expect(answer.status == 413 && error.code == "content_too_large" && error.path == path, "\(answer.text)")
      #expect(error.message.contains(message) && error.message.hasSuffix("those of a request may have 10000 together"))
    }
  }

  @Test("answers others while it reads pictures, however many of them")
  func picturesBeside() async throws {
    let service = try service()
    let picture = Self.png(1000, 1000)
    let first = try await withThrowingTaskGroup(of: String.self) { group in
      // Each thread of Swift's tasks would be busy with several.
      for _ in 0..<4 * ProcessInfo.processInfo.activeProcessorCount {
        group.addTask { "picture: \(try await service.predict(picture, type: "image/png").status)" }
      }
      // Asked last.
      group.addTask { "health: \(try await service.get("/healthz").status)" }
      let first = try await group.next()
      for try await answer in group { #expect(answer == "picture: 200") }
      return first
    }
    #expect(first == "health: 200")
  }

  @Test("serves networks of other images, and says that there is nothing to draw")
  func otherImages() async throws {
    let dense = try TrainedRun(
      layers: #"["flatten", { "type": "dense", "units": 32, "activation": "tanh" }, { "type": "dense", "units": 10 }]"#,
      input: "[28, 28, 1]")
    let service = try dense.service()
    let answer = try await service.predict("{\"image\": \(Self.black)}", query: "?include=activations")
    #expect(try answer.json()["activations"]?["shape"] == [32])
    // As many numbers as MNIST's images have are taken for such.
    let flat = try TrainedRun(layers: #"[{ "type": "dense", "units": 10 }]"#, input: "[784]")
    #expect(try await flat.service().get("/v1/model").json()["input"] == ["height": 28, "width": 28, "channels": 1])
    // Nothing lies between the first layer and the answer.
    let single = try TrainedRun(layers: #"["flatten", { "type": "dense", "units": 10 }]"#)
    let alone = try await single.service().predict("{\"image\": \(Self.black)}", query: "?include=activations")
    #expect(try alone.json()["activations"] == .null)
  }
}

/// What can be asked for.
enum Route: String, CaseIterable {
  case page = "/"
  case style = "/page.css"
  case script = "/page.js"
  case padScript = "/pad.js"
  case pictureScript = "/picture.js"
  case curvesScript = "/curves.js"
  case model = "/v1/model"
  case predict = "/v1/predict"
  case run = "/v1/run"
  case events = "/v1/run/events"
  case health = "/healthz"
  case metrics = "/metrics"
  case description = "/openapi.json"

  /// The methods that it knows, as in `Allow`.
  var methods: [String] { self == .predict ? ["POST", "OPTIONS"] : ["GET", "HEAD", "OPTIONS"] }
}

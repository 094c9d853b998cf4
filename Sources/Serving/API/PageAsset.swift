import Tensors

/// A file of the page; all are in the program.
struct PageAsset: Sendable {
  static let index = PageAsset(PackageResources.index_html, type: "text/html; charset=utf-8")
  static let style = PageAsset(PackageResources.page_css, type: "text/css; charset=utf-8")
  static let script = PageAsset(PackageResources.page_js, type: javaScript)
  static let padScript = PageAsset(PackageResources.pad_js, type: javaScript)
  static let pictureScript = PageAsset(PackageResources.picture_js, type: javaScript)
  static let curvesScript = PageAsset(PackageResources.curves_js, type: javaScript)

  private static let javaScript = "text/javascript; charset=utf-8"

  private let bytes: [UInt8]
  private let type: String
  private let tag: String

  private init(_ bytes: [UInt8], type: String) {
    self.bytes = bytes
    self.type = type
    var hash = SHA256()
    hash.update(String(decoding: bytes, as: UTF8.self))
    tag = "\"\(SHA256.hexadecimal(hash.finish()).prefix(16))\""
  }

  func response(to head: HTTPRequestHead) -> HTTPResponse {
    let fields = [("ETag", tag), ("Cache-Control", "no-cache")]
    if head.field("if-none-match") == tag {
      return HTTPResponse(status: 304, type: nil, body: .bytes([]), fields: fields)
    }
    return HTTPResponse(status: 200, type: type, body: .bytes(bytes), fields: fields)
  }
}

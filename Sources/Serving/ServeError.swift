/// Why there is no server. Each is one line for the user.
public enum ServeError: Error, Equatable, CustomStringConvertible {
  /// The port could not be had.
  case cannotListen(host: String, port: UInt16, code: Int32, reason: String)
  /// No address.
  case badHost(String)
  /// The network does not take images of height, width and channels.
  case noImages(path: String, input: String)
  /// The network was trained on numbers, and what it is to be asked about are pixels.
  case noPixels(path: String, trainedOn: String)
  /// The directory of a run that is to be shown is not there, or is a file.
  case noRun(path: String, isThere: Bool)

  /// What was attempted, on what, what was found, what to do.
  public var description: String {
    switch self {
    case .cannotListen(let host, let port, let code, let reason):
      "cannot listen on \(host), port \(port): \(reason)"
        + (code == ServeError.inUse
          ? "; another program does; give --port another number, or 0 for any that is free" : "")
    case .badHost(let text):
      "--host is \(text); expected an address in digits, for example 127.0.0.1, 0.0.0.0 or ::1, or localhost"
    case .noImages(let path, let input):
      "\(path): the network's input is \(input); only networks of images, height × width × channels, can be served"
    case .noPixels(let path, let elements):
      "\(path): the network was trained on \(elements); only networks that were trained on the bytes of images can be served"
    case .noRun(let path, let isThere):
      isThere ? "--run \(path): a file, and a run is a directory" : "--run \(path): no such directory"
    }
  }

  /// EADDRINUSE.
  private static let inUse: Int32 = 98
}

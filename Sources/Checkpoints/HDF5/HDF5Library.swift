import CHDF5
import Synchronization

/// The HDF5 library, which one thread may use at a time.
///
/// It reads the files of other programs; our own are written and read without it. Debian's build is thread-safe, others are not; one
/// lock here makes that a matter of speed only. Whoever reads holds it from the first call to the last, so that every handle is born
/// and dies under it.
package enum HDF5Library {
  private static let lock = Mutex(())

  /// The name under which files in memory go. The library tries to open it on disk and must not find it: nothing can lie below a
  /// device.
  static let nameNotOnDisk = "/dev/null/checkpoint"

  /// Runs `body` with the library to itself. Must not be nested.
  package static func withLock<Result: Sendable, Failure: Error>(
    _ body: () throws(Failure) -> Result
  ) throws(Failure) -> Result {
    try lock.withLock { _ throws(Failure) in
      ch5_silence_errors()
      return try body()
    }
  }
}

/// A call of the HDF5 library that failed.
public struct HDF5Error: Error, Equatable, Sendable, CustomStringConvertible {
  /// What was attempted, for example `create dataset`.
  public var operation: String
  /// Path of the object inside the file.
  public var object: String
  /// The library's own innermost message.
  public var message: String

  package init(operation: String, object: String, message: String) {
    self.operation = operation
    self.object = object
    self.message = message
  }

  /// The error that this thread's last call left behind.
  static func last(_ operation: String, _ object: String) -> HDF5Error {
    var text = [CChar](repeating: 0, count: 256)
    ch5_innermost_message(&text, text.count)
    let message = String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    return HDF5Error(operation: operation, object: object, message: message.isEmpty ? "no reason given" : message)
  }

  /// `HDF5: could not create dataset /layers/dense/vars/0: name already exists`.
  public var description: String { "HDF5: could not \(operation) \(object): \(message)" }
}

/// Owner of one open object of the library: cannot be copied, closes when it goes out of scope.
struct HDF5Handle: ~Copyable {
  let id: hid_t

  /// Takes over an identifier that a call has returned.
  ///
  /// - Throws: where the identifier says that the call failed.
  init(_ id: hid_t, _ operation: String, _ object: String) throws(HDF5Error) {
    guard id >= 0 else { throw HDF5Error.last(operation, object) }
    self.id = id
  }

  // Every kind of object, files included, is closed when its count of references drops to zero.
  deinit { H5Idec_ref(id) }
}

/// Throws where the library's status code says failure.
func check(_ status: herr_t, _ operation: String, _ object: String) throws(HDF5Error) {
  guard status >= 0 else { throw HDF5Error.last(operation, object) }
}

/// The library's default properties.
let defaults = hid_t(H5P_DEFAULT)
/// All elements of a dataset.
let everything = hid_t(H5S_ALL)

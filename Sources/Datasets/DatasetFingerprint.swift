import Dispatch
import Synchronization
import Tensors

/// A data set's SHA-256 in the making, on a thread of its own: over shape, count, images and labels.
///
/// Images are hashed while more of them are being read.
final class DatasetFingerprint: Sendable {
  private let hash: Mutex<SHA256?>
  // Serial, so parts are hashed in the order in which they came.
  private let queue = DispatchQueue(label: "lockstep.fingerprint", qos: .userInitiated)

  /// Begins with what comes first.
  init(shape: Shape, count: Int) {
    var hash = SHA256()
    for extent in shape.dimensions { hash.update(extent) }
    hash.update(count)
    self.hash = Mutex(hash)
  }

  /// Hashes the next part of the images, some time; nobody writes it any more.
  func append<Element>(_ images: Storage<Element>, _ part: Range<Int>) {
    queue.async { self.hash.withLock { $0?.update(images.view[part]) } }
  }

  /// Waits for all parts, and ends with the labels.
  ///
  /// - Precondition: not called before.
  func finish(labels: Storage<Int32>) -> [UInt8] {
    queue.sync {
      guard var hash = self.hash.withLock({ $0.take() }) else {
        preconditionFailure("a fingerprint was finished twice")
      }
      hash.update(labels.view)
      return hash.finish()
    }
  }
}

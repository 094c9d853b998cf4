import Tensors

/// One open file of CIFAR-10's binary version (Krizhevsky, "Learning multiple layers of features from tiny images", 2009).
///
/// Records of 3,073 bytes and nothing else: the label, then 1,024 bytes each of red, green and blue, row by row.
struct CIFAR10File {
  /// Pixels of one plane.
  static let planeLength = 32 * 32
  /// Bytes of one image.
  static let imageLength = 3 * planeLength
  /// Bytes of one record.
  static let recordLength = 1 + imageLength
  /// The highest label.
  static let lastLabel: UInt8 = 9
  /// Records in one reading: less than a megabyte.
  private static let chunk = 256

  /// Records, of which there is at least one.
  let count: Int
  private let path: String
  private let file: InputFile

  /// Opens a file and checks its length.
  init(path: String) throws(DatasetError) {
    self.path = path
    do throws(IDXFault) {
      file = try InputFile(path: path)
      guard file.byteCount > 0 else { throw .empty }
    } catch {
      throw .file(path: path, fault: error)
    }
    guard file.byteCount.isMultiple(of: Self.recordLength) else {
      throw .cifar10(path: path, fault: .length(bytes: file.byteCount))
    }
    count = file.byteCount / Self.recordLength
  }

  /// Reads all records, the images with their channels together, as everything else has them.
  ///
  /// - Parameters:
  ///   - images: `[count, 32, 32, 3]`.
  ///   - labels: `[count]`.
  func read(images: MutableView<UInt8>, labels: MutableView<Int32>) throws(DatasetError) {
    let records = Storage<UInt8>(count: Self.chunk * Self.recordLength, zeroed: false)
    for first in stride(from: 0, to: count, by: Self.chunk) {
      let number = min(Self.chunk, count - first)
      try fill(records.mutableView[0..<number * Self.recordLength], before: first)
      for index in 0..<number {
        let record = records.view[index * Self.recordLength..<(index + 1) * Self.recordLength]
        guard record[0] <= Self.lastLabel else {
          throw .cifar10(path: path, fault: .label(record[0], record: first + index))
        }
        labels[first + index] = Int32(record[0])
        let place = (first + index) * Self.imageLength
        Self.interleave(record[1..<Self.recordLength], into: images[place..<place + Self.imageLength])
      }
    }
  }

  /// Reads the next bytes; `first` records came before them.
  private func fill(_ bytes: MutableView<UInt8>, before first: Int) throws(DatasetError) {
    let found: Int
    do throws(IDXFault) {
      found = try bytes.withMutableBytes { target throws(IDXFault) in try file.read(into: target) }
    } catch {
      throw .file(path: path, fault: error)
    }
    guard found == bytes.count else {
      let total = first * Self.recordLength + found
      throw .cifar10(path: path, fault: .shrunk(bytes: total, expected: file.byteCount))
    }
  }

  /// Three planes to pixels of three channels.
  private static func interleave(_ planes: View<UInt8>, into image: MutableView<UInt8>) {
    planes.withBytes { source in
      image.withMutableBytes { target in
        for pixel in 0..<planeLength {
          target[3 * pixel] = source[pixel]
          target[3 * pixel + 1] = source[planeLength + pixel]
          target[3 * pixel + 2] = source[2 * planeLength + pixel]
        }
      }
    }
  }
}

import Tensors

extension IDXArray {
  /// Writes an IDX file, which appears whole or not at all.
  ///
  /// - Parameters:
  ///   - bytes: as many as the product of `dimensions`.
  ///   - dimensions: 1 to 255 extents, each at least 1 and below 2³².
  ///   - compressed: whether the file is a gzip file; equal content then makes equal files.
  /// - Throws: `DatasetError.unwritable`.
  public static func write(
    _ bytes: Storage<UInt8>, dimensions: [Int], to path: String, compressed: Bool
  ) throws(DatasetError) {
    precondition(bytes.count == dimensions.reduce(1, *) && 1...255 ~= dimensions.count, "dimensions do not match")
    var header: [UInt8] = [0, 0, 0x08, UInt8(dimensions.count)]
    for extent in dimensions {
      for shift in [24, 16, 8, 0] { header.append(UInt8(truncatingIfNeeded: extent >> shift)) }
    }
    let file = try OutputFile(path: path)
    let gzip = compressed ? GzipWriter(file) : nil
    for part in [Storage(header), bytes] {
      try part.writeBytes(to: file, through: gzip)
    }
    try gzip?.finish()
    try file.finish()
  }
}

extension Storage<UInt8> {
  fileprivate func writeBytes(to file: OutputFile, through gzip: GzipWriter?) throws(DatasetError) {
    let result = view.withBytes { bytes in
      Result { () throws(DatasetError) in
        if let gzip { try gzip.write(bytes) } else { try file.write(bytes) }
      }
    }
    try result.get()
  }
}

extension ImageDataset {
  /// Writes images and labels as two IDX files under MNIST's names, for any program that reads MNIST.
  ///
  /// - Returns: the paths of the files.
  /// - Throws: `DatasetError.unwritable`.
  /// - Precondition: at most 256 classes, and samples that are bytes.
  public func writeIDX(directory: String, compressed: Bool) throws(DatasetError) -> [String] {
    precondition(classes <= 256 && numbers == nil, "an IDX label is one byte, and so is an element of an image")
    let suffix = compressed ? ".gz" : ""
    let imagesPath = DatasetContext.join(directory, MNISTSource.fileName(split, .images) + suffix)
    let labelsPath = DatasetContext.join(directory, MNISTSource.fileName(split, .labels) + suffix)
    let extents = shape[2] == 1 ? [shape[0], shape[1]] : shape.dimensions
    try IDXArray.write(images, dimensions: [count] + extents, to: imagesPath, compressed: compressed)
    let bytes = Storage<UInt8>(count: count, zeroed: false)
    for sample in 0..<count { bytes.mutableView[sample] = UInt8(labels.view[sample]) }
    try IDXArray.write(bytes, dimensions: [count], to: labelsPath, compressed: compressed)
    return [imagesPath, labelsPath]
  }
}

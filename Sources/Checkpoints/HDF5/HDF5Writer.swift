import CHDF5
import Tensors

/// A new HDF5 file in memory: datasets and attributes are added by absolute path, then the file's bytes are taken.
///
/// The library touches no disk here (core driver without backing store), so it can neither hide nor mishandle an I/O error.
/// Equal calls in equal order give equal bytes: no time stamps, contiguous layout, no filters, the oldest file format.
/// All calls must be made inside `HDF5Library.withLock`.
package struct HDF5Writer: ~Copyable {
  private let file: HDF5Handle
  private let datasetProperties: HDF5Handle
  private let linkProperties: HDF5Handle

  /// - Parameter expectedBytes: about the final size: the step by which the library grows its memory.
  package init(expectedBytes: Int) throws(HDF5Error) {
    let access = try HDF5Handle(H5Pcreate(ch5_class_file_access()), "create access properties of", "/")
    try check(H5Pset_fapl_core(access.id, max(expectedBytes, 1 << 16), false), "keep in memory", "/")
    // The oldest format, whatever the library's default: later ones cannot be taken as an image before libhdf5 2.0.
    try check(H5Pset_libver_bounds(access.id, H5F_LIBVER_EARLIEST, H5F_LIBVER_V110), "choose the format of", "/")
    let file = try HDF5Handle(
      H5Fcreate(HDF5Library.nameNotOnDisk, ch5_access_truncate(), defaults, access.id), "create file", "/")
    let datasets = try HDF5Handle(H5Pcreate(ch5_class_dataset_create()), "create dataset properties of", "/")
    try check(H5Pset_obj_track_times(datasets.id, false), "turn time stamps off in", "/")
    let links = try HDF5Handle(H5Pcreate(ch5_class_link_create()), "create link properties of", "/")
    try check(H5Pset_create_intermediate_group(links.id, 1), "set link properties of", "/")
    self.file = file
    datasetProperties = datasets
    linkProperties = links
  }

  /// Adds an empty group; groups on the way are made where missing.
  package func addGroup(_ path: String) throws(HDF5Error) {
    _ = try HDF5Handle(
      H5Gcreate2(file.id, path, linkProperties.id, defaults, defaults), "create group", path)
  }

  /// Adds a dataset of `dimensions` (none for a scalar), whose product is the count of `values`.
  package func addDataset<Element: HDF5Element>(
    _ path: String, dimensions: [Int], values: View<Element>
  ) throws(HDF5Error) {
    try add(path, dimensions, Element.hdf5FileType, Element.hdf5MemoryType, values.count, values.base)
  }

  /// Adds a dataset from an array.
  package func addDataset<Element: HDF5Element>(
    _ path: String, dimensions: [Int], values: [Element]
  ) throws(HDF5Error) {
    try values.withUnsafeBufferPointer { buffer throws(HDF5Error) in
      try add(path, dimensions, Element.hdf5FileType, Element.hdf5MemoryType, values.count, buffer.baseAddress)
    }
  }

  /// Adds a dataset of one axis that holds texts of a fixed number of UTF-8 bytes, padded with zeros.
  ///
  /// - Precondition: no text is longer than `bytesEach`, which is at least 1.
  package func addStrings(_ path: String, _ texts: [String], bytesEach: Int) throws(HDF5Error) {
    let type = try HDF5Handle(ch5_new_string_type(bytesEach), "create string type of", path)
    let bytes = texts.flatMap { paddedBytes($0, bytesEach) }
    try bytes.withUnsafeBufferPointer { buffer throws(HDF5Error) in
      try add(path, [texts.count], type.id, type.id, texts.count, buffer.baseAddress)
    }
  }

  /// Attaches a number to the group or dataset at `path`.
  package func setAttribute<Element: HDF5Element>(_ name: String, of path: String, to value: Element) throws(HDF5Error)
  {
    let attribute = try newAttribute(name, path, Element.hdf5FileType)
    var value = value
    try check(H5Awrite(attribute.id, Element.hdf5MemoryType, &value), "write attribute \(name) of", path)
  }

  /// Attaches a text of fixed length to the group or dataset at `path`.
  package func setAttribute(_ name: String, of path: String, to value: String) throws(HDF5Error) {
    let bytes = paddedBytes(value, max(1, value.utf8.count))
    let type = try HDF5Handle(ch5_new_string_type(bytes.count), "create string type of", path)
    let attribute = try newAttribute(name, path, type.id)
    try check(H5Awrite(attribute.id, type.id, bytes), "write attribute \(name) of", path)
  }

  /// The file's bytes, at the start of a storage that has room for `extraBytes` more, whose content is unspecified.
  package func image(extraBytes: Int) throws(HDF5Error) -> Storage<UInt8> {
    // Without the flush the image does not open again.
    try check(H5Fflush(file.id, H5F_SCOPE_GLOBAL), "flush", "/")
    let length = H5Fget_file_image(file.id, nil, 0)
    guard length > 0 else { throw HDF5Error.last("measure the image of", "/") }
    let bytes = Storage<UInt8>(count: length + extraBytes, zeroed: false)
    let taken = H5Fget_file_image(file.id, bytes.mutableView.base, length)
    guard taken == length else { throw HDF5Error.last("take the image of", "/") }
    return bytes
  }

  private func add(
    _ path: String, _ dimensions: [Int], _ fileType: hid_t, _ memoryType: hid_t, _ count: Int,
    _ values: UnsafeRawPointer?
  ) throws(HDF5Error) {
    precondition(dimensions.reduce(1, *) == count, "dataset \(path): \(count) values for dimensions \(dimensions)")
    let space = try newSpace(dimensions, path)
    let dataset = try HDF5Handle(
      H5Dcreate2(
        file.id, path, fileType, space.id, linkProperties.id, datasetProperties.id, defaults),
      "create dataset", path)
    guard count > 0, let values else { return }
    try check(
      H5Dwrite(dataset.id, memoryType, everything, everything, defaults, values), "write dataset",
      path)
  }

  private func newSpace(_ dimensions: [Int], _ path: String) throws(HDF5Error) -> HDF5Handle {
    let extents = dimensions.map(hsize_t.init)
    let id = extents.isEmpty ? H5Screate(H5S_SCALAR) : H5Screate_simple(CInt(extents.count), extents, nil)
    return try HDF5Handle(id, "create dataspace of", path)
  }

  private func newAttribute(_ name: String, _ path: String, _ type: hid_t) throws(HDF5Error) -> HDF5Handle {
    let space = try newSpace([], path)
    return try HDF5Handle(
      H5Acreate_by_name(
        file.id, path, name, type, space.id, defaults, defaults, defaults),
      "create attribute \(name) of", path)
  }

  private func paddedBytes(_ text: String, _ count: Int) -> [UInt8] {
    let bytes = Array(text.utf8)
    precondition(bytes.count <= count, "text longer than its field")
    return bytes + [UInt8](repeating: 0, count: count - bytes.count)
  }
}

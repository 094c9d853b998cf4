import CHDF5
import Checkpoints

/// Changes the HDF5 part of a checkpoint's file, for files that are sealed rightly and hold the wrong things.
struct HDF5Editor {
  /// How a dataset's values lie in the file.
  enum Layout {
    case contiguous
    case compact
    case chunked
    case compressed
    case external
    case virtual
  }

  private let file: hid_t

  /// The file after `change`, with a right trailer.
  static func edit(_ checkpoint: [UInt8], _ change: (HDF5Editor) -> Void) -> [UInt8] {
    var image = Array(checkpoint.dropLast(Trailer.byteCount))
    return HDF5Library.withLock {
      let access = H5Pcreate(ch5_class_file_access())
      H5Pset_fapl_core(access, 1 << 16, false)
      H5Pset_file_image(access, &image, image.count)
      // 1 is H5F_ACC_RDWR.
      let editor = HDF5Editor(file: expectDone(H5Fopen("/dev/null/edited", 1, access)))
      change(editor)
      _ = expectDone(hid_t(H5Fflush(editor.file, H5F_SCOPE_GLOBAL)))
      var edited = [UInt8](repeating: 0, count: H5Fget_file_image(editor.file, nil, 0))
      H5Fget_file_image(editor.file, &edited, edited.count)
      H5Fclose(editor.file)
      H5Pclose(access)
      return Seal.sealed(edited)
    }
  }

  func remove(_ path: String) { _ = Self.expectDone(hid_t(H5Ldelete(file, path, 0))) }

  func addGroup(_ path: String) { H5Gclose(Self.expectDone(H5Gcreate2(file, path, 0, 0, 0))) }

  func addSoftLink(_ path: String, to target: String) {
    _ = Self.expectDone(hid_t(H5Lcreate_soft(target, file, path, 0, 0)))
  }

  func addExternalLink(_ path: String, toFile other: String, _ target: String) {
    _ = Self.expectDone(hid_t(H5Lcreate_external(other, target, file, path, 0, 0)))
  }

  /// Adds a group and those on the way to it.
  func addGroups(_ path: String) {
    var way = ""
    for step in path.split(separator: "/") {
      way += "/" + step
      if H5Lexists(file, way, 0) <= 0 { addGroup(way) }
    }
  }

  func addHardLink(_ path: String, to target: String) {
    _ = Self.expectDone(hid_t(H5Lcreate_hard(file, target, file, path, 0, 0)))
  }

  /// Adds a dataset; without values nothing is written, and contiguous ones then occupy no space at all.
  func addDataset<Element: HDF5Element>(
    _ path: String, _ dimensions: [Int], _ values: [Element]?, layout: Layout = .contiguous
  ) {
    let extents = dimensions.map(hsize_t.init)
    let space = dimensions.isEmpty ? H5Screate(H5S_SCALAR) : H5Screate_simple(CInt(extents.count), extents, nil)
    let properties = H5Pcreate(ch5_class_dataset_create())
    switch layout {
    case .contiguous: break
    case .compact: H5Pset_layout(properties, H5D_COMPACT)
    case .chunked: H5Pset_chunk(properties, CInt(extents.count), extents)
    case .compressed:
      H5Pset_chunk(properties, CInt(extents.count), extents)
      H5Pset_deflate(properties, 9)
    case .external: H5Pset_external(properties, "/etc/hostname", 0, 1 << 20)
    case .virtual: H5Pset_virtual(properties, space, "/tmp/other.h5", "/x", space)
    }
    let dataset = Self.expectDone(H5Dcreate2(file, path, Element.hdf5FileType, space, 0, properties, 0))
    if let values { _ = Self.expectDone(hid_t(H5Dwrite(dataset, Element.hdf5MemoryType, 0, 0, 0, values))) }
    H5Dclose(dataset)
    H5Pclose(properties)
    H5Sclose(space)
  }

  /// Puts one dataset in the place of another.
  func replaceDataset<Element: HDF5Element>(
    _ path: String, _ dimensions: [Int], _ values: [Element]?, layout: Layout = .contiguous
  ) {
    remove(path)
    addDataset(path, dimensions, values, layout: layout)
  }

  /// Replaces a dataset by one without values, not even none.
  func replaceByNull(_ path: String) {
    remove(path)
    let space = H5Screate(H5S_NULL)
    H5Dclose(Self.expectDone(H5Dcreate2(file, path, Float.hdf5FileType, space, 0, 0, 0)))
    H5Sclose(space)
  }

  /// Replaces a dataset by one whose type lies elsewhere in the file.
  func replaceByCommittedType(_ path: String, _ dimensions: [Int]) {
    remove(path)
    let type = H5Tcopy(Float.hdf5FileType)
    _ = Self.expectDone(hid_t(H5Tcommit2(file, "/type", type, 0, 0, 0)))
    let space = H5Screate_simple(CInt(dimensions.count), dimensions.map(hsize_t.init), nil)
    H5Dclose(Self.expectDone(H5Dcreate2(file, path, type, space, 0, 0, 0)))
    H5Sclose(space)
    H5Tclose(type)
  }

  /// Replaces a dataset of texts of fixed length.
  func replaceStrings(_ path: String, _ texts: [String]) {
    remove(path)
    let width = texts.map(\.utf8.count).max() ?? 1
    let type = ch5_new_string_type(width)
    let bytes = texts.flatMap { Array($0.utf8) + [UInt8](repeating: 0, count: width - $0.utf8.count) }
    let space = H5Screate_simple(1, [hsize_t(texts.count)], nil)
    let dataset = Self.expectDone(H5Dcreate2(file, path, type, space, 0, 0, 0))
    _ = Self.expectDone(hid_t(H5Dwrite(dataset, type, 0, 0, 0, bytes)))
    H5Dclose(dataset)
    H5Sclose(space)
    H5Tclose(type)
  }

  /// Replaces a dataset by one of texts of variable length.
  func replaceByVariableStrings(_ path: String, count: Int) {
    remove(path)
    let type = variableStringType()
    let space = H5Screate_simple(1, [hsize_t(count)], nil)
    H5Dclose(Self.expectDone(H5Dcreate2(file, path, type, space, 0, 0, 0)))
    H5Sclose(space)
    H5Tclose(type)
  }

  func removeAttribute(_ name: String, of path: String) {
    _ = Self.expectDone(hid_t(H5Adelete_by_name(file, path, name, 0)))
  }

  /// Replaces an attribute by numbers: one as a single value, several as a list.
  func replaceAttribute<Element: HDF5Element>(_ name: String, of path: String, _ values: [Element]) {
    removeAttribute(name, of: path)
    addAttribute(name, of: path, values)
  }

  /// Adds an attribute.
  func addAttribute<Element: HDF5Element>(_ name: String, of path: String, _ values: [Element]) {
    let space = values.count == 1 ? H5Screate(H5S_SCALAR) : H5Screate_simple(1, [hsize_t(values.count)], nil)
    let attribute = Self.expectDone(H5Acreate_by_name(file, path, name, Element.hdf5FileType, space, 0, 0, 0))
    _ = Self.expectDone(hid_t(H5Awrite(attribute, Element.hdf5MemoryType, values)))
    H5Aclose(attribute)
    H5Sclose(space)
  }

  /// Replaces an attribute by a text of variable length.
  func replaceAttributeByVariableString(_ name: String, of path: String) {
    removeAttribute(name, of: path)
    let type = variableStringType()
    let space = H5Screate(H5S_SCALAR)
    H5Aclose(Self.expectDone(H5Acreate_by_name(file, path, name, type, space, 0, 0, 0)))
    H5Sclose(space)
    H5Tclose(type)
  }

  private func variableStringType() -> hid_t {
    let type = ch5_new_string_type(1)
    // The largest size_t is H5T_VARIABLE.
    H5Tset_size(type, Int(bitPattern: UInt.max))
    return type
  }

  /// An edit that does not take place would make its test pass for nothing.
  private static func expectDone(_ result: hid_t) -> hid_t {
    precondition(result >= 0, "the test's own edit failed")
    return result
  }
}

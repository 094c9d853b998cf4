import CHDF5

/// A number that a dataset or attribute may hold: always little-endian in the file.
package protocol HDF5Element: BitwiseCopyable, Sendable {
  /// Name in messages, for example `float32`.
  static var hdf5Name: String { get }
  /// Type in the file; owned by the library.
  static var hdf5FileType: Int64 { get }
  /// Type in memory; owned by the library.
  static var hdf5MemoryType: Int64 { get }
  /// The type in the file, as its datatype message describes it.
  static var hdf5Description: [UInt8] { get }
}

extension Float: HDF5Element {
  package static var hdf5Name: String { "float32" }
  package static var hdf5FileType: Int64 { ch5_type_float32_le() }
  package static var hdf5MemoryType: Int64 { ch5_type_native_float32() }
  package static var hdf5Description: [UInt8] { HDF5Type.float(bytes: 4, exponentBits: 8, mantissaBits: 23, bias: 127) }
}

extension Double: HDF5Element {
  package static var hdf5Name: String { "float64" }
  package static var hdf5FileType: Int64 { ch5_type_float64_le() }
  package static var hdf5MemoryType: Int64 { ch5_type_native_float64() }
  package static var hdf5Description: [UInt8] {
    HDF5Type.float(bytes: 8, exponentBits: 11, mantissaBits: 52, bias: 1023)
  }
}

extension Int64: HDF5Element {
  package static var hdf5Name: String { "int64" }
  package static var hdf5FileType: Int64 { ch5_type_int64_le() }
  package static var hdf5MemoryType: Int64 { ch5_type_native_int64() }
  package static var hdf5Description: [UInt8] { HDF5Type.integer(bytes: 8, isSigned: true) }
}

extension UInt64: HDF5Element {
  package static var hdf5Name: String { "uint64" }
  package static var hdf5FileType: Int64 { ch5_type_uint64_le() }
  package static var hdf5MemoryType: Int64 { ch5_type_native_uint64() }
  package static var hdf5Description: [UInt8] { HDF5Type.integer(bytes: 8, isSigned: false) }
}

extension UInt8: HDF5Element {
  package static var hdf5Name: String { "uint8" }
  package static var hdf5FileType: Int64 { ch5_type_uint8() }
  package static var hdf5MemoryType: Int64 { ch5_type_native_uint8() }
  package static var hdf5Description: [UInt8] { HDF5Type.integer(bytes: 1, isSigned: false) }
}

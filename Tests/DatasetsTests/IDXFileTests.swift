import Datasets
import Tensors
import Testing

@Suite("IDX files") struct IDXFileTests {
  private let good = IDXBytes.make([2, 3, 4])

  @Test("are read whether plain, gzip, or gzip in several members") func variants() throws {
    let directory = try TemporaryDirectory()
    let variants: [String: [UInt8]] = [
      "plain": good, "gzip": GzipBytes.member(good), "named": GzipBytes.member(good, name: "train-images-idx3-ubyte"),
      // Members may end anywhere, even inside the header.
      "members": GzipBytes.member(Array(good[..<6])) + GzipBytes.member([]) + GzipBytes.member(Array(good[6...])),
      // What counts is what is inside, not what the file is called.
      "plain.gz": good,
    ]
    for (name, bytes) in variants {
      let array = try IDXArray(path: directory.write(name, bytes), as: .images)
      #expect(array.dimensions == [2, 3, 4], "\(name)")
      #expect(array.bytes.array() == Array(0..<24), "\(name)")
    }
  }

  @Test("larger than every buffer are read whole") func large() throws {
    let directory = try TemporaryDirectory()
    let bytes = IDXBytes.make([700, 31, 29])
    let path = try directory.write("large", GzipBytes.member(bytes))
    #expect(try IDXArray(path: path).bytes.array() == Array(bytes[16...]))
  }

  @Test("are written as they are read", arguments: [false, true]) func roundTrip(compressed: Bool) throws {
    let directory = try TemporaryDirectory()
    let content = Storage<UInt8>((0..<600_000).map { UInt8(truncatingIfNeeded: $0 * $0 >> 7) })
    let path = directory("new/deeper/file")
    try IDXArray.write(content, dimensions: [1000, 20, 30], to: path, compressed: compressed)
    let array = try IDXArray(path: path)
    #expect(array.dimensions == [1000, 20, 30])
    #expect(array.bytes.array() == content.array())
    #expect(try directory.read("new/deeper/file").prefix(2) == (compressed ? [0x1F, 0x8B] : [0, 0]))
  }

  @Test("are equal for equal content") func reproducible() throws {
    let directory = try TemporaryDirectory()
    let dataset = try Samples.dataset(count: 40)
    let first = try dataset.writeIDX(directory: directory("a"), compressed: true)
    _ = try dataset.writeIDX(directory: directory("b"), compressed: true)
    #expect(first == [directory("a/train-images-idx3-ubyte.gz"), directory("a/train-labels-idx1-ubyte.gz")])
    for name in ["train-images-idx3-ubyte.gz", "train-labels-idx1-ubyte.gz"] {
      #expect(try directory.read("a/\(name)") == directory.read("b/\(name)"))
    }
  }

  @Test("that cannot be written leave nothing behind") func unwritable() throws {
    let directory = try TemporaryDirectory()
    try directory.write("file", [1])
    let bytes = Storage<UInt8>([1, 2, 3])
    let error = #expect(throws: DatasetError.self) {
      try IDXArray.write(bytes, dimensions: [3], to: directory("file/below"), compressed: false)
    }
    #expect(error?.description == "cannot write \(directory("file/below")): Not a directory")
    #expect(directory.contents == ["file"])
  }
}

import CHDF5
import Checkpoints
import Tensors
import Testing

/// Files of our writer, looked at by libhdf5 and by our reader, which share no code with it.
@Suite("What HDF5Writer writes is HDF5")
struct HDF5WriterTests {
  /// Two readers of one file.
  private final class Readers {
    private let library: HDF5Reader
    private let plain: HDF5PlainReader

    init(_ image: View<UInt8>) throws {
      library = try HDF5Reader(image: image)
      plain = try HDF5PlainReader(image: image)
    }

    func expect<Element: HDF5Element & Equatable>(_ path: String, _ dimensions: [Int], _ values: [Element]) throws {
      let twin = try library.dataset(path, of: Element.self)
      let own = try plain.dataset(path, of: Element.self)
      #expect(twin.dimensions == dimensions, "\(path)")
      #expect(own.dimensions == dimensions, "\(path)")
      let (twinValues, ownValues) = (try twin.readArray(), own.readArray())
      #expect(twinValues == values, "\(path)")
      #expect(ownValues == values, "\(path)")
    }

    func expect(_ path: String, texts: [String]) throws {
      let (twin, own) = (try library.strings(path), try plain.strings(path, largestCount: texts.count))
      #expect(twin == texts)
      #expect(own == texts)
    }

    func expect(_ name: String, of path: String, text: String) throws {
      let (twin, own) = (try library.text(name, of: path), try plain.text(name, of: path))
      #expect(twin == text)
      #expect(own == text)
    }

    func expect<Element: HDF5Element & Equatable>(_ name: String, of path: String, number: Element) throws {
      let twin = try library.attribute(name, of: path, as: Element.self)
      let own = try plain.attribute(name, of: path, as: Element.self)
      #expect(twin == number)
      #expect(own == number)
    }

    func expectNothing(at path: String) {
      let isThere = library.has(path)
      #expect(!isThere)
      #expect(throws: HDF5Error.self) { try plain.dataset(path, of: Int64.self) }
    }
  }

  /// Lends readers of what `build` has written.
  private func read(_ build: (inout HDF5Writer) throws -> Void, _ body: (Readers) throws -> Void) throws {
    var writer = HDF5Writer()
    try build(&writer)
    let image = writer.image(extraBytes: 0)
    try HDF5Library.withLock { try body(Readers(image.view)) }
    withExtendedLifetime(image) {}
  }

  // A list holds 8 links, a node 32 children: one list, one node, two, and a level more.
  @Test("Groups of any size", arguments: [0, 1, 7, 8, 9, 255, 256, 257, 8_192, 8_193])
  func groups(count: Int) throws {
    let names = (0..<count).map { "n\($0 &* 7_919 % 10_007)" }
    try read { writer in
      try writer.addGroup("/group")
      for (index, name) in names.enumerated() {
        try writer.addDataset("/group/" + name, dimensions: [], values: [Int64(index)])
      }
    } _: { file in
      for (index, name) in names.enumerated() { try file.expect("/group/" + name, [], [Int64(index)]) }
      for absent in ["m", "n", "n00", "nzz", "zz"] { file.expectNothing(at: "/group/" + absent) }
    }
  }

  @Test("libhdf5 lists all names of a group, in order", arguments: [0, 8, 300, 9_000])
  func listing(count: Int) throws {
    let names = (0..<count).map { "ü\($0)" }
    var writer = HDF5Writer()
    try writer.addGroup("/group")
    for name in names { try writer.addGroup("/group/\(name)/inner") }
    var image = writer.image(extraBytes: 0).array()
    let listed: [String] = HDF5Library.withLock {
      let access = H5Pcreate(ch5_class_file_access())
      H5Pset_fapl_core(access, 1 << 16, false)
      H5Pset_file_image(access, &image, image.count)
      let file = H5Fopen("/dev/null/listed", 0, access)
      defer {
        H5Fclose(file)
        H5Pclose(access)
      }
      var information = H5G_info_t()
      guard H5Gget_info_by_name(file, "/group", &information, 0) >= 0 else { return ["no group"] }
      return (0..<information.nlinks).map { index in
        var name = [CChar](repeating: 0, count: 64)
        let length = H5Lget_name_by_idx(file, "/group", H5_INDEX_NAME, H5_ITER_INC, index, &name, name.count, 0)
        return String(decoding: name.prefix(max(0, length)).map { UInt8(bitPattern: $0) }, as: UTF8.self)
      }
    }
    #expect(listed == names.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) })
  }

  @Test("Values of every type and rank, none among them")
  func values() throws {
    let shapes = [[], [0], [1], [3], [2, 3], [3, 0, 2], [1, 2, 1, 2, 1, 2, 1, 2]]
    try read { writer in
      for (index, shape) in shapes.enumerated() {
        let count = shape.reduce(1, *)
        try writer.addDataset("/f/\(index)", dimensions: shape, values: (0..<count).map { Float($0) / 3 })
        try writer.addDataset("/d/\(index)", dimensions: shape, values: (0..<count).map { Double($0) / -7 })
        try writer.addDataset("/i/\(index)", dimensions: shape, values: (0..<count).map { Int64.min + Int64($0) })
        try writer.addDataset("/u/\(index)", dimensions: shape, values: (0..<count).map { UInt64.max - UInt64($0) })
        try writer.addDataset("/b/\(index)", dimensions: shape, values: (0..<count).map { UInt8(255 - $0) })
      }
    } _: { file in
      for (index, shape) in shapes.enumerated() {
        let count = shape.reduce(1, *)
        try file.expect("/f/\(index)", shape, (0..<count).map { Float($0) / 3 })
        try file.expect("/d/\(index)", shape, (0..<count).map { Double($0) / -7 })
        try file.expect("/i/\(index)", shape, (0..<count).map { Int64.min + Int64($0) })
        try file.expect("/u/\(index)", shape, (0..<count).map { UInt64.max - UInt64($0) })
        try file.expect("/b/\(index)", shape, (0..<count).map { UInt8(255 - $0) })
      }
    }
  }

  @Test("Texts and attributes")
  func texts() throws {
    let texts = ["", "größe", String(repeating: "x", count: 300)]
    let long = String(repeating: "ß", count: 127)
    try read { writer in
      try writer.addStrings("/texts", texts, bytesEach: 300)
      try writer.addStrings("/none", [], bytesEach: 1)
      try writer.setAttribute("empty", of: "/group", to: "")
      try writer.setAttribute(long, of: "/group", to: long)
      try writer.setAttribute("number", of: "/group", to: -0.5)
      try writer.setAttribute("seed", of: "/", to: UInt64.max)
    } _: { file in
      try file.expect("/texts", texts: texts)
      try file.expect("/none", texts: [])
      try file.expect("empty", of: "/group", text: "")
      try file.expect(long, of: "/group", text: long)
      try file.expect("number", of: "/group", number: -0.5)
      try file.expect("seed", of: "/", number: UInt64.max)
    }
  }

  @Test("A name that is taken, a group below a dataset, an object without a name")
  func refusals() throws {
    var writer = HDF5Writer()
    try writer.addDataset("/a/b", dimensions: [], values: [Int64(1)])
    #expect(throws: HDF5Error(operation: "create", object: "/a/b", message: "the name is taken")) {
      try writer.addDataset("/a/b", dimensions: [], values: [Int64(2)])
    }
    #expect(throws: HDF5Error(operation: "create", object: "/a", message: "the name is taken")) {
      try writer.addGroup("/a")
    }
    #expect(throws: HDF5Error(operation: "create", object: "/a/b/c", message: "b above it is a dataset")) {
      try writer.addGroup("/a/b/c")
    }
    #expect(throws: HDF5Error(operation: "create", object: "/", message: "it has no name")) { try writer.addGroup("/") }
  }

  // Whatever is written from here on: another machine or another release that gives other bytes for the same state shows here.
  @Test("The bytes of a known checkpoint")
  func knownBytes() throws {
    var hash = SHA256()
    let bytes = Storage(try Bytes.encode(Fixtures.checkpoint()))
    hash.update(bytes.view)
    #expect(SHA256.hexadecimal(hash.finish()) == "14be0b9c4ca1b9ea734bda9ea52cabbd300e670c1d560d136fa52c98c81c25ad")
    withExtendedLifetime(bytes) {}
  }
}

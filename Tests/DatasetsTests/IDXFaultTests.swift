import Datasets
import Testing

@Suite("A bad IDX file is refused with what is wrong") struct IDXFaultTests {
  struct Case: CustomTestStringConvertible, Sendable {
    let name: String
    let bytes: [UInt8]
    var content = IDXContent.images
    let message: String
    var testDescription: String { name }
  }

  private static let good = IDXBytes.make([2, 3, 4])
  private static let member = GzipBytes.member(good)

  private static func changed(_ bytes: [UInt8], at index: Int, to value: UInt8) -> [UInt8] {
    var bytes = bytes
    bytes[index] = value
    return bytes
  }

  static let cases: [Case] = [
    Case(name: "empty", bytes: [], message: "is empty"),
    Case(name: "three bytes", bytes: [0, 0, 8], message: "ends after 3 bytes, inside the IDX header"),
    Case(
      name: "header cut in a dimension", bytes: Array(good[..<14]),
      message: "ends after 14 bytes, inside the IDX header"),
    Case(
      name: "a PNG", bytes: [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A],
      message: "begins with 89 50 4e 47, but an IDX file begins with 00 00 08"),
    Case(
      name: "a web page", bytes: Array("<!DOCTYPE html>".utf8),
      message: "begins with 3c 21 44 4f, but an IDX file begins with 00 00 08"),
    Case(
      name: "floats", bytes: IDXBytes.make([1, 1, 1], type: 0x0D, payload: [0, 0, 0, 0]),
      message: "holds elements of type 0x0d (32-bit floats); only type 0x08, unsigned bytes, is read"),
    Case(
      name: "unknown type", bytes: IDXBytes.make([1, 1, 1], type: 0x07, payload: [0]),
      message: "holds elements of unknown type 0x07; only type 0x08, unsigned bytes, is read"),
    Case(name: "labels as images", bytes: IDXBytes.make([4]), message: "has 1 dimension; images have 3 or 4"),
    Case(
      name: "images as labels", bytes: good, content: .labels, message: "has 3 dimensions; labels have 1"),
    Case(
      name: "no dimensions", bytes: [0, 0, 8, 0], content: .anything,
      message: "has 0 dimensions; arrays have at least 1"),
    Case(
      name: "no samples", bytes: IDXBytes.make([0, 3, 4]), message: "has no elements: its dimensions are 0 × 3 × 4"),
    Case(
      name: "no columns", bytes: IDXBytes.make([2, 3, 0]), message: "has no elements: its dimensions are 2 × 3 × 0"),
    Case(
      name: "product overflows", bytes: IDXBytes.make([0xFFFF_FFFF, 0xFFFF_FFFF, 0xFFFF_FFFF], payload: []),
      message: "claims 4294967295 × 4294967295 × 4294967295 elements, more than can be indexed"),
    Case(
      name: "too many samples", bytes: IDXBytes.make([0x8000_0000, 1, 1], payload: []),
      message: "claims 2147483648 × 1 × 1 elements, more than can be indexed"),
    Case(
      name: "huge claim", bytes: IDXBytes.make([0x7FFF_FFFF, 30000, 30000], payload: [1, 2, 3]),
      message: "holds 3 bytes of data, but its header says 1932735282300000000"),
    Case(
      name: "one byte short", bytes: good.dropLast(), message: "holds 23 bytes of data, but its header says 24"),
    Case(
      name: "no data", bytes: Array(good[..<16]), message: "holds 0 bytes of data, but its header says 24"),
    Case(
      name: "17 bytes more", bytes: good + [UInt8](repeating: 0, count: 17),
      message: "holds 17 bytes more than the 24 its header says"),
    Case(
      name: "gzip, cut in its header", bytes: Array(member[..<7]),
      message: "ends after 7 bytes, inside its gzip data; it was not copied or downloaded whole"),
    Case(
      name: "gzip, cut in the data", bytes: Array(member[..<30]),
      message: "ends after 30 bytes, inside its gzip data; it was not copied or downloaded whole"),
    Case(
      name: "gzip, cut in the checksum", bytes: member.dropLast(),
      message: "ends after \(member.count - 1) bytes, inside its gzip data; it was not copied or downloaded whole"),
    Case(
      name: "gzip, wrong method", bytes: changed(member, at: 2, to: 7),
      message: "has damaged gzip data before byte 4: unknown compression method"),
    Case(
      name: "gzip, a flipped bit in the data", bytes: changed(member, at: 40, to: member[40] ^ 1),
      message: "has damaged gzip data before byte \(member.count - 4): incorrect data check"),
    Case(
      name: "gzip, wrong length", bytes: changed(member, at: member.count - 1, to: 1),
      message: "has damaged gzip data before byte \(member.count): incorrect length check"),
    Case(
      name: "gzip, a bad block", bytes: changed(member, at: 10, to: 7),
      message: "has damaged gzip data before byte 11: invalid block type"),
    Case(
      name: "gzip, too little data", bytes: GzipBytes.member(good.dropLast(4)),
      message: "holds 20 bytes of data, but its header says 24"),
    Case(
      name: "gzip, one byte too many", bytes: GzipBytes.member(good + [0]),
      message: "inflates to more than the 24 bytes of data its header says"),
    Case(
      name: "gzip, a second file behind it", bytes: member + member,
      message: "inflates to more than the 24 bytes of data its header says"),
    Case(
      name: "gzip, a damaged second member", bytes: member + [0x1F, 0x8B, 9, 0],
      message: "has damaged gzip data before byte \(member.count + 4): unknown compression method"),
    Case(
      name: "gzip, a cut second member", bytes: member + [0x1F],
      message: "ends after \(member.count + 1) bytes, inside its gzip data; it was not copied or downloaded whole"),
    Case(
      name: "gzip, padding behind it", bytes: member + [0, 0, 0],
      message: "has 3 bytes behind its gzip data that are not gzip"),
    Case(
      name: "gzip, a claim that cannot be true",
      bytes: GzipBytes.member(IDXBytes.make([1000, 1000, 1000], payload: [])),
      message: "claims 1000000000 bytes of data, more than 39 bytes of gzip can hold"),
    Case(
      name: "gzip, not an IDX file inside", bytes: GzipBytes.member(Array("hello".utf8)),
      message: "begins with 68 65 6c 6c, but an IDX file begins with 00 00 08"),
    Case(
      name: "gzip, nothing inside", bytes: GzipBytes.member([]), message: "ends after 0 bytes, inside the IDX header"),
  ]

  @Test(arguments: cases) func refused(_ bad: Case) throws {
    let directory = try TemporaryDirectory()
    let path = try directory.write("file", bad.bytes)
    let error = #expect(throws: DatasetError.self) { try IDXArray(path: path, as: bad.content) }
    #expect(error?.description == "\(path): \(bad.message)")
  }

  @Test("more elements than there is memory for", arguments: [good, member]) func tooLarge(bytes: [UInt8]) throws {
    let directory = try TemporaryDirectory()
    let path = try directory.write("file", bytes)
    let error = #expect(throws: DatasetError.self) { try IDXArray(path: path, as: .images, largestCount: 23) }
    #expect(
      error?.description == "\(path): claims 24 bytes of data, more than the 23 bytes of memory that can be had")
    #expect(try IDXArray(path: path, as: .images, largestCount: 24).dimensions == [2, 3, 4])
  }

  @Test("more samples than there is memory for") func tooManySamples() throws {
    let context = DatasetContext(largestBytes: 7_839)
    let error = #expect(throws: DatasetError.self) {
      try DigitsSource(trainSamples: 10).load(.train, context: context)
    }
    #expect(
      error?.description == "data set 'digits' takes 7840 bytes of memory, and 7839 can be had; use fewer samples")
  }

  @Test("a missing file") func missing() throws {
    let directory = try TemporaryDirectory()
    let error = #expect(throws: DatasetError.self) { try IDXArray(path: directory("none")) }
    #expect(error?.description == "\(directory("none")): cannot be read: No such file or directory")
  }

  @Test("a directory and a device") func notAFile() throws {
    let directory = try TemporaryDirectory()
    for path in [directory.path, "/dev/zero"] {
      let error = #expect(throws: DatasetError.self) { try IDXArray(path: path) }
      #expect(error?.description == "\(path): is not a regular file")
    }
  }

  @Test("every shorter version of a file is refused", arguments: [false, true]) func everyLength(compressed: Bool)
    throws
  {
    let directory = try TemporaryDirectory()
    let whole = compressed ? Self.member : Self.good
    for length in 0..<whole.count {
      let path = try directory.write("cut", Array(whole[..<length]))
      #expect(throws: DatasetError.self, "\(length) bytes") { try IDXArray(path: path, as: .images) }
    }
  }
}

import CZlib
import Tensors

/// A ZIP archive of files that are stored as they are, as Keras's own archives are.
///
/// Equal files give equal bytes: every file has the same date, the first that the format knows. Sizes of 32 bits, so the archive has at
/// most 4 GiB.
package struct ZipArchive {
  /// Most bytes of an archive.
  package static let largest = Int(UInt32.max)

  private struct Entry {
    let name: [UInt8]
    let content: Storage<UInt8>
    let checksum: UInt32
  }

  private var entries: [Entry] = []

  /// An empty archive.
  package init() {}

  /// Bytes of the whole archive.
  package var byteCount: Int {
    entries.reduce(Self.endLength) {
      $0 + Self.localLength + Self.centralLength + 2 * $1.name.count + $1.content.count
    }
  }

  /// Adds a file.
  ///
  /// - Parameter name: ASCII, with `/` between folders.
  package mutating func add(_ name: String, _ content: Storage<UInt8>) {
    entries.append(Entry(name: Array(name.utf8), content: content, checksum: Self.checksum(content)))
  }

  /// Adds a file of text.
  package mutating func add(_ name: String, _ text: String) { add(name, Storage(Array(text.utf8))) }

  /// The archive: the files, each behind a header of its own, then the headers of all once more.
  ///
  /// - Precondition: `byteCount` is at most `largest`, and there are at most 65,535 files.
  package func bytes() -> Storage<UInt8> {
    precondition(byteCount <= Self.largest && entries.count <= Int(UInt16.max), "too large for a ZIP archive")
    let archive = Storage<UInt8>(count: byteCount, zeroed: false)
    var end = 0
    func append(_ bytes: View<UInt8>) {
      archive.mutableView[end..<end + bytes.count].copy(from: bytes)
      end += bytes.count
    }
    func append(_ bytes: [UInt8]) {
      archive.mutableView[end..<end + bytes.count].copy(from: bytes)
      end += bytes.count
    }
    var central: [UInt8] = []
    for entry in entries {
      central += Self.central(entry, offset: end)
      append(Self.local(entry))
      withExtendedLifetime(entry.content) { append(entry.content.view) }
    }
    let start = end
    append(central)
    append(Self.end(count: entries.count, start: start, length: central.count))
    return archive
  }

  // MARK: Headers (PKWARE, APPNOTE.TXT)

  private static let (localLength, centralLength, endLength) = (30, 46, 22)

  private static func local(_ entry: Entry) -> [UInt8] {
    var header: [UInt8] = []
    header.append(littleEndian: 0x0403_4B50 as UInt32)
    return header + facts(entry) + entry.name
  }

  private static func central(_ entry: Entry, offset: Int) -> [UInt8] {
    // Version 2.0, made on Unix; a regular file that its owner may write and everybody read.
    let (maker, mode) = (3 << 8 | 20 as UInt16, 0o100644 as UInt32)
    var header: [UInt8] = []
    header.append(littleEndian: 0x0201_4B50 as UInt32)
    header.append(littleEndian: maker)
    header += facts(entry)
    // No comment, the first disk, no attributes of MS-DOS's.
    for zero in [0, 0, 0] as [UInt16] { header.append(littleEndian: zero) }
    for number in [mode << 16, UInt32(offset)] { header.append(littleEndian: number) }
    return header + entry.name
  }

  /// What both headers of a file say: version needed, flags, method (0: stored), time, date, checksum, sizes, lengths of name and extras.
  private static func facts(_ entry: Entry) -> [UInt8] {
    // 1980-01-01 00:00.
    let (time, date) = (0 as UInt16, 1 << 5 | 1 as UInt16)
    let size = UInt32(entry.content.count)
    var facts: [UInt8] = []
    for number in [20, 0, 0, time, date] { facts.append(littleEndian: number) }
    for number in [entry.checksum, size, size] { facts.append(littleEndian: number) }
    for number in [UInt16(entry.name.count), 0] { facts.append(littleEndian: number) }
    return facts
  }

  private static func end(count: Int, start: Int, length: Int) -> [UInt8] {
    var end: [UInt8] = []
    end.append(littleEndian: 0x0605_4B50 as UInt32)
    for number in [0, 0, UInt16(count), UInt16(count)] { end.append(littleEndian: number) }
    for number in [UInt32(length), UInt32(start)] { end.append(littleEndian: number) }
    end.append(littleEndian: 0 as UInt16)
    return end
  }

  private static func checksum(_ content: Storage<UInt8>) -> UInt32 {
    withExtendedLifetime(content) {
      content.view.withBytes { UInt32(truncatingIfNeeded: crc32_z(0, $0.baseAddress, $0.count)) }
    }
  }
}

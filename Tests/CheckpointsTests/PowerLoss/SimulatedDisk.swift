/// One directory on a disk, and all that a power cut may leave of it.
///
/// The model is that of POSIX, which promises less than any file system in use (Pillai et al. 2014, ALICE):
/// - A file's bytes are sure only after a flush of the file. Until then any part of them may be missing or zero, whatever became of
///   its name.
/// - A name is sure only after a flush of the directory. Until then it may refer to anything that it referred to since the last one,
///   independently of every other name: creations, renames and removals reach the disk in any order, and either half of a rename may be
///   missing. One name changes at once, which rename(2) promises.
/// - What a failed flush should have made sure never becomes so.
struct SimulatedDisk {
  /// A file, whether or not it has a name.
  private struct File {
    var bytes: [UInt8] = []
    /// Bytes from the start that a flush made sure.
    var sure = 0
    var isBeyondFlushing = false
    /// Equal for equal bytes.
    var identity = 0
  }

  private var files: [File] = []
  /// Of each name, the files (nil: none) that it may refer to after a power cut; the last is the one that it refers to now.
  private var names: [String: [Int?]] = [:]
  /// Names that a failed flush has left in doubt.
  private var doubtful: Set<String> = []

  /// An empty disk.
  init() {}

  /// A disk on which everything is sure: what a process finds when the power is back.
  init(_ state: CrashState) {
    for (name, content) in state.files {
      let bytes = content.remaining
      names[name] = [files.count]
      files.append(File(bytes: bytes, sure: bytes.count, identity: bytes.hashValue))
    }
  }

  mutating func apply(_ operation: FileOperation) {
    switch operation {
    case .create(let name):
      files.append(File())
      refer(name, to: files.count - 1)
    case .write(let name, let bytes):
      change(name) { file in
        file.bytes += bytes
        file.identity = file.bytes.hashValue
      }
    case .flush(let name):
      change(name) { file in if !file.isBeyondFlushing { file.sure = file.bytes.count } }
    case .failedFlush(let name):
      change(name) { $0.isBeyondFlushing = true }
    case .rename(let source, let destination):
      refer(destination, to: current(source))
      refer(source, to: nil)
    case .remove(let name):
      refer(name, to: nil)
    case .flushDirectory:
      for name in names.keys where !doubtful.contains(name) { names[name] = [current(name)] }
    case .failedDirectoryFlush:
      for (name, candidates) in names where candidates.count > 1 { doubtful.insert(name) }
    case .reportedDurable:
      break
    }
  }

  private func current(_ name: String) -> Int? { names[name]?.last ?? nil }

  private mutating func refer(_ name: String, to file: Int?) {
    names[name, default: [nil]].append(file)
    // The directory's block is written again, so that the next flush can be believed.
    doubtful.remove(name)
  }

  private mutating func change(_ name: String, _ body: (inout File) -> Void) {
    guard let index = current(name) else { fatalError("\(name) does not exist") }
    body(&files[index])
  }

  // MARK: After a power cut

  /// Every state that a power cut at this moment may leave.
  func statesAfterPowerCut() -> [CrashState] {
    var states = [CrashState()]
    for (name, candidates) in names.sorted(by: { $0.key < $1.key }) {
      let contents = Set(candidates).flatMap { $0.map(remains) ?? [nil] }
      states = states.flatMap { state in contents.map { state.adding(name, $0) } }
    }
    return states
  }

  /// What may be left of a file's bytes.
  private func remains(of index: Int) -> [CrashState.Content?] {
    let file = files[index]
    let count = file.bytes.count
    var remains = [CrashState.Content(bytes: file.bytes, identity: file.identity, damage: .none)]
    guard file.sure < count else { return remains }
    let unsure = count - file.sure
    // Cut short: nothing, one byte, a quarter, half, whole blocks, all but the trailer's last fields, all but one byte.
    let lengths = [0, 1, unsure / 4, unsure / 2, unsure / 4096 * 4096, unsure - 56, unsure - 32, unsure - 1]
    var damages = Set(lengths.filter { $0 >= 0 && $0 < unsure }.map { CrashState.Damage.cut(file.sure + $0) })
    // Of full length, and parts of it never written: all, the first half, the second half, the last block, one block in the middle.
    let middle = file.sure + unsure / 2
    for range in [
      file.sure..<count, file.sure..<middle, middle..<count, max(file.sure, (count - 1) / 4096 * 4096)..<count,
      middle..<min(middle + 512, count),
    ] where !range.isEmpty {
      damages.insert(.zeros(range))
    }
    damages.insert(.garbage(file.sure..<count))
    remains += damages.map { .init(bytes: file.bytes, identity: file.identity, damage: $0) }
    return remains
  }
}

/// The directory as a process finds it after a power cut.
struct CrashState {
  /// What happened to the bytes of a file.
  enum Damage: Hashable {
    case none
    case cut(Int)
    case zeros(Range<Int>)
    case garbage(Range<Int>)
  }

  /// A file's bytes.
  struct Content {
    var bytes: [UInt8]
    var identity: Int
    var damage: Damage

    /// The bytes that are left.
    var remaining: [UInt8] {
      var bytes = bytes
      switch damage {
      case .none: break
      case .cut(let count): bytes.removeLast(bytes.count - count)
      case .zeros(let range): bytes.replaceSubrange(range, with: repeatElement(0, count: range.count))
      case .garbage(let range): for index in range { bytes[index] ^= UInt8(truncatingIfNeeded: index &* 151 | 1) }
      }
      return bytes
    }
  }

  private(set) var files: [(name: String, content: Content)] = []

  fileprivate func adding(_ name: String, _ content: Content?) -> CrashState {
    var state = self
    if let content { state.files.append((state.nameAfterDeath(name), content)) }
    return state
  }

  /// A temporary name as if another process had given it, one that has died: this one counts as alive.
  private func nameAfterDeath(_ name: String) -> String {
    guard name.hasSuffix(".partial"), let end = name.firstRange(of: ".lockstep-") else { return name }
    return "\(name[..<end.upperBound])99999999-1-\(files.count).partial"
  }

  /// Equal for states in which a reader finds the same.
  var identity: String {
    files.map { "\($0.name) \($0.content.identity) \($0.content.damage)" }.joined(separator: "\n")
  }

  /// Equal for states in which the same files are whole and the same are damaged.
  var outline: String {
    files.map { "\($0.name) \($0.content.damage == .none ? $0.content.identity : -1)" }.joined(separator: "\n")
  }

  /// Puts the files into a directory, in place of everything in it.
  func materialise(in directory: TemporaryDirectory) {
    directory.empty()
    for file in files { Bytes.write(file.content.remaining, to: directory.file(file.name)) }
  }
}

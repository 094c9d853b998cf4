import FuzzTargets
import Glibc

/// Runs files through one of the targets: `fuzz TARGET FILE…`.
///
/// Scripts/fuzz links libFuzzer into it, whose own `main` then comes before this one and calls `LLVMFuzzerTestOneInput`. The target is
/// then named by an environment variable, which libFuzzer hands on to the processes that it starts.
@main
enum Fuzz {
  static let variable = "LOCKSTEP_FUZZ_TARGET"

  static func main() {
    let arguments = CommandLine.arguments
    guard arguments.count >= 2, let target = FuzzTarget(rawValue: arguments[1]) else {
      print("usage: fuzz \(FuzzTarget.allCases.map(\.rawValue).joined(separator: "|")) FILE…")
      exit(EX_USAGE)
    }
    for path in arguments.dropFirst(2) {
      guard let bytes = read(path) else {
        print("\(path): \(String(cString: strerror(errno)))")
        exit(EX_NOINPUT)
      }
      print(path)
      run(target, bytes)
    }
  }

  /// What is not as promised ends the process, as a crash does.
  static func run(_ target: FuzzTarget, _ bytes: [UInt8]) {
    do throws(FuzzFailure) {
      try target.run(bytes)
    } catch {
      fatalError("\(target): \(error)")
    }
  }

  /// The target that the environment names.
  static let target: FuzzTarget = {
    guard let name = getenv(variable), let target = FuzzTarget(rawValue: String(cString: name)) else {
      fatalError("\(variable) names no target")
    }
    return target
  }()

  private static func read(_ path: String) -> [UInt8]? {
    guard let file = fopen(path, "rb") else { return nil }
    defer { fclose(file) }
    var bytes: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 1 << 16)
    while true {
      let count = fread(&chunk, 1, chunk.count, file)
      guard count > 0 else { return bytes }
      bytes += chunk[..<count]
    }
  }
}

/// What libFuzzer calls with each input.
@_cdecl("LLVMFuzzerTestOneInput")
public func testOneInput(_ bytes: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
  Fuzz.run(Fuzz.target, Array(UnsafeBufferPointer(start: bytes, count: count)))
  return 0
}

import ArgumentParser
import Glibc
import ServeArguments
import Training

/// `lockstep serve CHECKPOINT`: becomes `lockstep-serve`, which lies beside this program.
struct ServeCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "serve", abstract: ServeOptions.abstract, discussion: ServeOptions.discussion)

  @OptionGroup var options: ServeOptions

  func run() throws {
    let folder = try ServeCommand.folder()
    let program = folder + "/lockstep-serve"
    // The arguments have been read without complaint: they are passed on as they came.
    let arguments = [program] + CommandLine.arguments.drop { $0 != "serve" }.dropFirst()
    var pointers = arguments.map { strdup($0) } + [nil]
    execv(program, &pointers)
    let reason = String(cString: strerror(errno))
    Console.error(
      """
      lockstep: the server is a program of its own, \(program), which cannot be started: \(reason)
      Build it beside this one: swift build -c release --product lockstep-serve
      """)
    throw ExitCode(Outcome.unavailable.rawValue)
  }

  /// The folder of this program's file, whatever it was called by.
  private static func folder() throws -> String {
    var path = [CChar](repeating: 0, count: Int(PATH_MAX) + 1)
    let count = readlink("/proc/self/exe", &path, Int(PATH_MAX))
    guard count > 0 else {
      let reason = String(cString: strerror(errno))
      Console.error(
        "lockstep: the server is a program beside this one, and /proc/self/exe does not tell where that is: \(reason); "
          + "start lockstep-serve itself")
      throw ExitCode(Outcome.unavailable.rawValue)
    }
    let text = String(decoding: path[..<count].map { UInt8(bitPattern: $0) }, as: UTF8.self)
    return String(text[..<(text.lastIndex(of: "/") ?? text.startIndex)])
  }
}

import Foundation
import Testing

/// `Scripts/install` with the program of the tests.
@Suite("Installing")
struct InstallTests {
  private static let script = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().appendingPathComponent("Scripts/install").path

  private static func prepared() throws -> Command {
    var command = try Command()
    command.environment["INSTALL"] = script
    return command
  }

  private static func files(_ command: Command) throws -> [String] {
    let files = try command.output(ofShell: "find . -type f | sort").output
    return files.split(separator: "\n").map { String($0.dropFirst(2)) }
  }

  @Test("puts program, manual page and completions into their places, and removes them again")
  func installs() throws {
    let command = try Self.prepared()
    defer { command.remove() }
    try command.write("mine", to: "my prefix/share/man/man1/other.1")
    // With DESTDIR the completions of shells that are not here are installed too.
    let installed = try command.output(
      ofShell: "DESTDIR=$PWD \"$INSTALL\" --prefix '/my prefix' --program \"$LOCKSTEP\"")
    #expect(installed.status == 0 && installed.error.isEmpty, "\(installed.error)")
    let prefix = "my prefix/"
    let files = [
      "bin/lockstep", "share/bash-completion/completions/lockstep", "share/fish/vendor_completions.d/lockstep.fish",
      "share/man/man1/lockstep.1", "share/zsh/site-functions/_lockstep",
    ].map { prefix + $0 }
    #expect(try Self.files(command) == (files + [prefix + "share/man/man1/other.1"]).sorted())
    for file in files { #expect(installed.output.contains(file)) }
    #expect(try command.output(ofShell: "'my prefix/bin/lockstep' --version").status == 0)
    #expect(try command.read(files[3]).hasPrefix(".\\\" Written by 'lockstep manual'"))
    #expect(try command.read(files[4]).hasPrefix("#compdef lockstep\n"))

    let removed = try command.output(ofShell: "DESTDIR=$PWD \"$INSTALL\" --uninstall --prefix '/my prefix'")
    #expect(removed.status == 0 && removed.output.split(separator: "\n").count == files.count)
    #expect(try Self.files(command) == [prefix + "share/man/man1/other.1"])
    let again = try command.output(ofShell: "DESTDIR=$PWD \"$INSTALL\" --uninstall --prefix '/my prefix'")
    #expect(again.status == 0 && again.output.isEmpty && again.error.hasPrefix("Nothing of lockstep is in "))
  }

  @Test("says what it cannot do")
  func refuses() throws {
    let command = try Self.prepared()
    defer { command.remove() }
    for (options, status, message) in [
      ("--prefix", 64, "--prefix needs a folder"), ("--prefix=", 64, "--prefix needs a folder"),
      ("--prefx /x", 64, "unknown option '--prefx'"), ("--program nowhere", 66, "no program: nowhere"),
      ("--prefix /proc/nothing --program \"$LOCKSTEP\"", 74, "cannot write /proc/nothing/bin/lockstep"),
    ] as [(String, Int32, String)] {
      let result = try command.output(ofShell: "\"$INSTALL\" \(options)")
      #expect(result.status == status && result.error.contains("error: \(message)\n"), "\(options): \(result.error)")
    }
  }
}

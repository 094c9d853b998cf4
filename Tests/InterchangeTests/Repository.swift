/// Files of the repository that tests read.
enum Repository {
  /// The path of a file, from the root of the repository.
  static func path(_ file: String) -> String {
    let here = #filePath.split(separator: "/", omittingEmptySubsequences: false)
    return here.dropLast(3).joined(separator: "/") + "/" + file
  }
}

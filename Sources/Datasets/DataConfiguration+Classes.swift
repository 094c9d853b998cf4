extension DataConfiguration {
  /// What the classes are called: by the data set where it has as many names, else by their numbers.
  ///
  /// - Parameter count: as many outputs as the network has.
  public func classNames(count: Int) -> [String] {
    if let names = source.classNames, names.count == count { return names }
    return (0..<count).map(String.init)
  }
}

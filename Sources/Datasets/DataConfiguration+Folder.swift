extension DataConfiguration {
  /// The same with samples from another folder of IDX files, which `LOCKSTEP_DATA` does not replace.
  ///
  /// - Returns: the samples' description, and where they are to be looked for.
  public func replacingSource(
    by directory: String?, context: DatasetContext
  ) -> (data: DataConfiguration, context: DatasetContext) {
    guard let directory else { return (self, context) }
    let classes = (source as? MNISTSource)?.classes ?? MNISTSource().classes
    return (
      DataConfiguration(
        source: MNISTSource(directory: directory, classes: classes), validation: validation,
        normalization: normalization),
      DatasetContext(workingDirectory: context.workingDirectory, largestBytes: context.largestBytes)
    )
  }
}

import Settings

/// The data sets that a config can name.
///
/// Adding one to Lockstep is a new file in `Sources/` plus one line in `standard`; a program that uses Lockstep as a library adds its
/// own with `adding`.
public typealias DatasetTable = KindTable<any DatasetSource>

extension DatasetTable {
  /// Every one of Lockstep's data sets.
  public static var standard: DatasetTable {
    DatasetTable([
      MNISTSource.self,
      CIFAR10Source.self,
      DigitsSource.self,
      MemorySource.self,
    ])
  }

  /// - Precondition: no two kinds have the same name.
  public init(_ kinds: [any DatasetSource.Type]) { self.init(conforming: kinds) }

  /// These kinds and one more.
  public func adding(_ kind: any DatasetSource.Type) -> DatasetTable { DatasetTable(conforming: kinds + [kind]) }
}

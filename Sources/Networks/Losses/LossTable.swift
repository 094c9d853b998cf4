import Settings

/// The losses that a config can name.
///
/// Adding one to Lockstep is a new file in `Losses/` plus one line in `standard`; a program that uses Lockstep as a library adds its
/// own with `adding`.
public typealias LossTable = KindTable<any Loss>

extension LossTable {
  /// Every one of Lockstep's losses.
  public static var standard: LossTable {
    LossTable([
      SoftmaxCrossEntropy.self,
      MeanSquaredError.self,
    ])
  }

  /// - Precondition: no two kinds have the same name.
  public init(_ kinds: [any Loss.Type]) { self.init(conforming: kinds) }

  /// These kinds and one more.
  public func adding(_ kind: any Loss.Type) -> LossTable { LossTable(conforming: kinds + [kind]) }
}

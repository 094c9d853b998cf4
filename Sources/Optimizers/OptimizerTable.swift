import Settings

/// The optimizers that a config can name.
///
/// Adding one to Lockstep is a new file in `Rules/` plus one line in `standard`; a program that uses Lockstep as a library adds its
/// own with `adding`.
public typealias OptimizerTable = KindTable<any Optimizer>

extension OptimizerTable {
  /// Every one of Lockstep's optimizers.
  public static var standard: OptimizerTable {
    OptimizerTable([
      SGD.self,
      Adam.self,
      AdamW.self,
      RMSProp.self,
    ])
  }

  /// - Precondition: no two kinds have the same name.
  public init(_ kinds: [any Optimizer.Type]) { self.init(conforming: kinds) }

  /// These kinds and one more.
  public func adding(_ kind: any Optimizer.Type) -> OptimizerTable { OptimizerTable(conforming: kinds + [kind]) }
}

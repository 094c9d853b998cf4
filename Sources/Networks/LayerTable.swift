import Settings

/// The layers that a config can name.
///
/// Adding one to Lockstep is a new file in `Layers/` plus one line in `standard`; a program that uses Lockstep as a library adds its
/// own with `adding`.
public typealias LayerTable = KindTable<any Layer>

extension LayerTable {
  /// Every one of Lockstep's layers.
  public static var standard: LayerTable {
    LayerTable([
      Conv2D.self,
      MaxPool2D.self,
      AveragePool2D.self,
      GlobalAveragePool2D.self,
      Dense.self,
      Flatten.self,
      Dropout.self,
      Activation.self,
    ])
  }

  /// - Precondition: no two kinds have the same name.
  public init(_ kinds: [any Layer.Type]) { self.init(conforming: kinds) }

  /// These kinds and one more.
  public func adding(_ kind: any Layer.Type) -> LayerTable { LayerTable(conforming: kinds + [kind]) }
}

/// What an observer wants to be shown of the model at an epoch's end.
public struct InspectionRequest: Sendable, Equatable {
  /// The gradient of the epoch's last step.
  public var gradient: Bool
  /// The parameters after the epoch.
  public var parameters: Bool
  /// How many of the evaluation's mistakes, the most confident ones.
  public var mistakes: Int

  /// Nothing.
  public static let nothing = InspectionRequest(gradient: false, parameters: false, mistakes: 0)

  /// Creates a request.
  public init(gradient: Bool, parameters: Bool, mistakes: Int) {
    self.gradient = gradient
    self.parameters = parameters
    self.mistakes = mistakes
  }
}

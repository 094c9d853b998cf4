/// A picture as bytes that a network takes, and what was done to make them.
public struct PreparedPicture: Sendable, Equatable {
  /// What was done with a picture.
  public enum Treatment: String, Sendable, CaseIterable {
    /// Nothing: it is what the network was trained on, or was said to be.
    case unchanged
    /// Brought to the network's size and channels.
    case resized
    /// Cut out, fitted and centred as MNIST's digits were.
    case centred
  }

  /// `[height, width, channels]`, as the samples that the network was trained on.
  public let bytes: [UInt8]
  /// How they were made.
  public let treatment: Treatment
  /// Whether dark and light were exchanged, because ink is the lighter one in what the network was trained on.
  public let isInverted: Bool
  /// Whether there is nothing on the paper.
  public let isBlank: Bool

  package init(bytes: [UInt8], treatment: Treatment, isInverted: Bool, isBlank: Bool) {
    self.bytes = bytes
    self.treatment = treatment
    self.isInverted = isInverted
    self.isBlank = isBlank
  }
}

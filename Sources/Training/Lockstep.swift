/// The program.
public enum Lockstep {
  /// Version of the program, as `lockstep --version` prints it.
  public static let version = "0.1.0"
}

/// The version of Lockstep. (Not `Lockstep.version`: that is the name of the module that programs import.)
public enum LockstepVersion {
  /// As `lockstep --version` prints it.
  public static let current = "0.1.0"
}

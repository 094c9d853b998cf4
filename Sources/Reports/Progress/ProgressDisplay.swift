import Training

/// How progress is shown.
public enum ProgressMode: String, CaseIterable, Sendable {
  /// A bar on a terminal, plain lines elsewhere.
  case auto
  /// A bar, wherever.
  case bar
  /// Plain lines, wherever.
  case plain
  /// Nothing.
  case none
}

/// Chooses how progress is shown.
public enum ProgressDisplay {
  /// The observer for a mode; nil for `none`.
  public static func make(
    mode: ProgressMode = .auto, terminal: Terminal = .standardError
  ) -> (any TrainingObserver)? {
    switch mode {
    case .auto: terminal.isInteractive ? ProgressBar(terminal: terminal) : PlainProgress(terminal: terminal)
    case .bar: ProgressBar(terminal: terminal)
    case .plain: PlainProgress(terminal: terminal)
    case .none: nil
    }
  }
}

import Training

extension RunConfig {
  /// Who writes down a run as its config wants it.
  package func logs() -> [any TrainingObserver] {
    let metrics = MetricsLog(everySteps: logging.everySteps, metrics: training.metrics.map(\.name))
    return [metrics] + (logging.tensorBoard ? [TensorBoardLog(self)] : [])
  }
}

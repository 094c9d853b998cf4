import Datasets
import Networks
import Optimizers
import Settings

extension ConfigVocabulary {
  /// This vocabulary and one more data set.
  ///
  /// - Precondition: no two have the same name, here as below.
  public func adding(_ kind: any DatasetSource.Type) -> ConfigVocabulary {
    changed { $0.datasets = datasets.adding(kind) }
  }

  /// This vocabulary and one more layer.
  public func adding(_ kind: any Layer.Type) -> ConfigVocabulary { changed { $0.layers = layers.adding(kind) } }

  /// This vocabulary and one more loss.
  public func adding(_ kind: any Loss.Type) -> ConfigVocabulary { changed { $0.losses = losses.adding(kind) } }

  /// This vocabulary and one more metric.
  public func adding(_ kind: any Metric.Type) -> ConfigVocabulary { changed { $0.metrics = metrics.adding(kind) } }

  /// This vocabulary and one more update rule.
  public func adding(_ kind: any Optimizer.Type) -> ConfigVocabulary {
    changed { $0.optimizers = optimizers.adding(kind) }
  }

  /// This vocabulary and one more schedule.
  public func adding(_ kind: any Schedule.Type) -> ConfigVocabulary {
    changed { $0.schedules = schedules.adding(kind) }
  }

  private func changed(_ change: (inout ConfigVocabulary) -> Void) -> ConfigVocabulary {
    var copy = self
    change(&copy)
    return copy
  }

  /// This vocabulary and the kinds of a config's values that it does not have.
  ///
  /// - Throws: `SettingsError` where two kinds have one name.
  package func including(_ config: RunConfig) throws(SettingsError) -> ConfigVocabulary {
    try including(
      source: config.data.source, layers: config.model.layers, loss: config.training.loss,
      optimizer: config.training.optimizer, schedule: config.training.schedule, metrics: config.training.metrics)
  }

  /// This vocabulary and the kinds of these values that it does not have.
  ///
  /// - Throws: `SettingsError` where two kinds have one name.
  func including(
    source: any DatasetSource, layers: [any Layer], loss: any Loss, optimizer: any Optimizer, schedule: any Schedule,
    metrics: [any Metric]
  ) throws(SettingsError) -> ConfigVocabulary {
    var result = self
    result.datasets = try result.datasets.including(type(of: source), at: "data.dataset")
    result.losses = try result.losses.including(type(of: loss), at: "training.loss")
    result.optimizers = try result.optimizers.including(type(of: optimizer), at: "training.optimizer")
    result.schedules = try result.schedules.including(type(of: schedule), at: "training.schedule")
    for (index, layer) in layers.enumerated() {
      result.layers = try result.layers.including(type(of: layer), at: "model.layers[\(index)]")
    }
    for (index, metric) in metrics.enumerated() {
      result.metrics = try result.metrics.including(type(of: metric), at: "training.metrics[\(index)]")
    }
    return result
  }
}

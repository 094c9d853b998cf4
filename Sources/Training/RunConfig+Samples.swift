import Datasets
import Tensors

extension RunConfig {
  /// Shape of the samples that this run is trained on, `[height, width, channels]`, for pictures that are to be like them.
  ///
  /// - Throws: `DatasetError` where neither data set nor config say it and the files that would are not there.
  public func sampleShape(context: DatasetContext) throws(DatasetError) -> Shape {
    if let shape = data.source.sampleShape { return shape }
    // Of the same number of elements, or the samples would not fit the network.
    if let input = model.input {
      if input.rank == 3 { return input }
      if input.count == SyntheticDigits.shape.count { return SyntheticDigits.shape }
    }
    return try data.source.load(.test, context: context).shape
  }
}

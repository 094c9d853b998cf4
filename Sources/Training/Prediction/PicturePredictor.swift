import Datasets
import Pictures
import Synchronization
import Tensors
import Workers

/// Recognises pictures from outside, any number of them: read, prepared and put through the network in batches, on all threads.
///
/// A thread has one picture decoded at a time, and of a batch only the samples are kept, so that memory does not grow with the number of
/// files; of IDX files, one is in memory. What a picture is taken for does not depend on the others, nor on the number of threads.
public final class PicturePredictor {
  /// Pictures that are put through the network at once.
  private static let batchSize = 512

  /// Gets the result of each picture, and the error of each input that has none, in order.
  public typealias Report = (Result<Prediction, PredictionError>) throws -> Void

  private let model: CheckpointModel
  private let preparation: PicturePreparation
  private let pictureLimits: PictureLimits
  private let idxLimit: Int
  private let pool: WorkerPool
  private var batch: [Result<PredictionItem, PredictionError>] = []
  /// The IDX file that was read last.
  private var idx: (path: String, array: IDXArray)?

  /// - Parameters:
  ///   - preparation: for the shape of the network's samples.
  ///   - idxLimit: most bytes of an IDX file's images.
  /// - Throws: `TrainingError.unfit` where the network takes other inputs than are prepared.
  public init(
    model: CheckpointModel, preparation: PicturePreparation, machine: Machine,
    pictureLimits: PictureLimits = PictureLimits(), idxLimit: Int = .max
  ) throws(TrainingError) {
    guard preparation.shape.count == model.network.input.count else {
      throw .unfit("the network takes inputs of \(model.network.input), not pictures of \(preparation.shape)")
    }
    self.model = model
    self.preparation = preparation
    self.pictureLimits = pictureLimits
    self.idxLimit = idxLimit
    pool = WorkerPool(workerCount: machine.threads, spins: false)
  }

  /// Recognises what is named, in this order.
  ///
  /// - Throws: what `report` throws, and `TrainingError.unfit` where the checkpoint takes no pictures.
  public func run(_ inputs: [PredictionInput], report: Report) throws {
    batch.removeAll()
    for input in inputs { try add(input, report) }
    try finishBatch(report)
    idx = nil
  }

  // MARK: What is named

  private func add(_ input: PredictionInput, _ report: Report) throws {
    guard case .file(let path, let images) = input else { return try add(.success(.standardInput), report) }
    switch Result(catching: { () throws(PredictionError) in try isIDX(path) }) {
    case .failure(let error): try add(.failure(error), report)
    case .success(false): try add(images == nil ? .success(.file(path)) : .failure(.onlyOne(path: path)), report)
    case .success(true):
      // Those of another IDX file go first, so that it need not be kept.
      if idx?.path != path { try finishBatch(report) }
      switch Result(catching: { () throws(PredictionError) in try range(images, of: path) }) {
      case .failure(let error): try add(.failure(error), report)
      case .success((let array, let range)):
        for index in range { try add(.success(.image(array, index, path: path)), report) }
      }
    }
  }

  private func add(_ item: Result<PredictionItem, PredictionError>, _ report: Report) throws {
    batch.append(item)
    if batch.count == Self.batchSize { try finishBatch(report) }
  }

  private func isIDX(_ path: String) throws(PredictionError) -> Bool {
    do throws(PictureError) {
      let prefix = try PictureFile.prefix(of: path)
      do throws(PictureFault) {
        return try [.idx, .gzip].contains(PictureFormat(prefix: prefix))
      } catch {
        throw PictureError(path: path, fault: error)
      }
    } catch {
      throw .picture(error)
    }
  }

  /// The images of an IDX file that were asked for.
  private func range(_ images: ClosedRange<Int>?, of path: String) throws(PredictionError) -> (
    IDXArray, ClosedRange<Int>
  ) {
    if idx?.path != path { idx = (path, try read(path)) }
    guard let array = idx?.array else { preconditionFailure("an IDX file was read and is not there") }
    let count = array.dimensions[0]
    let range = images ?? 0...count - 1
    guard range.upperBound < count else { throw .noSuchImage(path: path, asked: range.upperBound, count: count) }
    return (array, range)
  }

  /// The images of an IDX file. The one before is let go of first.
  private func read(_ path: String) throws(PredictionError) -> IDXArray {
    idx = nil
    let array: IDXArray
    do throws(DatasetError) {
      array = try IDXArray(path: path, as: .images, largestCount: idxLimit)
    } catch {
      // What begins with two zero bytes is an IDX file from the start: another beginning was found only after inflating.
      if case .file(_, .magic) = error { throw .picture(PictureError(path: path, fault: .compressed)) }
      throw .images(error)
    }
    do throws(PictureFault) {
      try preparation.check(array, limits: pictureLimits)
    } catch {
      throw .picture(PictureError(path: path, fault: error))
    }
    return array
  }

  // MARK: A batch

  private func finishBatch(_ report: Report) throws {
    let items = batch
    batch.removeAll(keepingCapacity: true)
    let prepared = try prepare(items)
    let bytes = prepared.flatMap { (try? $0.get().bytes) ?? [] }
    let probabilities = bytes.isEmpty ? [] : try model.probabilities(of: Storage(bytes))
    let classes = model.network.output.count
    var place = 0
    for (item, result) in zip(items, prepared) {
      switch (item, result) {
      case (.failure(let error), _), (_, .failure(let error)): try report(.failure(error))
      case (.success(let item), .success(let picture)):
        let row = Array(probabilities[place..<place + classes])
        place += classes
        let isFinite = row.allSatisfy(\.isFinite)
        try report(
          isFinite
            ? .success(Prediction(source: item.source, index: item.index, probabilities: row, picture: picture))
            : .failure(.notFinite(path: item.source)))
      }
    }
  }

  /// Reads and prepares, each picture by itself.
  private func prepare(
    _ items: [Result<PredictionItem, PredictionError>]
  ) throws -> [Result<PreparedPicture, PredictionError>] {
    let results = Mutex<[Int: Result<PreparedPicture, PredictionError>]>([:])
    let (preparation, limits) = (preparation, pictureLimits)
    try pool.run(items.count) { _, index in
      let result = items[index].flatMap { item in
        Result { () throws(PredictionError) in try item.prepared(preparation, limits) }
      }
      results.withLock { $0[index] = result }
    }
    return results.withLock { results in items.indices.compactMap { results[$0] } }
  }
}

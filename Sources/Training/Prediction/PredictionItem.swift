import Datasets
import Pictures
import Tensors

/// One picture that is still to be read.
enum PredictionItem: Sendable {
  /// A file of its own.
  case file(String)
  /// What arrives through standard input.
  case standardInput
  /// An image of an IDX file.
  case image(IDXArray, Int, path: String)

  /// Where it comes from, for people.
  var source: String {
    switch self {
    case .file(let path), .image(_, _, let path): path
    case .standardInput: PredictionInput.standardInput.description
    }
  }

  /// Its number in an IDX file.
  var index: Int? {
    if case .image(_, let index, _) = self { index } else { nil }
  }

  /// Reads it and makes a sample of it.
  func prepared(
    _ preparation: PicturePreparation, _ limits: PictureLimits
  ) throws(PredictionError) -> PreparedPicture {
    do throws(PictureError) {
      switch self {
      case .file(let path): return preparation.prepare(try PictureFile.read(path, limits: limits))
      case .standardInput:
        return preparation.prepare(try PictureFile.read(descriptor: 0, name: source, limits: limits))
      case .image(let array, let index, _): return preparation.prepare(array, image: index)
      }
    } catch {
      throw .picture(error)
    }
  }
}

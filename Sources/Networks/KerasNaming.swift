/// How Keras 3 names things in a `.weights.h5` file (keras/src/utils/naming.py, `to_snake_case`).
enum KerasNaming {
  /// `Conv2D` → `conv2d`, `MaxPooling2D` → `max_pooling2d`, `GlobalAveragePooling2D` → `global_average_pooling2d`.
  ///
  /// An underscore goes before an upper-case letter that follows a lower-case letter or a digit and begins a lower-case run
  /// (`GlobalAverage`), which leaves `2D` together.
  static func snakeCase(_ name: String) -> String {
    let characters = Array(name)
    var result = ""
    for (index, character) in characters.enumerated() {
      let beginsWord = index + 1 < characters.count && characters[index + 1].isLowercase
      if index > 0, character.isUppercase, beginsWord { result += "_" }
      result += character.lowercased()
    }
    return result
  }
}

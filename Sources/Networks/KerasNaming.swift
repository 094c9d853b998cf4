/// How Keras 3 names things in a `.weights.h5` file (keras/src/utils/naming.py, `to_snake_case`).
package enum KerasNaming {
  /// `Conv2D` → `conv2d`, `MaxPooling2D` → `max_pooling2d`, `LeakyReLU` → `leaky_re_lu`.
  ///
  /// An underscore goes before every upper-case letter that follows a lower-case one or is followed by one. Digits are
  /// neither, which leaves `2D` together.
  package static func snakeCase(_ name: String) -> String {
    let characters = Array(name)
    var result = ""
    for (index, character) in characters.enumerated() {
      let followsLowercase = index > 0 && characters[index - 1].isLowercase
      let beginsWord = index + 1 < characters.count && characters[index + 1].isLowercase
      if index > 0, character.isUppercase, followsLowercase || beginsWord { result += "_" }
      result += character.lowercased()
    }
    return result
  }
}

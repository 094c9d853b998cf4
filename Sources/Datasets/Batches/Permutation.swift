import Tensors

extension MutableView {
  /// Puts the elements into a random order: Fisher and Yates (1938), in Durstenfeld's form (1964).
  ///
  /// The order depends on the stream and the number of elements alone.
  func shuffle(with stream: RandomStream) {
    var stream = stream
    for last in Swift.stride(from: count - 1, to: 0, by: -1) {
      let chosen = stream.integer(below: last + 1)
      (self[last], self[chosen]) = (self[chosen], self[last])
    }
  }
}

extension Storage where Element == Int32 {
  /// 0, 1, 2 … `count − 1`.
  static func identity(count: Int) -> Storage<Int32> {
    precondition(count <= Int(Int32.max), "more samples than 32 bits can number")
    let storage = Storage(count: count, zeroed: false)
    let view = storage.mutableView
    for index in 0..<count { view[index] = Int32(index) }
    return storage
  }
}

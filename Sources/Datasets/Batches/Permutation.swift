import Tensors

/// A random order in the making: Fisher and Yates (1938), in Durstenfeld's form (1964).
///
/// The order depends on the stream and the number of elements alone. It takes one exchange for each element, and these can be made a
/// few at a time, so that a long order need not hold anybody up.
struct Shuffle {
  private var stream: RandomStream
  /// Exchanges still to make; the elements behind have found their places.
  private(set) var remaining: Int

  /// Of `count` elements, none of which has been moved yet.
  init(count: Int, stream: RandomStream) {
    self.stream = stream
    remaining = max(0, count - 1)
  }

  /// Makes further exchanges until `remaining` is as small as asked for.
  mutating func run(_ elements: MutableView<Int32>, untilRemaining target: Int = 0) {
    while remaining > target {
      let chosen = stream.integer(below: remaining + 1)
      (elements[remaining], elements[chosen]) = (elements[chosen], elements[remaining])
      remaining -= 1
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

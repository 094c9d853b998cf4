import Dispatch
import Synchronization
import Tensors

/// How often each byte value occurs. Counts are exact and know no order, so what is derived from them is reproducible.
struct ByteHistogram {
  /// 256 numbers.
  let counts: [Int]

  /// Of all elements.
  init(_ bytes: View<UInt8>) {
    let counter = ByteCounter(channels: 1)
    counter.add(bytes)
    counts = counter.counts
  }

  /// One for each channel of chosen images.
  ///
  /// - Parameter samples: indices of images.
  static func ofChannels(_ dataset: ImageDataset, samples: Storage<Int32>) -> [ByteHistogram] {
    let channels = dataset.shape[2]
    let parts = min(samples.count, 64)
    let total = Mutex([Int](repeating: 0, count: channels * 256))
    DispatchQueue.concurrentPerform(iterations: parts) { part in
      let counter = ByteCounter(channels: channels)
      for place in part * samples.count / parts..<(part + 1) * samples.count / parts {
        counter.add(dataset.image(Int(samples.view[place])))
      }
      let counts = counter.counts
      total.withLock { total in for index in total.indices { total[index] += counts[index] } }
    }
    return total.withLock { total in
      (0..<channels).map { ByteHistogram(counts: Array(total[$0 * 256..<($0 + 1) * 256])) }
    }
  }

  private init(counts: [Int]) { self.counts = counts }

  /// Mean of what was counted, of which there must be some.
  var mean: Double {
    let sum = counts.indices.reduce(0) { $0 + $1 * counts[$1] }
    return Double(sum) / Double(counts.reduce(0, +))
  }

  /// Standard deviation (of the population).
  var deviation: Double {
    let mean = mean
    let sum = counts.indices.reduce(0.0) { sum, value in
      let difference = Double(value) - mean
      return sum + Double(counts[value]) * difference * difference
    }
    return (sum / Double(counts.reduce(0, +))).squareRoot()
  }
}

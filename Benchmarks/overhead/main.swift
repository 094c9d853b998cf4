// What a step costs beside its arithmetic: a network of ten numbers is trained, and phases without work are run.
//
//   swift build -c release --product step-overhead && .build/release/step-overhead
//
// On a machine that does other things too, the least figure tells more than the median.

import Datasets
import Foundation
import Reports
import Settings
import Training
import Workers

let directory = FileManager.default.temporaryDirectory.appendingPathComponent("step-overhead-\(UUID().uuidString)").path
try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
defer { try? FileManager.default.removeItem(atPath: directory) }

let samples = try TinySamples(directory: directory)
print("                                      least    median  µs")
for threads in [1, 2] {
  for items in [threads, 8, 128] {
    show("phase, \(threads) threads, \(items) empty items", measureEmptyPhase(threads: threads, items: items))
  }
}
for threads in [1, 2] {
  show("step, \(threads) threads", try samples.measureStep(threads: threads))
}

func show(_ name: String, _ times: [Double]) {
  let sorted = times.sorted()
  let label = name.padding(toLength: 34, withPad: " ", startingAt: 0)
  print(label + String(format: "%9.3f %9.3f", sorted[0] * 1e6, sorted[sorted.count / 2] * 1e6))
}

/// Seconds of a phase whose items have nothing to do, in blocks of a thousand.
func measureEmptyPhase(threads: Int, items: Int) -> [Double] {
  let pool = WorkerPool(workerCount: threads)
  let body: WorkerPool.Body = { _, _ in }
  return (0..<50).map { _ in
    let begin = DispatchTime.now().uptimeNanoseconds
    // The body cannot throw.
    for _ in 0..<1_000 { try? pool.run(items, body) }
    return Double(DispatchTime.now().uptimeNanoseconds - begin) * 1e-12
  }
}

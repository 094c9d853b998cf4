// What the convolution and dense kernels reach on this core, against a loop of multiply-adds in registers.
//
//   swift build -c release --product kernel-bench && taskset -c 0 .build/release/kernel-bench [SAMPLES]
//
//   kernel-bench peak [THREADS]      GFLOP/s of that loop on so many threads at once, as one number
//
// LOCKSTEP_ISA=avx512|avx2|portable chooses the instruction set, as for lockstep itself.

import Foundation
import Tensors

let kernels = try Kernels.selected(environment: ProcessInfo.processInfo.environment)
if CommandLine.arguments.dropFirst().first == "peak" {
  let threads = CommandLine.arguments.dropFirst(2).first.flatMap(Int.init) ?? 1
  guard (1...1024).contains(threads) else {
    print("usage: kernel-bench peak [THREADS]; 1 to 1024 threads, default 1")
    exit(64)
  }
  print(String(format: "%.1f", Peak.flopsPerSecond(kernels, threads: threads) / 1e9))
  exit(0)
}
let samples = CommandLine.arguments.dropFirst().first.flatMap(Int.init) ?? 16
guard (1...4096).contains(samples) else {
  print("usage: kernel-bench [SAMPLES]; samples in one call, 1 to 4096, default 16")
  exit(64)
}

let layers: [any MeasuredLayer] = [
  MeasuredConvolution(
    "mnist-cnn 28×28×1 → 32, 3×3", kernels, samples: samples, size: 28, channels: 1, filters: 32, kernel: 3, .valid),
  MeasuredConvolution(
    "mnist-cnn 13×13×32 → 64, 3×3", kernels, samples: samples, size: 13, channels: 32, filters: 64, kernel: 3, .valid),
  MeasuredConvolution(
    "lenet5 28×28×1 → 6, 5×5 same", kernels, samples: samples, size: 28, channels: 1, filters: 6, kernel: 5, .same),
  MeasuredConvolution(
    "lenet5 14×14×6 → 16, 5×5", kernels, samples: samples, size: 14, channels: 6, filters: 16, kernel: 5, .valid),
  MeasuredConvolution(
    "vgg 32×32×3 → 64, 3×3 same", kernels, samples: samples, size: 32, channels: 3, filters: 64, kernel: 3, .same),
  MeasuredConvolution(
    "vgg 32×32×64 → 64, 3×3 same", kernels, samples: samples, size: 32, channels: 64, filters: 64, kernel: 3, .same),
  MeasuredConvolution(
    "vgg 16×16×128 → 128, 3×3 same", kernels, samples: samples, size: 16, channels: 128, filters: 128, kernel: 3,
    .same),
  MeasuredWinograd(
    "mnist-cnn 13×13×32 → 64, tiles", kernels, samples: samples, size: 13, channels: 32, filters: 64, .valid),
  MeasuredWinograd(
    "vgg 32×32×64 → 64, tiles", kernels, samples: samples, size: 32, channels: 64, filters: 64, .same),
  MeasuredWinograd(
    "vgg 16×16×128 → 128, tiles", kernels, samples: samples, size: 16, channels: 128, filters: 128, .same),
  MeasuredWinograd(
    "vgg 8×8×256 → 256, tiles", kernels, samples: samples, size: 8, channels: 256, filters: 256, .same),
  MeasuredDense("dense 784 → 512", kernels, samples: samples, inputs: 784, units: 512),
  MeasuredDense("dense 512 → 512", kernels, samples: samples, inputs: 512, units: 512),
  MeasuredDense("dense 1600 → 10", kernels, samples: samples, inputs: 1600, units: 10),
]

// The peak is taken again beside every layer: on a shared machine one moment's may be low.
var peak = 0.0
var rows: [(label: String, measurement: Measurement)] = []
for layer in layers {
  peak = max(peak, Measurement.best { kernels.peak(rounds: 10_000) }.flopsPerSecond)
  for (pass, body) in [
    ("forward", layer.forward), ("weight gradient", layer.weightGradient), ("input gradient", layer.inputGradient),
  ] {
    let name = layer.name.padding(toLength: 30, withPad: " ", startingAt: 0)
    let measurement = Measurement.best {
      body()
      return samples * layer.flops
    }
    rows.append((name + " " + pass.padding(toLength: 16, withPad: " ", startingAt: 0), measurement))
  }
}

print("\(kernels.instructionSet.rawValue): peak \(Int(peak / 1e9)) GFLOP/s; \(samples) samples a call")
print("layer                          pass             µs/sample   GFLOP/s   % of peak")
for (label, measurement) in rows {
  let numbers = [
    measurement.seconds * 1e6 / Double(samples), measurement.flopsPerSecond / 1e9,
    100 * measurement.flopsPerSecond / peak,
  ]
  print("\(label) \(String(format: "%9.2f %9.1f %11.1f", numbers[0], numbers[1], numbers[2]))")
}

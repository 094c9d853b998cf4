// swift-tools-version: 6.1
import PackageDescription

// Floors: a target imports only targets of the floors below it; siblings never import each other.
// `Scripts/check` builds with `--explicit-target-dependency-import-check error`, which holds this picture.
// See docs/architecture.md.

let package = Package(
  name: "lockstep",
  platforms: [.macOS(.v15)],
  products: [
    .executable(name: "lockstep", targets: ["LockstepCommand"]),
    .executable(name: "lockstep-serve", targets: ["lockstep-serve"]),
    // `import Lockstep` is enough for most programs; the floors are for those that need more.
    .library(
      name: "Lockstep",
      targets: [
        "Lockstep", "Tensors", "Settings", "Pictures", "Protobuf", "Networks", "Optimizers", "Datasets", "Workers",
        "Checkpoints",
        "Training", "Reports", "Interchange",
      ]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.5.0"),
    .package(url: "https://github.com/swhitty/FlyingFox", from: "0.27.1"),
  ],
  targets: [
    // Floor 0: the system's libraries and the only C of our own.
    .systemLibrary(name: "CHDF5", pkgConfig: "hdf5", providers: [.apt(["libhdf5-dev"])]),
    .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
    .systemLibrary(name: "CCrypto", pkgConfig: "libcrypto", providers: [.apt(["libssl-dev"])]),
    .target(name: "CKernels"),

    // Floor 1: what every part speaks.
    .target(name: "Tensors", dependencies: ["CKernels", "CCrypto"]),
    .target(name: "Settings"),
    .target(name: "Pictures", dependencies: ["CZlib"]),
    .target(name: "Protobuf"),

    // Floor 2: the parts. None knows another.
    .target(name: "Networks", dependencies: ["Tensors", "Settings"]),
    .target(name: "Optimizers", dependencies: ["Tensors", "Settings"]),
    .target(name: "Datasets", dependencies: ["Tensors", "Settings", "Pictures", "CZlib"]),
    .target(name: "Workers", dependencies: ["Tensors", "CKernels"]),
    .target(name: "Checkpoints", dependencies: ["Tensors", "CHDF5"]),

    // Floor 3: the parts put together.
    .target(
      name: "Training",
      dependencies: ["Tensors", "Settings", "Pictures", "Networks", "Optimizers", "Datasets", "Workers", "Checkpoints"]),

    // Floor 4: what people and other programs read.
    .target(
      name: "Reports",
      dependencies: ["Training", "Checkpoints", "Settings", "Networks", "Datasets", "Pictures", "Protobuf", "Tensors"]),
    .target(
      name: "Interchange",
      dependencies: [
        "Training", "Checkpoints", "Settings", "Networks", "Optimizers", "Datasets", "Protobuf", "Tensors", "CZlib",
      ]),

    // The options of `lockstep serve`, for both programs that know them.
    .target(
      name: "ServeArguments", dependencies: [.product(name: "ArgumentParser", package: "swift-argument-parser")]),
    // `lockstep serve`: HTTP, the API and the page.
    .target(
      name: "Serving",
      dependencies: [
        "Training", "Settings", "Networks", "Datasets", "Pictures", "Checkpoints", "Tensors",
        .product(name: "FlyingSocks", package: "FlyingFox"),
      ],
      resources: [
        .embedInCode("Page/index.html"), .embedInCode("Page/page.css"), .embedInCode("Page/page.js"),
        .embedInCode("Page/pad.js"), .embedInCode("Page/picture.js"), .embedInCode("Page/curves.js"),
        .embedInCode("API/openapi.json"),
      ]),

    // Floor 5: the commands. The server is a program of its own, so that who trains does not build it. A module `lockstep` beside
    // `Lockstep` would be one file where the file system knows no case.
    .executableTarget(
      name: "LockstepCommand",
      dependencies: [
        "Training", "Reports", "Interchange", "Settings", "Networks", "Optimizers", "Datasets", "Workers",
        "Checkpoints", "Pictures", "Tensors", "ServeArguments",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ]),
    .executableTarget(
      name: "lockstep-serve",
      dependencies: [
        "Serving", "ServeArguments", "Training", "Checkpoints",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ]),

    // Floor 5 too: what programs import.
    .target(
      name: "Lockstep",
      dependencies: [
        "Training", "Reports", "Interchange", "Settings", "Networks", "Optimizers", "Datasets", "Workers",
        "Checkpoints",
        "Tensors",
      ]),
    // Programs that import it, as anybody's would: without what only this package sees.
    .executableTarget(
      name: "stripes", dependencies: ["Lockstep"], path: "Examples/Stripes", packageAccess: false),
    .executableTarget(
      name: "two-moons", dependencies: ["Lockstep"], path: "Examples/TwoMoons", packageAccess: false),
    .executableTarget(
      name: "own-parts", dependencies: ["Lockstep"], path: "Examples/OwnParts", packageAccess: false),

    // What the kernels reach: `swift run -c release kernel-bench`.
    .executableTarget(name: "kernel-bench", dependencies: ["Tensors"], path: "Benchmarks/kernels"),
    // What a step costs beside its arithmetic: `swift run -c release step-overhead`.
    .executableTarget(
      name: "step-overhead", dependencies: ["Training", "Reports", "Settings", "Datasets", "Workers", "Tensors"],
      path: "Benchmarks/overhead"),
    // What `Benchmarks/startup` asks about the parts of a start.
    .executableTarget(
      name: "startup-probe", dependencies: ["Training", "Settings", "Datasets"], path: "Benchmarks/startup-probe"),

    .testTarget(name: "TensorsTests", dependencies: ["Tensors"]),
    .testTarget(name: "SettingsTests", dependencies: ["Settings"]),
    .testTarget(name: "PicturesTests", dependencies: ["Pictures"], exclude: ["Goldens"]),
    .testTarget(name: "ProtobufTests", dependencies: ["Protobuf"]),
    .testTarget(name: "NetworksTests", dependencies: ["Networks", "Tensors", "Settings"]),
    .testTarget(name: "OptimizersTests", dependencies: ["Optimizers", "Tensors", "Settings"], exclude: ["Goldens"]),
    .testTarget(
      name: "DatasetsTests", dependencies: ["Datasets", "Pictures", "Tensors", "Settings"], exclude: ["Goldens"]),
    .testTarget(name: "WorkersTests", dependencies: ["Workers", "Tensors"]),
    .testTarget(name: "CheckpointsTests", dependencies: ["Checkpoints", "Tensors", "CHDF5"]),
    .testTarget(
      name: "TrainingTests",
      dependencies: [
        "Training", "Pictures", "Tensors", "Settings", "Networks", "Optimizers", "Datasets", "Workers", "Checkpoints",
      ]),
    .testTarget(
      name: "ReportsTests",
      dependencies: [
        "Reports", "Training", "Checkpoints", "Settings", "Networks", "Datasets", "Pictures", "Protobuf", "Tensors",
      ],
      exclude: ["Goldens"]),
    .testTarget(
      name: "InterchangeTests",
      dependencies: [
        "Interchange", "Training", "Networks", "Optimizers", "Datasets", "Settings", "Checkpoints", "Protobuf",
        "Tensors",
      ]),
    .testTarget(
      name: "ServingTests",
      dependencies: [
        "Serving", "Training", "Reports", "Settings", "Datasets", "Pictures", "Checkpoints", "Tensors",
      ]),
    // Run the built programs, so they depend on them without importing them. Tensors has the SHA-256 that seals a changed checkpoint.
    .testTarget(
      name: "CommandTests",
      dependencies: [
        "LockstepCommand", "lockstep-serve", "allocation-probe", "stripes", "two-moons", "own-parts",
        "Lockstep", "Pictures", "Tensors",
      ]),
    .testTarget(name: "LockstepTests", dependencies: ["Lockstep"], packageAccess: false),
    // Test support; no product has it.
    .executableTarget(
      name: "allocation-probe", dependencies: ["Training", "Reports", "Datasets", "Settings"],
      path: "Tests/Support/AllocationProbe"),

    // What reads from outside as functions of any bytes, and the program that Scripts/fuzz builds with libFuzzer.
    .target(
      name: "FuzzTargets",
      dependencies: [
        "Training", "Reports", "Settings", "Pictures", "Networks", "Datasets", "Workers", "Checkpoints", "Tensors",
        "Serving",
      ],
      path: "Tests/Fuzz/Targets"),
    .executableTarget(name: "fuzz", dependencies: ["FuzzTargets"], path: "Tests/Fuzz/Driver"),
    .testTarget(name: "FuzzTests", dependencies: ["FuzzTargets"]),
  ],
  swiftLanguageModes: [.v6]
)

import Checkpoints
import Glibc
import Testing

@Suite("After a power cut at any moment the last durable checkpoint is found, or a newer whole one")
struct PowerLossTests {
  private func trace(_ scenario: SaveScenario) throws -> [FileOperation] {
    try scenario.run(in: TemporaryDirectory(inMemory: true)).trace
  }

  @Test("Every state that a power cut may leave", arguments: [SaveScenario.keepOne, .keepBest])
  func everyState(scenario: SaveScenario) throws {
    let trace = try trace(scenario)
    var simulator = PowerLossSimulator(saved: scenario.saved, retention: scenario.retention, cutsTwice: true)
    let violations = simulator.violations(of: trace)
    #expect(violations.isEmpty)
    print(
      "power loss, \(scenario.name): \(trace.count) operations, \(simulator.stateCount) states, "
        + "\(simulator.nextSaveCount) next saves, \(simulator.secondStateCount) states after a second cut, "
        + "\(violations.count) losses")
    #expect(simulator.stateCount > 100)
    #expect(simulator.secondStateCount > 1000)
  }

  @Test("… also where a call fails, once or from then on, and the run goes on saving")
  func everyStateAfterFaults() throws {
    let scenario = SaveScenario.keepOne
    var simulator = PowerLossSimulator(saved: scenario.saved, retention: scenario.retention)
    var traces = 0
    faults: for number in 1... {
      for fault in [FaultyFileSystem.Fault.transient(number), .persistent(number)] {
        let faulty = FaultyFileSystem(fault, code: EIO, over: .unflushed)
        let trace = try scenario.run(in: TemporaryDirectory(inMemory: true), over: faulty.fileSystem).trace
        if faulty.calls.count < number { break faults }
        let violations = simulator.violations(of: trace)
        #expect(violations.isEmpty, "\(fault)")
        traces += 1
      }
    }
    print(
      "power loss after faults: \(traces) traces, \(simulator.stateCount) states, "
        + "\(simulator.nextSaveCount) next saves")
    #expect(traces >= 2 * 24)
  }

  // MARK: Writers that lose data are found out

  private var simulator = PowerLossSimulator(
    saved: SaveScenario.keepOne.saved, retention: SaveScenario.keepOne.retention)

  private mutating func kinds(_ trace: [FileOperation]) -> Set<PowerLossSimulator.Violation.Kind> {
    Set(simulator.violations(of: trace).map(\.kind))
  }

  @Test("A writer that leaves out one flush of a file")
  mutating func missingFlush() throws {
    let scenario = SaveScenario.keepOne
    let trace = try trace(scenario)
    let flushes = trace.indices.filter { if case .flush = trace[$0] { true } else { false } }
    #expect(flushes.count == scenario.saved.count)
    for index in flushes {
      var wrong = trace
      wrong.remove(at: index)
      #expect(kinds(wrong).isSuperset(of: [.damagedFile, .lost]))
    }
  }

  @Test("A writer that leaves out one flush of the directory")
  mutating func missingDirectoryFlush() throws {
    let scenario = SaveScenario.keepOne
    let trace = try trace(scenario)
    let flushes = trace.indices.filter { trace[$0] == .flushDirectory }
    #expect(flushes.count == scenario.saved.count)
    for index in flushes {
      var wrong = trace
      wrong.remove(at: index)
      #expect(kinds(wrong) == [.lost])
    }
  }

  @Test("A writer that renames before it flushes")
  mutating func earlyRename() throws {
    var wrong = try trace(.keepOne)
    for index in wrong.indices {
      guard case .flush = wrong[index], case .rename(_, let name) = wrong[index + 1] else { continue }
      wrong[index] = wrong[index + 1]
      wrong[index + 1] = .flush(name)
    }
    #expect(kinds(wrong) == [.damagedFile])
  }

  @Test("A writer that removes the old one before the new one is durable")
  mutating func earlyRemoval() throws {
    let trace = try trace(.keepOne)
    var wrong = trace
    var moved = 0
    for index in trace.indices {
      // flush of the directory, removal → removal, flush of the directory.
      guard trace[index] == .flushDirectory, index + 1 < trace.count, case .remove = trace[index + 1] else { continue }
      wrong.swapAt(index, index + 1)
      moved += 1
    }
    #expect(moved == SaveScenario.keepOne.saved.count - 1)
    #expect(kinds(wrong) == [.lost])
  }

  @Test("A writer that writes in place")
  mutating func inPlace() throws {
    var names: [String: String] = [:]
    let trace = try trace(.keepOne)
    for case .rename(let source, let destination) in trace { names[source] = destination }
    let wrong = trace.compactMap { operation -> FileOperation? in
      switch operation {
      case .create(let name): .create(names[name] ?? name)
      case .write(let name, let bytes): .write(names[name] ?? name, bytes)
      case .flush(let name): .flush(names[name] ?? name)
      case .rename: nil
      default: operation
      }
    }
    #expect(kinds(wrong) == [.damagedFile])
  }
}

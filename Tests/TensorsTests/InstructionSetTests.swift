import Tensors
import Testing

/// The instruction set is the fastest there is, or the one that is asked for, or a clear refusal.
struct InstructionSetTests {
  @Test func fastestIsChosen() throws {
    let fastest = try #require(everyKernels.last)
    #expect(try Kernels.selected(environment: [:]).instructionSet == fastest.instructionSet)
    #expect(try Kernels.selected(environment: ["LOCKSTEP_ISA": ""]).instructionSet == fastest.instructionSet)
  }

  @Test func portableRunsEverywhere() throws {
    #expect(try Kernels.selected(environment: ["LOCKSTEP_ISA": "portable"]).instructionSet == .portable)
  }

  @Test(arguments: InstructionSet.allCases)
  func forcedIsTakenOrRefused(set: InstructionSet) throws {
    let environment = ["LOCKSTEP_ISA": set.rawValue]
    if Kernels(set) != nil {
      #expect(try Kernels.selected(environment: environment).instructionSet == set)
    } else {
      #expect(throws: InstructionSetError.unsupported(set)) { try Kernels.selected(environment: environment) }
    }
  }

  @Test(arguments: ["sse", "AVX2", " avx2"])
  func unknownIsRefused(name: String) {
    #expect(throws: InstructionSetError.unknown(name: name)) {
      try Kernels.selected(environment: ["LOCKSTEP_ISA": name])
    }
  }

  @Test func messages() {
    #expect(
      InstructionSetError.unknown(name: "sse").description
        == "LOCKSTEP_ISA is 'sse'; expected one of avx512, avx2, portable")
    #expect(
      InstructionSetError.unsupported(.avx512).description
        == "LOCKSTEP_ISA asks for avx512, which this processor does not have; unset it, or use portable")
  }
}

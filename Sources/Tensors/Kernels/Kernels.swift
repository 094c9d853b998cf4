import CKernels

/// The instruction sets that kernels are compiled for. Results are equal bit for bit within one of them, not across.
public enum InstructionSet: String, Sendable, CaseIterable {
  /// Any processor: 128-bit vectors, no fused multiply-add.
  case portable
  /// x86-64-v3: 256-bit vectors, fused multiply-add.
  case avx2
  /// x86-64-v4: 512-bit vectors.
  case avx512

  var code: ls_isa {
    switch self {
    case .portable: LS_ISA_PORTABLE
    case .avx2: LS_ISA_AVX2
    case .avx512: LS_ISA_AVX512
    }
  }
}

/// Why the instruction set that was asked for cannot be used.
public enum InstructionSetError: Error, Equatable, Sendable, CustomStringConvertible {
  /// `LOCKSTEP_ISA` names none of the known sets.
  case unknown(name: String)
  /// The processor (or this build) does not have it.
  case unsupported(InstructionSet)

  /// One line for the user.
  public var description: String {
    let known = InstructionSet.allCases.reversed().map(\.rawValue).joined(separator: ", ")
    switch self {
    case .unknown(let name): return "LOCKSTEP_ISA is '\(name)'; expected one of \(known)"
    case .unsupported(let set):
      return "LOCKSTEP_ISA asks for \(set.rawValue), which this processor does not have; unset it, or use portable"
    }
  }
}

/// The kernels of one instruction set: the Swift face of `CKernels`.
///
/// A value is one pointer to a constant table, so passing it costs nothing. Every function checks the lengths of its views against
/// the sizes it was given, once, and then calls C.
public struct Kernels: @unchecked Sendable {
  // Safe to send: the table is a constant of the program.
  let table: UnsafePointer<ls_kernels>
  /// The instruction set these kernels use.
  public let instructionSet: InstructionSet

  /// Returns nil where the processor cannot run `instructionSet`.
  public init?(_ instructionSet: InstructionSet) {
    guard let table = ls_kernels_for(instructionSet.code) else { return nil }
    self.table = table
    self.instructionSet = instructionSet
  }

  /// The fastest set this processor has, or the one that `LOCKSTEP_ISA` (`avx512`, `avx2`, `portable`) forces.
  ///
  /// - Parameter environment: the process's environment.
  /// - Throws: `InstructionSetError` where the forced set is unknown or cannot run here.
  public static func selected(environment: [String: String]) throws(InstructionSetError) -> Kernels {
    if let name = environment["LOCKSTEP_ISA"], !name.isEmpty {
      guard let set = InstructionSet(rawValue: name) else { throw .unknown(name: name) }
      guard let kernels = Kernels(set) else { throw .unsupported(set) }
      return kernels
    }
    for set in InstructionSet.allCases.reversed() {
      if let kernels = Kernels(set) { return kernels }
    }
    preconditionFailure("the portable kernels are part of every build")
  }
}

/// A check of a view's length against what a kernel will touch; the one place where a wrong length is caught.
@inline(__always)
func check<Element>(_ view: View<Element>, holds count: Int, _ name: StaticString) {
  precondition(view.count >= count, "\(name) is shorter than the kernel needs")
}

@inline(__always)
func check<Element>(_ view: MutableView<Element>, holds count: Int, _ name: StaticString) {
  precondition(view.count >= count, "\(name) is shorter than the kernel needs")
}

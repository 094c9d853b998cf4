import Glibc
import Synchronization

// Counts the heap allocations of all threads of a process that is started with this library in LD_PRELOAD.
//
// The functions below stand in front of the C library's. The linker names them `malloc` and so on (see `AllocationTests`, which builds
// this file, since a package manifest may not pass such flags), so the dynamic linker finds them first, whoever calls: Swift's runtime,
// Dispatch, C++. Each hands on to the C library under its other name. What they take can be freed by the C library's own `free`.

/// Calls so far.
@_cdecl("counted_allocations")
public func countedAllocations() -> Int { allocations.load(ordering: .relaxed) }

private let allocations = Atomic<Int>(0)

@inline(__always)
private func countOne() { allocations.add(1, ordering: .relaxed) }

@_silgen_name("__libc_malloc")
private func libraryMalloc(_ size: Int) -> UnsafeMutableRawPointer?
@_silgen_name("__libc_calloc")
private func libraryCalloc(_ count: Int, _ size: Int) -> UnsafeMutableRawPointer?
@_silgen_name("__libc_realloc")
private func libraryRealloc(_ old: UnsafeMutableRawPointer?, _ size: Int) -> UnsafeMutableRawPointer?
@_silgen_name("__libc_memalign")
private func libraryMemalign(_ alignment: Int, _ size: Int) -> UnsafeMutableRawPointer?

@_cdecl("counted_malloc")
public func countedMalloc(_ size: Int) -> UnsafeMutableRawPointer? {
  countOne()
  return libraryMalloc(size)
}

@_cdecl("counted_calloc")
public func countedCalloc(_ count: Int, _ size: Int) -> UnsafeMutableRawPointer? {
  countOne()
  return libraryCalloc(count, size)
}

@_cdecl("counted_realloc")
public func countedRealloc(_ old: UnsafeMutableRawPointer?, _ size: Int) -> UnsafeMutableRawPointer? {
  countOne()
  return libraryRealloc(old, size)
}

@_cdecl("counted_memalign")
public func countedMemalign(_ alignment: Int, _ size: Int) -> UnsafeMutableRawPointer? {
  countOne()
  return libraryMemalign(alignment, size)
}

@_cdecl("counted_aligned_alloc")
public func countedAlignedAlloc(_ alignment: Int, _ size: Int) -> UnsafeMutableRawPointer? {
  countedMemalign(alignment, size)
}

@_cdecl("counted_posix_memalign")
public func countedPosixMemalign(
  _ result: UnsafeMutablePointer<UnsafeMutableRawPointer?>, _ alignment: Int, _ size: Int
) -> Int32 {
  guard let memory = countedMemalign(alignment, size) else { return ENOMEM }
  result.pointee = memory
  return 0
}

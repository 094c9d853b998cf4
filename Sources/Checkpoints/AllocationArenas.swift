import CHDF5

/// What the C library keeps of the memory that threads gave back.
package enum AllocationArenas {
  /// Keeps a process that saves often from growing. To be called when the program starts.
  ///
  /// Saves run on whichever thread Dispatch has free, and the C library gives each thread an arena of its own, up to eight a processor,
  /// every one of which keeps what the largest file once took. One is enough, as training allocates nothing.
  package static func limit() { ch5_limit_arenas(1) }
}

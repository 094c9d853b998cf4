import Testing
import Workers

/// How much memory a run may have, from the texts of the kernel's files.
@Suite struct MemoryLimitTests {
  private func limit(_ files: [String: String]) -> MemoryLimit? { MemoryLimit.controlGroup { files[$0] } }

  @Test("Version 2: the tightest of a group and the groups above it")
  func version2() {
    var files = [
      "/proc/self/cgroup": "0::/work.slice/job.scope\n",
      "/sys/fs/cgroup/work.slice/job.scope/memory.max": "max\n",
      "/sys/fs/cgroup/work.slice/memory.max": "1073741824\n",
    ]
    #expect(limit(files) == MemoryLimit(bytes: 1 << 30, source: .controlGroup("/work.slice")))
    files["/sys/fs/cgroup/work.slice/job.scope/memory.max"] = "536870912\n"
    #expect(limit(files) == MemoryLimit(bytes: 1 << 29, source: .controlGroup("/work.slice/job.scope")))
    files["/sys/fs/cgroup/memory.max"] = "268435456\n"
    #expect(limit(files) == MemoryLimit(bytes: 1 << 28, source: .controlGroup("/")))
  }

  @Test("Version 1: the hierarchy with the memory controller")
  func version1() {
    var files = [
      "/proc/self/cgroup": "5:memory:/a/b\n4:cpu:/c\n0::/\n",
      "/sys/fs/cgroup/memory/a/b/memory.limit_in_bytes": "9223372036854771712\n",
      "/sys/fs/cgroup/memory/a/memory.limit_in_bytes": "1073741824\n",
      "/sys/fs/cgroup/memory/c/memory.limit_in_bytes": "1024\n",
    ]
    #expect(limit(files) == MemoryLimit(bytes: 1 << 30, source: .controlGroup("/a")))
    files["/sys/fs/cgroup/memory/a/memory.limit_in_bytes"] = nil
    #expect(limit(files)?.bytes == 9_223_372_036_854_771_712)
  }

  @Test(
    "A limit of none, or one that cannot be read, is no limit",
    arguments: ["max", "", "0", "-1", "a", "1 2", "99999999999999999999"])
  func noLimit(text: String) {
    #expect(limit(["/proc/self/cgroup": "0::/\n", "/sys/fs/cgroup/memory.max": text]) == nil)
    #expect(
      limit(["/proc/self/cgroup": "5:memory:/\n", "/sys/fs/cgroup/memory/memory.limit_in_bytes": text]) == nil)
  }

  @Test("Without the files there is no limit")
  func noFiles() { #expect(limit([:]) == nil) }

  @Test("Of the address space, what is mapped by now is gone")
  func addressSpace() {
    func left(_ status: String?) -> Int {
      MemoryLimit.addressSpace(limit: 1 << 30) { $0 == "/proc/self/status" ? status : nil }.bytes
    }
    #expect(left("Name:\tlockstep\nVmSize:\t  262144 kB\n") == 3 << 28)
    #expect(left("VmSize:\t  2097152 kB\n") == 0)
    #expect(left(nil) == 1 << 30)
  }

  @Test("This machine has some memory")
  func here() throws {
    let limit = try #require(MemoryLimit.current())
    #expect(limit.bytes > 1 << 26)
  }
}

import Testing
import Workers

/// How many threads a run gets by default, from the texts of the kernel's files.
@Suite struct ProcessorCountTests {
  @Test(
    "The affinity mask is counted",
    arguments: [
      ("0", 1), ("3", 1), ("0-3", 4), ("0-3,8", 5), ("0,2,4-5,64-127", 68), ("0-0", 1), ("0-1048575", 1 << 20),
    ])
  func affinity(list: String, expected: Int) {
    let status = "Name:\tlockstep\nCpus_allowed:\tff\nCpus_allowed_list:\t\(list)\nMems_allowed_list:\t0-7\n"
    #expect(ProcessorCount.affinity { $0 == "/proc/self/status" ? status : nil } == expected)
  }

  @Test(
    "A mask that cannot be read counts as none",
    arguments: ["", "x", "3-1", "0-99999999999", "0-1048576", "1-x", "x-1", "99999999999999999999"])
  func badAffinity(list: String) {
    #expect(ProcessorCount.affinity { _ in "Cpus_allowed_list:\t\(list)\n" } == nil)
  }

  @Test("Without the file or its line there is no mask")
  func noAffinity() {
    #expect(ProcessorCount.affinity { _ in nil } == nil)
    #expect(ProcessorCount.affinity { _ in "Name:\tlockstep\nCpus_allowed:\tff\n" } == nil)
  }

  private func quota(_ files: [String: String]) -> Int? { ProcessorCount.quota { files[$0] } }

  @Test(
    "Version 2: quota by period, rounded up",
    arguments: [
      ("400000 100000", 4), ("150000 100000", 2), ("50000 100000", 1), ("1 100000", 1), ("100001 100000", 2),
      ("800000 50000\n", 16),
    ])
  func version2(limit: String, expected: Int) {
    #expect(quota(["/proc/self/cgroup": "0::/\n", "/sys/fs/cgroup/cpu.max": limit]) == expected)
  }

  @Test(
    "A limit of none, or one that cannot be read, is no limit",
    arguments: ["max 100000", "max", "", "0 100000", "-1 100000", "100000 0", "a b", "1 2 3"])
  func noLimit(limit: String) {
    #expect(quota(["/proc/self/cgroup": "0::/\n", "/sys/fs/cgroup/cpu.max": limit]) == nil)
  }

  @Test("The tightest of a group and the groups above it counts")
  func ancestors() {
    var files = [
      "/proc/self/cgroup": "0::/work.slice/job.scope\n",
      "/sys/fs/cgroup/work.slice/job.scope/cpu.max": "600000 100000\n",
      "/sys/fs/cgroup/work.slice/cpu.max": "300000 100000\n",
      "/sys/fs/cgroup/cpu.max": "max 100000\n",
    ]
    #expect(quota(files) == 3)
    files["/sys/fs/cgroup/work.slice/job.scope/cpu.max"] = "200000 100000\n"
    #expect(quota(files) == 2)
    files["/sys/fs/cgroup/cpu.max"] = "100000 100000\n"
    #expect(quota(files) == 1)
  }

  @Test("In a container without a namespace of its own the path leads nowhere, but the root is the container's")
  func container() {
    #expect(
      quota(["/proc/self/cgroup": "0::/docker/0123abcd\n", "/sys/fs/cgroup/cpu.max": "250000 100000\n"]) == 3)
  }

  @Test("Version 1: the hierarchy with the cpu controller", arguments: ["cpu", "cpu,cpuacct", "cpuacct,cpu"])
  func version1(controllers: String) {
    var files = [
      "/proc/self/cgroup": "12:cpuset:/a\n4:\(controllers):/a/b\n1:name=systemd:/c\n",
      "/sys/fs/cgroup/cpu/a/b/cpu.cfs_quota_us": "350000\n",
      "/sys/fs/cgroup/cpu/a/b/cpu.cfs_period_us": "100000\n",
    ]
    #expect(quota(files) == 4)
    files["/sys/fs/cgroup/cpu/cpu.cfs_quota_us"] = "-1\n"
    files["/sys/fs/cgroup/cpu/cpu.cfs_period_us"] = "100000\n"
    #expect(quota(files) == 4)
    files["/sys/fs/cgroup/cpu/a/cpu.cfs_quota_us"] = "100000\n"
    files["/sys/fs/cgroup/cpu/a/cpu.cfs_period_us"] = "100000\n"
    #expect(quota(files) == 1)
  }

  @Test("Other controllers and broken lines set no limit")
  func others() {
    #expect(quota([:]) == nil)
    #expect(
      quota([
        "/proc/self/cgroup": "3:cpuset:/a\n\nnonsense\n2:cpuacct:/a",
        "/sys/fs/cgroup/cpu/a/cpu.cfs_quota_us": "100000", "/sys/fs/cgroup/cpu/a/cpu.cfs_period_us": "100000",
      ]) == nil)
  }

  @Test("This machine has at least one processor, and not more than a pool can use")
  func here() {
    #expect((1...WorkerPool.largestWorkerCount).contains(ProcessorCount.available()))
  }
}

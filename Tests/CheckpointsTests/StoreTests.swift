import Checkpoints
import Testing

@Suite("A store saves in the background and finds the newest good checkpoint")
struct StoreTests {
  @Test("Save, finish, find")
  func saveAndFind() throws {
    let directory = TemporaryDirectory()
    let store = try CheckpointStore(directory: directory.path)
    try store.save(Fixtures.checkpoint(step: 938))
    let saved = try store.finish()
    #expect(saved.map(\.step) == [938])
    #expect(saved[0].path == directory.file("step-00000938.weights.h5"))
    #expect(saved[0].outcome == .durable)
    #expect(saved[0].bytes == Bytes.read(saved[0].path).count)
    #expect(directory.names == ["step-00000938.weights.h5"])
    let search = try store.newestGood()
    #expect(search.found?.checkpoint == Fixtures.checkpoint(step: 938))
    #expect(search.found?.path == saved[0].path)
    #expect(search.skipped.isEmpty)
    #expect(try CheckpointStore.load(saved[0].path) == Fixtures.checkpoint(step: 938))
  }
}

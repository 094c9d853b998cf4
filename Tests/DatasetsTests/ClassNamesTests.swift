import Datasets
import Testing

@Suite("Names of classes")
struct ClassNamesTests {
  @Test("the data set's own, where there is one for each output")
  func names() {
    let data = DataConfiguration(source: CIFAR10Source())
    #expect(data.classNames(count: 10).prefix(2) == ["airplane", "automobile"])
    #expect(data.classNames(count: 11) == (0..<11).map(String.init))
    #expect(DataConfiguration(source: DigitsSource()).classNames(count: 3) == ["0", "1", "2"])
  }

  @Test("another folder's samples have none")
  func otherFolder() {
    let data = DataConfiguration(source: CIFAR10Source())
    let context = DatasetContext(dataDirectory: "Data")
    #expect(data.replacingSource(by: nil, context: context).data.classNames(count: 10)[0] == "airplane")
    #expect(data.replacingSource(by: "other", context: context).data.classNames(count: 10)[0] == "0")
  }
}

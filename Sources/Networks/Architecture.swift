import Tensors

/// What a network and a checkpoint must have in common for the weights to mean the same: each layer's name, type,
/// activation, output shape and parameter shapes.
///
/// The output shape stands for what no parameter shows (strides, padding, pooling). First values, dropout rates and the
/// like are left out: they change how training goes on, not what the weights are.
///
/// As text, one layer a line, so that a checkpoint can hold it and people can read it:
/// ```
/// input shape=28x28x1
/// conv2d type=conv2d activation=relu output=26x26x32 kernel=3x3x1x32 bias=32
/// ```
public struct Architecture: Sendable, Equatable {
  private struct Part: Sendable, Equatable {
    let name: String
    let facts: [Fact]

    var text: String { ([name] + facts.map(\.text)).joined(separator: " ") }
  }

  private struct Fact: Sendable, Equatable {
    let name: String
    let value: String

    var text: String { "\(name)=\(value)" }
  }

  /// The input, then the layers in order; no two have one name.
  private let parts: [Part]

  /// Describes a network.
  public init(_ network: Network) {
    let layers = network.layers.map { layer in
      var facts = [Fact(name: "type", value: layer.type)]
      if let activation = layer.activation { facts.append(Fact(name: "activation", value: activation.label)) }
      facts.append(Fact(name: "output", value: Architecture.text(of: layer.output)))
      facts += network.parameters.entries.filter { $0.layer == layer.name }.map {
        Fact(name: $0.spec.name, value: Architecture.text(of: $0.spec.shape))
      }
      return Part(name: layer.name, facts: facts)
    }
    parts = [Part(name: "input", facts: [Fact(name: "shape", value: Architecture.text(of: network.input))])] + layers
  }

  /// Reads what `text` wrote; nil where it is something else.
  public init?(text: String) {
    var parts: [Part] = []
    for line in text.split(separator: "\n") {
      let words = line.split(separator: " ")
      var facts: [Fact] = []
      for word in words.dropFirst() {
        let sides = word.split(separator: "=")
        guard sides.count == 2 else { return nil }
        facts.append(Fact(name: String(sides[0]), value: String(sides[1])))
      }
      guard let name = words.first, !facts.isEmpty else { return nil }
      parts.append(Part(name: String(name), facts: facts))
    }
    guard parts.first?.name == "input", Set(parts.map(\.name)).count == parts.count else { return nil }
    self.parts = parts
  }

  /// One line for the input and one for each layer.
  public var text: String { parts.map(\.text).joined(separator: "\n") }

  /// Every disagreement between this architecture, a network's, and that of a checkpoint, one line each; empty where
  /// there is none.
  public func disagreements(withCheckpoint checkpoint: Architecture) -> [String] {
    var lines: [String] = []
    for part in parts {
      if let other = checkpoint.part(part.name) {
        lines += Architecture.disagreements(network: part, checkpoint: other)
      } else {
        lines.append("\(part.name): not in the checkpoint (\(part.facts.map(\.text).joined(separator: " ")))")
      }
    }
    for other in checkpoint.parts where part(other.name) == nil {
      lines.append("\(other.name): in the checkpoint only (\(other.facts.map(\.text).joined(separator: " ")))")
    }
    if lines.isEmpty, parts.map(\.name) != checkpoint.parts.map(\.name) {
      let orders = [checkpoint, self].map { $0.parts.dropFirst().map(\.name).joined(separator: ", ") }
      lines.append("the layers come in another order: \(orders[0]) in the checkpoint, \(orders[1]) in the network")
    }
    return lines
  }

  private func part(_ name: String) -> Part? { parts.first { $0.name == name } }

  private static func disagreements(network: Part, checkpoint: Part) -> [String] {
    var names = network.facts.map(\.name)
    names += checkpoint.facts.map(\.name).filter { !names.contains($0) }
    return names.compactMap { name in
      let ours = network.facts.first { $0.name == name }?.value ?? "none"
      let theirs = checkpoint.facts.first { $0.name == name }?.value ?? "none"
      return ours == theirs ? nil : "\(network.name): \(name) is \(theirs) in the checkpoint, \(ours) in the network"
    }
  }

  private static func text(of shape: Shape) -> String { shape.dimensions.map(String.init).joined(separator: "x") }
}

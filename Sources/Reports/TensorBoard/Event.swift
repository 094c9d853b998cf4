import Protobuf
import Tensors

/// What TensorBoard reads: a moment of a run, with the values of some tags (TensorFlow's `event.proto` and `summary.proto`).
package struct Event: Sendable {
  /// What it says.
  package enum Content: Sendable {
    /// The first event of every file: which version of the format it has, and who wrote it.
    case fileVersion
    /// The run begins or goes on here: what earlier files say of this step and later ones no longer counts.
    case start
    /// Values of some tags.
    case values([TaggedValue])
  }

  /// Seconds since 1970.
  package var wallTime: Double
  /// Steps done.
  package var step: Int
  /// What it says.
  package var content: Content

  /// Creates an event.
  package init(wallTime: Double, step: Int, content: Content) {
    self.wallTime = wallTime
    self.step = step
    self.content = content
  }

  /// The event as a record of a file.
  package var record: [UInt8] {
    var message = ProtobufWriter()
    write(to: &message)
    return Self.framed(message.bytes)
  }

  /// A message as a record (TFRecord): its length and itself, each with its checksum behind it.
  package static func framed(_ message: [UInt8]) -> [UInt8] {
    var record: [UInt8] = []
    record.append(littleEndian: UInt64(message.count))
    record.append(littleEndian: CRC32C.masked(record))
    record += message
    record.append(littleEndian: CRC32C.masked(message))
    return record
  }

  private func write(to message: inout ProtobufWriter) {
    message.double(1, wallTime)
    if step != 0 { message.integer(2, step) }
    switch content {
    case .fileVersion:
      message.text(3, "brain.Event:2")
      message.message(10) { $0.text(1, "lockstep") }
    case .start:
      message.message(7) { $0.integer(1, EventFields.sessionStart) }
    case .values(let values):
      message.message(5) { summary in
        for value in values { summary.message(1) { value.write(to: &$0) } }
      }
    }
  }
}

/// What the reader looks for in an event.
enum EventFields {
  /// `SessionLog.START`.
  static let sessionStart = 1
}

/// A tag and its value at a step.
package struct TaggedValue: Sendable {
  /// The kinds of values.
  package enum Value: Sendable {
    /// A point of a curve.
    case scalar(Float)
    /// A distribution.
    case histogram(Histogram)
    /// A picture, as a PNG file.
    case image(width: Int, height: Int, channels: Int, png: [UInt8])
    /// Text in Markdown.
    case text(String)
    /// A message that only the plugin knows how to read.
    case plugin(name: String, content: [UInt8])
  }

  /// Its name; TensorBoard groups by what is before the first `/`.
  package var tag: String
  /// What the tag means, for those who ask; needed once in a file.
  package var summary: String?
  /// The value.
  package var value: Value

  /// Creates a value.
  package init(_ tag: String, _ value: Value, summary: String? = nil) {
    self.tag = tag
    self.summary = summary
    self.value = value
  }

  fileprivate func write(to message: inout ProtobufWriter) {
    message.text(1, tag)
    writeMetadata(to: &message)
    switch value {
    case .scalar(let scalar): message.float(2, scalar)
    case .histogram(let histogram): message.message(5, histogram.write)
    case .image(let width, let height, let channels, let png):
      message.message(4) { image in
        image.integer(1, height)
        image.integer(2, width)
        image.integer(3, channels)
        image.data(4, png)
      }
    case .text(let text):
      message.message(8) { tensor in
        tensor.integer(1, Self.stringType)
        // A shape of no dimensions: one text.
        tensor.message(2) { _ in }
        tensor.text(8, text)
      }
    case .plugin:
      message.message(8) { tensor in
        tensor.integer(1, Self.floatType)
        // Of no length: all there is to say is in the metadata.
        tensor.message(2) { shape in shape.message(2) { $0.integer(1, 0) } }
      }
    }
  }

  private func writeMetadata(to message: inout ProtobufWriter) {
    if summary == nil, !isTensor { return }
    message.message(9) { metadata in
      metadata.message(1) { plugin in
        plugin.text(1, pluginName)
        if case .plugin(_, let content) = value { plugin.data(2, content) }
      }
      if let summary { metadata.text(3, summary) }
      metadata.integer(4, dataClass)
    }
  }

  /// Whether the value is stored as a tensor, whose plugin nothing else tells.
  private var isTensor: Bool {
    switch value {
    case .scalar, .histogram, .image: false
    case .text, .plugin: true
    }
  }

  private var pluginName: String {
    switch value {
    case .scalar: "scalars"
    case .histogram: "histograms"
    case .image: "images"
    case .text: "text"
    case .plugin(let name, _): name
    }
  }

  /// `DATA_CLASS_SCALAR`, `…_TENSOR` and `…_BLOB_SEQUENCE`. Without it, TensorBoard's faster data loader takes no notice of a summary.
  private var dataClass: Int {
    switch value {
    case .scalar: 1
    case .histogram, .text, .plugin: 2
    case .image: 3
    }
  }

  /// `DT_FLOAT` and `DT_STRING`.
  private static let (floatType, stringType) = (1, 7)
}

import Lockstep

// First the mathematics: is the layer's backward pass the derivative of its forward pass?
print("row:   \(try GradientCheck(of: LayerNormalization(), input: [7]).run())")
print("image: \(try GradientCheck(of: LayerNormalization(), input: [3, 2, 5]).run())")

// Then training: a data set, a layer and an update rule that Lockstep does not have.
let config = try RunConfig(
  name: "own-parts", data: Spirals(), input: [2],
  layers: [
    Dense(units: 64), LayerNormalization(), Activation(.relu),
    Dense(units: 64), LayerNormalization(), Activation(.relu),
    Dense(units: 3),
  ],
  epochs: 20, batchSize: 64, optimizer: Lion(learningRate: 0.001), schedule: CosineSchedule())
let run = Run(config)
try run.train(resuming: true) { event in
  if case .epoch(let epoch, _) = event, epoch.epoch.isMultiple(of: 5) { print(event) }
}

// Whoever loads the checkpoint says which kinds of his own its config may name.
let vocabulary = ConfigVocabulary.standard.adding(Spirals.self).adding(LayerNormalization.self).adding(Lion.self)
let model = try Model(run.directory, vocabulary: vocabulary)
print("classes of three points: \(try model.predict([-0.4, 0.3, -0.06, -0.5, 0.46, 0.2] as [Float]))")

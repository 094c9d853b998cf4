// What `import Lockstep` brings beside its own declarations: what a program names that puts a run together, watches it, or has a
// layer, an optimizer, a loss or a data set of its own. The rest of the floors is there for who imports them by name.

// Samples.
@_exported import struct Datasets.CIFAR10Source
@_exported import struct Datasets.DatasetContext
@_exported import enum Datasets.DatasetError
@_exported import protocol Datasets.DatasetSource
@_exported import enum Datasets.DatasetSplit
@_exported import struct Datasets.DigitsSource
@_exported import struct Datasets.ImageDataset
@_exported import struct Datasets.MNISTSource
@_exported import struct Datasets.MemorySource
@_exported import struct Datasets.Normalization
@_exported import enum Datasets.SampleElements
@_exported import struct Datasets.Samples
@_exported import enum Datasets.SamplesError

// Networks.
@_exported import struct Networks.Accuracy
@_exported import struct Networks.Activation
@_exported import struct Networks.AveragePool2D
@_exported import struct Networks.BackwardPass
@_exported import struct Networks.Conv2D
@_exported import struct Networks.Dense
@_exported import struct Networks.Dropout
@_exported import struct Networks.Flatten
@_exported import struct Networks.ForwardPass
@_exported import struct Networks.GlobalAveragePool2D
@_exported import enum Networks.Initializer
@_exported import protocol Networks.Layer
@_exported import protocol Networks.LayerOperation
@_exported import struct Networks.LayerPlan
@_exported import protocol Networks.Loss
@_exported import struct Networks.LossPass
@_exported import struct Networks.MaxPool2D
@_exported import struct Networks.MeanSquaredError
@_exported import protocol Networks.Metric
@_exported import struct Networks.Network
@_exported import struct Networks.NetworkError
@_exported import struct Networks.ParameterSpec
@_exported import struct Networks.PlanContext
@_exported import struct Networks.PreparePass
@_exported import struct Networks.ShapeError
@_exported import struct Networks.SoftmaxCrossEntropy
@_exported import struct Networks.TopKAccuracy

// Optimizers.
@_exported import struct Optimizers.Adam
@_exported import struct Optimizers.AdamW
@_exported import struct Optimizers.ConstantSchedule
@_exported import struct Optimizers.CosineSchedule
@_exported import struct Optimizers.ExponentialSchedule
@_exported import struct Optimizers.OneCycleSchedule
@_exported import protocol Optimizers.Optimizer
@_exported import struct Optimizers.RMSProp
@_exported import struct Optimizers.SGD
@_exported import protocol Optimizers.Schedule
@_exported import struct Optimizers.SchedulePosition
@_exported import struct Optimizers.StepSchedule
@_exported import struct Optimizers.UpdateFactors
@_exported import struct Optimizers.UpdatePass

// Configs.
@_exported import protocol Settings.Configurable
@_exported import struct Settings.Field
@_exported import enum Settings.FieldType
@_exported import enum Settings.JSONValue
@_exported import struct Settings.NumberRange
@_exported import struct Settings.ObjectSchema
@_exported import struct Settings.Override
@_exported import struct Settings.Settings
@_exported import struct Settings.SettingsError

// Memory and arithmetic.
@_exported import enum Tensors.ActivationFunction
@_exported import enum Tensors.InstructionSetError
@_exported import struct Tensors.Kernels
@_exported import struct Tensors.MutableView
@_exported import enum Tensors.RandomPurpose
@_exported import struct Tensors.RandomStream
@_exported import struct Tensors.Shape
@_exported import class Tensors.Storage
@_exported import struct Tensors.View
@_exported import struct Tensors.Window2D

// Runs.
@_exported import struct Checkpoints.CheckpointError
@_exported import struct Checkpoints.WriteError
@_exported import struct Training.CheckpointReport
@_exported import struct Training.ConfigVocabulary
@_exported import struct Training.EpochReport
@_exported import struct Training.Evaluation
@_exported import enum Training.LockstepVersion
@_exported import struct Training.MetricValues
@_exported import struct Training.RunConfig
@_exported import struct Training.RunEnd
@_exported import struct Training.RunStart
@_exported import struct Training.SaveFailure
@_exported import struct Training.SkippedStep
@_exported import struct Training.StepReport
@_exported import class Training.StopRequest
@_exported import enum Training.TrainingError
@_exported import protocol Training.TrainingObserver

#!/usr/bin/env python3
"""Opens what `lockstep export` writes with the programs that it is for, and compares what they predict.

  exported_models.py onnx MODEL --samples FILE --predictions FILE
      onnx checks the model in full and infers every shape; onnxruntime runs it.

  exported_models.py keras MODEL --samples FILE --predictions FILE [--not-compiled]
      Keras opens the model with nothing else said, has the optimizer with its state, and trains a step; or has none of it.

  exported_models.py step MODEL --samples FILE --labels FILE --weights FILE
      Keras trains the model for one step of all samples, after which its weights have to be those of the file.

  exported_models.py samples PREDICTED IMAGES SAMPLES PREDICTIONS
      Makes the two files of `lockstep predict … --json` on the first images of an IDX file, and that file.

  exported_models.py zip ARCHIVE
      Python's zipfile checks every file's checksum; their names and contents are printed.

Files are raw and little-endian: samples as the data set has them and probabilities as float32, labels as int32. Exit status 0 where
everything agrees; 77 where onnx or onnxruntime is not installed.
"""

import argparse
import gzip
import hashlib
import json
import os
import sys
import warnings
import zipfile

os.environ.setdefault("KERAS_BACKEND", "jax")
# The networks are small, and several of these run at once beside other tests: more threads would wait for each other.
os.environ.setdefault("XLA_FLAGS", "--xla_cpu_multi_thread_eigen=false")

import numpy as np

MISSING = 77


def softmax(logits):
    exponentials = np.exp(logits - logits.max(axis=-1, keepdims=True))
    return exponentials / exponentials.sum(axis=-1, keepdims=True)


def read(arguments, shape):
    samples = np.fromfile(arguments.samples, dtype="<f4").reshape(-1, *shape)
    expected = np.fromfile(arguments.predictions, dtype="<f4").reshape(len(samples), -1)
    if len(samples) < 2:
        sys.exit(f"{len(samples)} samples")
    return samples, expected


def compare(what, found, expected, tolerance):
    found = np.asarray(found).reshape(expected.shape)
    worst = float(np.max(np.abs(found - expected)))
    if not worst <= tolerance:
        sys.exit(f"{what}: probabilities differ by {worst:.3g}, more than {tolerance:g}")
    # Where the two largest are closer than rounding, either may be the first.
    ordered = np.sort(expected, axis=1)
    clear = ordered[:, -1] - ordered[:, -2] > 2 * tolerance
    if not np.array_equal(found.argmax(axis=1)[clear], expected.argmax(axis=1)[clear]):
        sys.exit(f"{what}: other classes are the most probable")
    return worst


def check_onnx(arguments):
    try:
        import onnx
        import onnxruntime
    except ImportError as error:
        print(f"skipped: {error}")
        sys.exit(MISSING)
    onnx.checker.check_model(arguments.model, full_check=True)
    model = onnx.shape_inference.infer_shapes(onnx.load(arguments.model), strict_mode=True, data_prop=True)
    if (model.ir_version, [(o.domain, o.version) for o in model.opset_import]) != (8, [("", 17)]):
        sys.exit(f"IR version {model.ir_version}, opsets {model.opset_import}")
    names = [node.name for node in model.graph.node]
    if len(set(names)) != len(names) or "" in names:
        sys.exit(f"nodes without names of their own: {names}")

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    session = onnxruntime.InferenceSession(arguments.model, options, providers=["CPUExecutionProvider"])
    (entry,) = session.get_inputs()
    if entry.name != "input" or entry.type != "tensor(float)" or entry.shape[0] != "batch":
        sys.exit(f"input: {entry.name} {entry.type} {entry.shape}")
    samples, expected = read(arguments, entry.shape[1:])
    probabilities, logits = session.run(["probabilities", "logits"], {"input": samples})
    worst = compare("onnxruntime", probabilities, expected, arguments.tolerance)
    compare("onnxruntime, softmax of the logits", softmax(logits.reshape(expected.shape)), expected, arguments.tolerance)
    # One sample, and one after the other.
    alone = np.concatenate([session.run(["probabilities"], {"input": samples[i : i + 1]})[0] for i in range(3)])
    compare("onnxruntime, one by one", alone, expected[:3], arguments.tolerance)
    metadata = {entry.key: entry.value for entry in model.metadata_props}
    if json.loads(metadata["config"])["name"] != metadata["name"] or len(json.loads(metadata["classes"])) != expected.shape[1]:
        sys.exit(f"metadata: {metadata}")
    print(f"onnxruntime {onnxruntime.__version__}: {len(samples)} samples, worst difference {worst:.2g}")
    print("nodes", " ".join(f"{node.op_type}:{node.name}" for node in model.graph.node))


def load_keras(path):
    import keras

    with warnings.catch_warnings():
        # Keras warns where it leaves something out.
        warnings.simplefilter("error")
        return keras, keras.models.load_model(path)


def check_keras(arguments):
    keras, model = load_keras(arguments.model)
    samples, expected = read(arguments, model.input_shape[1:])
    logits = model.predict(samples, batch_size=64, verbose=0)
    worst = compare("Keras", softmax(logits.reshape(expected.shape)), expected, arguments.tolerance)
    print(f"Keras {keras.__version__} ({keras.backend.backend()}): {len(samples)} samples, worst difference {worst:.2g}")
    print("layers", " ".join(f"{type(layer).__name__}:{layer.name}" for layer in model.layers))
    if arguments.not_compiled == model.compiled:
        sys.exit(f"compiled: {model.compiled}")
    if not model.compiled:
        return
    slots = model.optimizer.variables[2:]
    if slots and not all(np.abs(keras.ops.convert_to_numpy(slot)).max() > 0 for slot in slots):
        sys.exit("the optimizer's state is zeros")
    steps = int(model.optimizer.iterations)
    # Labels are numbers, or rows with a one where the loss wants that.
    labels = expected.argmax(axis=1)
    if "Sparse" not in type(model.loss).__name__:
        labels = np.eye(expected.shape[1], dtype="float32")[labels]
    model.fit(samples, labels, batch_size=len(samples), epochs=1, verbose=0)
    if int(model.optimizer.iterations) != steps + 1:
        sys.exit("fit did not go on from the optimizer's step")
    # What Keras saves and reads again has to be the same model.
    path = arguments.model + ".again.keras"
    model.save(path)
    again = keras.models.load_model(path)
    if not np.array_equal(again.predict(samples, verbose=0), model.predict(samples, verbose=0)):
        sys.exit("Keras's own copy of the model predicts something else")


def check_step(arguments):
    keras, model = load_keras(arguments.model)
    samples = np.fromfile(arguments.samples, dtype="<f4").reshape(-1, *model.input_shape[1:])
    labels = np.fromfile(arguments.labels, dtype="<i4")
    before = np.concatenate([w.ravel() for w in model.get_weights()])
    model.fit(samples, labels, batch_size=len(samples), epochs=1, shuffle=False, verbose=0)
    after = np.concatenate([w.ravel() for w in model.get_weights()])
    expected = np.fromfile(arguments.weights, dtype="<f4")
    moved = float(np.abs(expected - before).max())
    worst = float(np.abs(after - expected).max())
    # A step from a fresh optimizer, or of another rate, would be off by as much as it moves.
    if not worst <= 0.01 * moved:
        sys.exit(f"after a step of Keras's the weights differ by {worst:.3g}, and the step is {moved:.3g} long")
    print(f"a step of {moved:.2g}, worst difference {worst:.2g}")


def write_samples(arguments):
    with open(arguments.model) as file:
        images = json.load(file)["images"]
    if [image["index"] for image in images] != list(range(len(images))):
        sys.exit("the predictions are not those of the first images")
    if any(image["treatment"] != "unchanged" for image in images):
        sys.exit("a picture was changed before the network saw it")
    np.array([image["probabilities"] for image in images], "<f4").tofile(arguments.predictions)
    with gzip.open(arguments.images) as file:
        _, _, height, width = np.frombuffer(file.read(16), ">i4")
        pixels = np.frombuffer(file.read(len(images) * height * width), np.uint8)
    pixels.astype("<f4").tofile(arguments.samples)


def check_zip(arguments):
    with zipfile.ZipFile(arguments.model) as archive:
        if archive.testzip() is not None:
            sys.exit(f"{archive.testzip()} is damaged")
        for entry in archive.infolist():
            content = archive.read(entry)
            if entry.compress_type != zipfile.ZIP_STORED or entry.date_time != (1980, 1, 1, 0, 0, 0):
                sys.exit(f"{entry}")
            print(f"{entry.filename} {len(content)} {hashlib.sha256(content).hexdigest()}")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = parser.add_subparsers(dest="command", required=True)
    checks = {"onnx": check_onnx, "keras": check_keras, "step": check_step, "samples": write_samples, "zip": check_zip}
    for name in checks:
        command = commands.add_parser(name)
        command.add_argument("model")
        if name in ("onnx", "keras"):
            command.add_argument("--samples", required=True)
            command.add_argument("--predictions", required=True)
            command.add_argument("--tolerance", type=float, default=1e-5)
        if name == "keras":
            command.add_argument("--not-compiled", action="store_true")
        if name == "samples":
            for argument in ("images", "samples", "predictions"):
                command.add_argument(argument)
        if name == "step":
            for option in ("--samples", "--labels", "--weights"):
                command.add_argument(option, required=True)
    arguments = parser.parse_args()
    checks[arguments.command](arguments)


if __name__ == "__main__":
    main()

"""The weights of a Lockstep checkpoint, which is a Keras weights file."""

import h5py

KERAS_NAMES = {"conv2d": "conv2d", "dense": "dense"}


def read(path, config):
    """Kernel and bias of each layer that has them, in the network's order: HWIO or [in, out], then [out]."""
    seen, arrays = {}, []
    with h5py.File(path) as file:
        for layer in config.layers:
            if layer.kernel is None:
                continue
            name, number = KERAS_NAMES[layer.type], seen.get(layer.type, 0)
            seen[layer.type] = number + 1
            variables = file[f"layers/{name}_{number}/vars" if number else f"layers/{name}/vars"]
            arrays += [variables[str(index)][...] for index in range(len(variables))]
    return arrays

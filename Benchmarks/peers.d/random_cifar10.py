"""Random images in the files of CIFAR-10's binary version: as good as the real ones where only speed is measured.

random_cifar10.py DIRECTORY [TRAINING-SAMPLES [TEST-SAMPLES]]
"""

import os
import random
import sys


def write(directory, train=2560, test=1000):
    """Five files of a fifth of the training samples each, and one of test samples; the same bytes each time."""
    source = random.Random(1)
    os.makedirs(directory, exist_ok=True)
    for name, count in [
        *((f"data_batch_{number}.bin", train // 5) for number in range(1, 6)),
        ("test_batch.bin", test),
    ]:
        with open(os.path.join(directory, name), "wb") as file:
            for _ in range(count):
                file.write(bytes([source.randrange(10)]) + source.randbytes(3072))


if __name__ == "__main__":
    if not 2 <= len(sys.argv) <= 4:
        sys.exit(__doc__)
    write(sys.argv[1], *map(int, sys.argv[2:]))

#!/usr/bin/env python3
"""PNG files of every kind with the samples that a reader must find in them, and a picture in other sizes.

    Tests/PicturesTests/Goldens/generate.py pictures --seed 1 > Tests/PicturesTests/Goldens/pictures.json
    Tests/PicturesTests/Goldens/generate.py read FILE…     # mode, size and SHA-256 of the samples, as Pillow reads them

Needs Pillow and NumPy (Tests/Interoperability/requirements.txt). Pillow writes no 2-bit grey, no colours of 16 bits and nothing
interlaced, so a small writer of its own does; where Pillow can read such a file, what it finds is compared here.
"""

import argparse
import base64
import hashlib
import io
import json
import struct
import sys
import zlib

import numpy as np
from PIL import Image

GREY, COLOR, PALETTE, GREY_ALPHA, COLOR_ALPHA = 0, 2, 3, 4, 6
SAMPLES = {GREY: 1, COLOR: 3, PALETTE: 1, GREY_ALPHA: 2, COLOR_ALPHA: 4}
DEPTHS = {GREY: (1, 2, 4, 8, 16), COLOR: (8, 16), PALETTE: (1, 2, 4, 8), GREY_ALPHA: (8, 16), COLOR_ALPHA: (8, 16)}
NAMES = {GREY: "grey", COLOR: "colour", PALETTE: "palette", GREY_ALPHA: "grey and alpha", COLOR_ALPHA: "colour and alpha"}
# Adam7: first column and row, and the steps between them.
PASSES = ((0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2))


def chunk(kind, content):
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))


def packed(rows, depth):
    """[height, width, samples] as rows of bytes."""
    if depth == 16:
        return [row.astype(">u2").tobytes() for row in rows]
    if depth == 8:
        return [row.astype("u1").tobytes() for row in rows]
    bits = ((rows[..., None] >> np.arange(depth - 1, -1, -1)) & 1).reshape(rows.shape[0], -1)
    return [np.packbits(row.astype("u1")).tobytes() for row in bits]


def filtered(rows, step, generator):
    """Rows of bytes, each with a filter chosen at random."""
    previous, result = bytes(len(rows[0])) if rows else b"", b""
    for row in rows:
        kind = int(generator.integers(0, 5))
        line = bytearray()
        for index, value in enumerate(row):
            left = row[index - step] if index >= step else 0
            up = previous[index]
            corner = previous[index - step] if index >= step else 0
            estimate = left + up - corner
            paeth = min((left, up, corner), key=lambda candidate: abs(estimate - candidate))
            line.append((value - (0, left, up, (left + up) // 2, paeth)[kind]) & 0xFF)
        result += bytes([kind]) + bytes(line)
        previous = row
    return result


def png(values, kind, depth, interlaced, generator, extra=b""):
    """A file of values [height, width, samples]."""
    height, width, samples = values.shape
    step = max(1, samples * depth // 8)
    parts = [values[y::dy, x::dx] for x, y, dx, dy in PASSES] if interlaced else [values]
    data = b"".join(filtered(packed(part, depth), step, generator) for part in parts if part.size)
    deflated = zlib.compress(data, 9)
    half = len(deflated) // 2
    header = struct.pack(">IIBBBBB", width, height, depth, kind, 0, 0, int(interlaced))
    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + extra + chunk(b"IDAT", deflated[:half])
            + chunk(b"IDAT", deflated[half:]) + chunk(b"IEND", b""))


def to_bytes(values, depth):
    """Samples of any depth as bytes: scaled by 255 over the largest value and rounded."""
    largest = 2**depth - 1
    return ((values.astype(np.int64) * 2 * 255 + largest) // (2 * largest)).astype(np.uint8)


def case(name, file, samples):
    height, width, channels = samples.shape
    return {"name": name, "file": base64.b64encode(file).decode(), "width": width, "height": height,
            "channels": channels, "bytes": base64.b64encode(np.ascontiguousarray(samples).tobytes()).decode()}


def pillow_agrees(file, samples):
    """What Pillow finds, where it reads this kind as bytes."""
    image = Image.open(io.BytesIO(file))
    modes = {1: "L", 2: "LA", 3: "RGB", 4: "RGBA"}
    if image.mode.startswith("I"):
        return
    found = np.asarray(image.convert(modes[samples.shape[2]])).reshape(samples.shape)
    assert np.abs(found.astype(int) - samples).max() <= 1, (image.mode, image.info)


def own(generator):
    """Every kind, depth and order, with and without a transparent colour, of odd sizes."""
    for kind, depths in DEPTHS.items():
        for depth in depths:
            for interlaced in (False, True):
                width, height = int(generator.integers(1, 20)), int(generator.integers(1, 20))
                name = f"{NAMES[kind]}, {depth} bits{', interlaced' if interlaced else ''}"
                values = generator.integers(0, 2**depth, (height, width, SAMPLES[kind]))
                if kind == PALETTE:
                    yield from palettes(name, values, depth, interlaced, generator)
                    continue
                samples = to_bytes(values, depth)
                file = png(values, kind, depth, interlaced, generator)
                pillow_agrees(file, samples)
                yield case(name, file, samples)
                if kind in (GREY, COLOR):
                    key = values[height // 2, width // 2]
                    alpha = np.where((values == key).all(axis=2), 0, 255).astype(np.uint8)
                    extra = chunk(b"tRNS", key.astype(">u2").tobytes())
                    yield case(f"{name}, a transparent colour", png(values, kind, depth, interlaced, generator, extra),
                               np.dstack([samples, alpha]))


def palettes(name, values, depth, interlaced, generator):
    colors = generator.integers(0, 256, (2**depth, 3)).astype(np.uint8)
    extra = chunk(b"PLTE", colors.tobytes())
    samples = colors[values[..., 0]]
    file = png(values, PALETTE, depth, interlaced, generator, extra)
    pillow_agrees(file, samples)
    yield case(name, file, samples)
    alpha = np.full(2**depth, 255, np.uint8)
    alpha[: 2 ** (depth - 1)] = generator.integers(0, 256, 2 ** (depth - 1))
    extra += chunk(b"tRNS", alpha[: 2 ** (depth - 1)].tobytes())
    samples = np.dstack([samples, alpha[values[..., 0]]])
    file = png(values, PALETTE, depth, interlaced, generator, extra)
    pillow_agrees(file, samples)
    yield case(f"{name}, with alpha", file, samples)


def by_pillow(generator):
    """What Pillow writes, and what it says is in it."""
    for mode in ("1", "L", "LA", "RGB", "RGBA", "P", "I;16"):
        for optimize in (False, True):
            width, height = int(generator.integers(1, 40)), int(generator.integers(1, 40))
            if mode == "I;16":
                values = generator.integers(0, 2**16, (height, width), dtype=np.uint16)
                image, samples = Image.fromarray(values), to_bytes(values, 16)[..., None]
            elif mode == "1":
                values = generator.integers(0, 2, (height, width)).astype(bool)
                image, samples = Image.fromarray(values), values[..., None].astype(np.uint8) * 255
            elif mode == "P":
                image = Image.fromarray(generator.integers(0, 7, (height, width), dtype=np.uint8), "P")
                image.putpalette(generator.integers(0, 256, 21, dtype=np.uint8).tobytes())
                samples = np.asarray(image.convert("RGB"))
            else:
                samples = generator.integers(0, 256, (height, width, len(mode)), dtype=np.uint8)
                image = Image.fromarray(samples[..., 0] if mode == "L" else samples, mode)
            file = io.BytesIO()
            image.save(file, "PNG", optimize=optimize)
            yield case(f"Pillow's {mode}{', optimized' if optimize else ''}", file.getvalue(), samples)


def sizes(generator):
    """One picture, smooth and noisy, in other sizes: smaller ones as means of what is covered, larger ones by Pillow's bilinear filter."""
    y, x = np.mgrid[0:23, 0:37]
    smooth = np.stack([127 + 120 * np.sin(x / 5), 127 + 120 * np.cos(y / 3), 255 * (x + y) / 58], axis=2)
    samples = np.clip(smooth + generator.normal(0, 10, smooth.shape), 0, 255).astype(np.uint8)
    image = Image.fromarray(samples, "RGB")
    for width, height in ((11, 7), (37, 5), (1, 1), (36, 22), (20, 23), (74, 46), (50, 40), (37, 100)):
        if width <= 37 and height <= 23:
            # Each pixel as often as there will be new ones, and the mean over as many as there were: areas in whole numbers.
            columns = samples.repeat(width, axis=1).reshape(23, width, 37, 3).mean(axis=2)
            resized = np.rint(columns.repeat(height, axis=0).reshape(height, 23, width, 3).mean(axis=1)).astype(np.uint8)
        else:
            resized = np.asarray(image.resize((width, height), Image.Resampling.BILINEAR))
        yield {"width": width, "height": height, "bytes": base64.b64encode(resized.tobytes()).decode()}, samples


def pictures(seed):
    generator = np.random.default_rng(seed)
    cases = list(own(generator)) + list(by_pillow(generator))
    resized = list(sizes(generator))
    # 8,000,000 bytes, as many as libpng takes for one text: it keeps a thousand of them.
    text = chunk(b"zTXt", b"Comment\0\0" + zlib.compress(bytes(7_999_000), 9))
    generator_text = f"Tests/PicturesTests/Goldens/generate.py pictures --seed {seed}; Pillow {Image.__version__}, NumPy {np.__version__}"
    return {
        "about": generator_text,
        "cases": cases,
        "textBomb": base64.b64encode(text).decode(),
        "original": base64.b64encode(resized[0][1].tobytes()).decode(),
        "sizes": [size for size, _ in resized],
    }


def read(path):
    image = Image.open(path)
    image.load()
    return f"{image.mode} {image.width} {image.height} {hashlib.sha256(image.tobytes()).hexdigest()}"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = parser.add_subparsers(dest="command", required=True)
    make = commands.add_parser("pictures")
    make.add_argument("--seed", type=int, required=True)
    look = commands.add_parser("read")
    look.add_argument("files", nargs="+")
    arguments = parser.parse_args()
    if arguments.command == "pictures":
        json.dump(pictures(arguments.seed), sys.stdout, indent=1)
        print()
    else:
        for path in arguments.files:
            print(read(path))


if __name__ == "__main__":
    main()

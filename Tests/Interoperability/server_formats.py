"""What no schema can say, for schemathesis: bytes and strings that are images of 28 × 28 × 1.

Loaded by schemathesis through SCHEMATHESIS_HOOKS.
"""
import base64
import struct
import zlib

import schemathesis
from hypothesis import strategies as st

SIDE = 28


def chunk(kind, content):
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))


def png(width, height, pixels):
    """8 bits of grey."""
    rows = b"".join(b"\0" + pixels[row * width:(row + 1) * width] for row in range(height))
    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0))
            + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b""))


def pictures():
    sides = st.tuples(st.integers(1, 40), st.integers(1, 40))
    return sides.flatmap(lambda size: st.binary(min_size=size[0] * size[1], max_size=size[0] * size[1]).map(
        lambda pixels: png(*size, pixels)))


def octets(largest=3):
    return st.integers(1, largest).flatmap(
        lambda count: st.binary(min_size=count * SIDE * SIDE, max_size=count * SIDE * SIDE))


schemathesis.openapi.media_type("image/png", pictures())
schemathesis.openapi.media_type("application/octet-stream", octets())
schemathesis.openapi.format(
    "lockstep-image", st.one_of(pictures(), octets(1)).map(lambda image: base64.b64encode(image).decode()))

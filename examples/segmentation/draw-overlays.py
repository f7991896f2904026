#!/usr/bin/env python3
"""Draws images with what a model sees in them, as one PNG.

usage: draw-overlays.py LACUNA MODEL.mlir DATA.npz OUT.png

Eight images side by side; below them the labels, and below these what the model
says, each class in its colour. NumPy and the standard library.
"""
import struct
import subprocess
import sys
import tempfile
import zlib
from pathlib import Path

import numpy

COLOURS = numpy.array([[90, 90, 90], [230, 60, 60], [60, 140, 240],
                       [250, 200, 40], [60, 200, 110]], float)
COUNT, SCALE = 8, 2


def predict(lacuna, model, images):
    with tempfile.TemporaryDirectory() as folder:
        given, made = Path(folder, "in.npz"), Path(folder, "out.npz")
        numpy.savez(given, image=images)
        subprocess.run([lacuna, "run", model, f"--inputs={given}",
                        f"--output={made}"], check=True,
                       stdout=subprocess.DEVNULL)
        return numpy.load(made)["scores"].argmax(1)


def write_png(path, pixels):
    """`pixels`: uint8 [height, width, 3]."""
    height, width, _ = pixels.shape
    rows = b"".join(b"\0" + row.tobytes() for row in pixels)

    def chunk(kind, content):
        body = kind + content
        return struct.pack(">I", len(content)) + body + struct.pack(
            ">I", zlib.crc32(body))
    Path(path).write_bytes(
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
        + chunk(b"IDAT", zlib.compress(rows, 9)) + chunk(b"IEND", b""))


def main():
    if len(sys.argv) != 5:
        sys.exit(__doc__)
    lacuna, model, data, out = sys.argv[1:]
    arrays = numpy.load(data)
    images, labels = arrays["image"][:COUNT], arrays["label"][:COUNT]
    seen = images.transpose(0, 2, 3, 1)
    low, high = seen.min((1, 2, 3), keepdims=True), seen.max((1, 2, 3),
                                                             keepdims=True)
    grey = 255 * (seen - low) / (high - low)
    rows = [grey, 0.4 * grey + 0.6 * COLOURS[labels],
            0.4 * grey + 0.6 * COLOURS[predict(lacuna, model, images)]]
    picture = numpy.concatenate([numpy.concatenate(list(row), axis=1)
                                 for row in rows])
    picture = picture.repeat(SCALE, 0).repeat(SCALE, 1)
    write_png(out, picture.clip(0, 255).astype(numpy.uint8))


if __name__ == "__main__":
    main()

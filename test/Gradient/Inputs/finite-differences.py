#!/usr/bin/env python3
"""Checks a page's gradients against finite differences in f64.

usage: finite-differences.py PAGE.mlir [LOW HIGH]

Every argument of @main is f64, named, and drawn evenly from LOW to HIGH. For
each `d_NAME`, the derivative along one direction must agree to 1e-6 with the
difference of fourth order, (8 (f(h) - f(-h)) - (f(2h) - f(-2h))) / 12 h.
Standard library only.
"""
import ast
import io
import random
import re
import struct
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

STEP = 1e-4
ARGUMENT = re.compile(
    r'tensor<([0-9x]*)f64>\s*\{[^}]*lacuna\.name = "(\w+)"([^}]*)\}')


def write(path, arrays):
    with zipfile.ZipFile(path, "w") as archive:
        for name, (shape, values) in arrays.items():
            header = repr({"descr": "<f8", "fortran_order": False,
                           "shape": shape}).encode()
            header += b" " * (53 - len(header) % 64 + 64) + b"\n"
            archive.writestr(
                name + ".npy", b"\x93NUMPY\x01\x00"
                + struct.pack("<H", len(header)) + header
                + struct.pack(f"<{len(values)}d", *values))


def read(path):
    arrays = {}
    with zipfile.ZipFile(path) as archive:
        for name in archive.namelist():
            data = io.BytesIO(archive.read(name))
            start = data.read(8)
            size, = struct.unpack("<H" if start[6] == 1 else "<I",
                                  data.read(2 if start[6] == 1 else 4))
            header = ast.literal_eval(data.read(size).decode())
            if header["descr"] != "<f8":
                sys.exit(f"{name}: must be f64, got {header['descr']}")
            rest = data.read()
            arrays[name.removesuffix(".npy")] = struct.unpack(
                f"<{len(rest) // 8}d", rest)
    return arrays


def run(page, folder, arrays):
    write(folder / "in.npz", arrays)
    subprocess.run(["lacuna", "run", page, "--threads=1",
                    f"--inputs={folder / 'in.npz'}",
                    f"--output={folder / 'out.npz'}"],
                   check=True, stdout=subprocess.DEVNULL)
    return read(folder / "out.npz")


def draw(page, low, high):
    arrays = {}
    signature = Path(page).read_text().partition("@main(")[2]
    signature = signature.partition("->")[0]
    for sizes, name, _ in ARGUMENT.findall(signature):
        shape = tuple(int(size) for size in sizes.split("x") if size)
        count = 1
        for size in shape:
            count *= size
        arrays[name] = (shape, [random.uniform(low, high)
                                for _ in range(count)])
    return arrays


def difference(page, folder, arrays, name, direction):
    """The derivative of the loss along `direction` of one argument."""
    shape, values = arrays[name]

    def loss(factor):
        moved = [v + factor * STEP * d for v, d in zip(values, direction)]
        return run(page, folder, {**arrays, name: (shape, moved)})["loss"][0]

    return (8 * (loss(1) - loss(-1)) - (loss(2) - loss(-2))) / (12 * STEP)


def main():
    page, low, high = sys.argv[1], -1.0, 1.0
    if len(sys.argv) > 2:
        low, high = float(sys.argv[2]), float(sys.argv[3])
    random.seed(20)
    arrays = draw(page, low, high)
    failures = checked = 0
    with tempfile.TemporaryDirectory() as folder:
        folder = Path(folder)
        outputs = run(page, folder, arrays)
        # The loss alone is compiled in less time.
        forward = folder / "forward.mlir"
        forward.write_text(
            Path(page).read_text().replace(", lacuna.requires_grad", ""))
        for name in arrays:
            if "d_" + name not in outputs:
                continue
            gradient = outputs["d_" + name]
            direction = [random.uniform(-1, 1) for _ in gradient]
            expected = difference(forward, folder, arrays, name, direction)
            got = sum(g * d for g, d in zip(gradient, direction))
            # Relative to the terms of the sum, which may cancel.
            size = sum(abs(g * d) for g, d in zip(gradient, direction))
            checked += 1
            if not abs(got - expected) <= 1e-6 * max(size, abs(expected)):
                failures += 1
                print(f"{name}: got {got!r}, expected {expected!r}")
    print(f"{checked} gradients, {failures} wrong")
    sys.exit(failures > 0 or checked == 0)


if __name__ == "__main__":
    main()

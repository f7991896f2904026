#!/usr/bin/env python3
"""Writes net.mlir: a small atrous network with ASPP and a pooling pyramid.

usage: make-model.py [BATCH [SIZE]] > net.mlir

One convolution at full size, one that halves it, two residual ones (the second
atrous), then side by side: 1x1, atrous 3x3 at rates 2, 4 and 8 (ASPP, Chen et
al., 2017), averages over 1, 2 and 4 bins (PSPNet, Zhao et al., 2017). What they
saw is joined, doubled in size, and joined with the first maps again.
Standard library only.
"""
import sys

CLASSES, WIDTH, DETAIL, BINS = 5, 24, 16, 8


class Writer:
    def __init__(self, batch):
        self.batch, self.lines, self.arguments, self.count = batch, [], [], 0

    def type(self, *sizes):
        return f"tensor<{'x'.join(map(str, sizes))}xf32>"

    def map(self, channels, size):
        return self.type(self.batch, channels, size, size)

    def emit(self, text):
        self.count += 1
        self.lines.append(f"  %{self.count} = {text}")
        return f"%{self.count}"

    def parameter(self, name, *sizes):
        self.arguments.append(
            f'%{name}: {self.type(*sizes)} '
            f'{{lacuna.name = "{name}", lacuna.requires_grad}}')
        return f"%{name}"

    def convolution(self, x, name, channels, size, kernel=3, stride=1, rate=1):
        """x is (value, channels, size); its bias begins with 0."""
        value, before, old = x
        filter = self.parameter(f"{name}_filter", channels, before, kernel,
                                kernel)
        bias = self.parameter(f"{name}_bias", channels)
        pad = rate * (kernel // 2)
        result = self.map(channels, size)
        return self.emit(
            f"lacuna.convolution {value}, {filter}, {bias} "
            f"strides = [{stride}, {stride}] dilations = [{rate}, {rate}] "
            f"pads = [{pad}, {pad}] to [{pad}, {pad}]\n"
            f"      : ({self.map(before, old)}, "
            f"{self.type(channels, before, kernel, kernel)}, "
            f"{self.type(channels)}) -> {result}"), channels, size

    def relu(self, x):
        return (self.emit(f"lacuna.activation relu {x[0]} : "
                          f"{self.map(*x[1:])}"), *x[1:])

    def add(self, x, y):
        return (self.emit(f"arith.addf {x[0]}, {y[0]} : {self.map(*x[1:])}"),
                *x[1:])

    def pool(self, x, bins):
        return self.emit(
            f"lacuna.adaptive_pool average {x[0]} output_size = [{bins}, {bins}]"
            f"\n      : ({self.map(*x[1:])}) -> {self.map(x[1], bins)}"), x[1], \
            bins

    def resize(self, x, size):
        scale = f"{size / x[2]:.1f}"
        return self.emit(
            f"lacuna.resize linear {x[0]} coordinates = half_pixel "
            f"scales = [1.0, 1.0, {scale}, {scale}]\n"
            f"      : ({self.map(*x[1:])}) -> {self.map(x[1], size)}"), x[1], \
            size

    def concat(self, parts):
        values = ", ".join(part[0] for part in parts)
        types = ", ".join(self.map(*part[1:]) for part in parts)
        channels, size = sum(part[1] for part in parts), parts[0][2]
        return self.emit(f"tensor.concat dim(1) {values}\n      : ({types}) -> "
                         f"{self.map(channels, size)}"), channels, size


def build(writer, size):
    half = size // 2
    image = "%image", 3, size
    detail = writer.relu(writer.convolution(image, "detail", DETAIL, size))
    x = writer.relu(writer.convolution(detail, "half", WIDTH, half, stride=2))
    for name, rate in (("near", 1), ("far", 2)):
        x = writer.add(x, writer.relu(
            writer.convolution(x, name, WIDTH, half, rate=rate)))
    parts = [writer.relu(writer.convolution(x, "point", WIDTH, half, kernel=1))]
    for rate in (2, 4, 8):
        parts.append(writer.relu(writer.convolution(
            x, f"rate{rate}", WIDTH, half, rate=rate)))
    for bins in (1, 2, 4):
        bin = writer.relu(writer.convolution(
            writer.pool(x, bins), f"bins{bins}", BINS, bins, kernel=1))
        parts.append(writer.resize(bin, half))
    x = writer.relu(writer.convolution(writer.concat(parts), "join", WIDTH,
                                       half, kernel=1))
    x = writer.add(x, writer.relu(writer.convolution(x, "mix", WIDTH, half)))
    x = writer.concat([writer.resize(x, size), detail])
    x = writer.relu(writer.convolution(x, "refine", WIDTH, size))
    return writer.convolution(x, "classify", CLASSES, size, kernel=1)


def main():
    batch = int(sys.argv[1]) if len(sys.argv) > 1 else 8
    size = int(sys.argv[2]) if len(sys.argv) > 2 else 64
    writer = Writer(batch)
    scores, _, _ = build(writer, size)
    image = f'%image: {writer.map(3, size)} {{lacuna.name = "image"}}'
    arguments = ",\n    ".join([image, *writer.arguments])
    result = writer.map(CLASSES, size)
    print("// Written by make-model.py.")
    print(f"func.func @main(\n    {arguments})\n"
          f'    -> ({result} {{lacuna.name = "scores"}}) {{')
    print("\n".join(writer.lines))
    print(f"  return {scores} : {result}\n}}")


if __name__ == "__main__":
    main()

#!/usr/bin/env python3
"""Writes net.mlir: a small atrous network with ASPP and a pooling pyramid.

usage: make-model.py [BATCH [SIZE]] > net.mlir

Convolutions at full size, half and a quarter of it, where residual ones widen
their reach by rates 1, 2 and 4; side by side: 1x1, atrous 3x3 at rates 2, 4 and
6 (ASPP, Chen et al., 2017), averages over 1, 2 and 4 bins (PSPNet, Zhao et al.,
2017). What they saw is joined, and doubled in size twice, each time beside the
maps of that size (DeepLabV3+, Chen et al., 2018). Maps are normalised over
groups of 8 channels (Wu and He, 2018), which does not depend on the batch.
Standard library only.
"""
import sys

CLASSES = 5


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

    def convolution(self, x, name, channels, size, kernel=3, stride=1, rate=1,
                    bias=False):
        """x is (value, channels, size); a bias begins with 0."""
        value, before, old = x
        shape = channels, before, kernel, kernel
        operands = [value, self.parameter(f"{name}_filter", *shape)]
        types = [self.map(before, old), self.type(*shape)]
        if bias:
            operands.append(self.parameter(f"{name}_bias", channels))
            types.append(self.type(channels))
        pad = rate * (kernel // 2)
        return self.emit(
            f"lacuna.convolution {', '.join(operands)} "
            f"strides = [{stride}, {stride}] dilations = [{rate}, {rate}] "
            f"pads = [{pad}, {pad}] to [{pad}, {pad}]"
            f" : ({', '.join(types)}) -> {self.map(channels, size)}"), \
            channels, size

    def normalize(self, x, name):
        """The scale is left to the filters behind it."""
        bias = self.parameter(f"{name}_shift", x[1])
        map = self.map(*x[1:])
        return self.emit(
            f"lacuna.group_norm {x[0]} bias {bias} groups = {x[1] // 8}\n"
            f"      : ({map}, {self.type(x[1])}) -> {map}"), *x[1:]

    def relu(self, x):
        return (self.emit(f"lacuna.activation relu {x[0]} : "
                          f"{self.map(*x[1:])}"), *x[1:])

    def add(self, x, y):
        return (self.emit(f"arith.addf {x[0]}, {y[0]} : {self.map(*x[1:])}"),
                *x[1:])

    def pool(self, x, bins):
        return self.emit(
            f"lacuna.adaptive_pool average {x[0]} "
            f"output_size = [{bins}, {bins}]\n"
            f"      : ({self.map(*x[1:])}) -> {self.map(x[1], bins)}"), x[1], \
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


def layer(writer, x, name, channels, size, kernel=3, stride=1, rate=1):
    # Single pixels, the averages of a pyramid, have nothing to normalise.
    small = size <= 4
    x = writer.convolution(x, name, channels, size, kernel, stride, rate, small)
    return writer.relu(x if small else writer.normalize(x, name))


def build(writer, size):
    half, quarter = size // 2, size // 4
    image = "%image", 3, size
    detail = layer(writer, image, "detail", 16, size)
    middle = layer(writer, detail, "half", 32, half, stride=2)
    middle = writer.add(middle, layer(writer, middle, "half2", 32, half))
    x = layer(writer, middle, "quarter", 64, quarter, stride=2)
    for rate in (1, 2, 4):
        x = writer.add(x, layer(writer, x, f"atrous{rate}", 64, quarter,
                                rate=rate))
    parts = [layer(writer, x, "point", 32, quarter, kernel=1)]
    for rate in (2, 4, 6):
        parts.append(layer(writer, x, f"rate{rate}", 32, quarter, rate=rate))
    for bins in (1, 2, 4):
        bin = layer(writer, writer.pool(x, bins), f"bins{bins}", 16, bins,
                    kernel=1)
        parts.append(writer.resize(bin, quarter))
    x = layer(writer, writer.concat(parts), "join", 32, quarter, kernel=1)
    x = writer.concat([writer.resize(x, half), middle])
    x = layer(writer, x, "refine", 32, half)
    x = layer(writer, x, "narrow", 16, half, kernel=1)
    x = writer.concat([writer.resize(x, size), detail])
    x = layer(writer, x, "border", 16, size)
    return writer.convolution(x, "classify", CLASSES, size, kernel=1, bias=True)


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

"""The modules of modules.py as programs for Lacuna, channels last.

    programs.py FOLDER [NAME...]

Writes FOLDER/NAME.mlir, weights inside, and NAME.npz, the image.
"""
import pathlib
import sys

import numpy as np
import torch

from modules import head

ELEMENTS = {torch.bfloat16: "bf16", torch.float16: "f16",
            torch.float32: "f32"}


class Program:
    def __init__(self, dtype, image):
        self.element = ELEMENTS[dtype]
        self.lines, self.weights = [], {}
        self.array = to_numpy(image.permute(0, 2, 3, 1))
        self.image = "image", self.array.shape

    def type(self, shape):
        return f"tensor<{''.join(f'{size}x' for size in shape)}{self.element}>"

    def constant(self, name, tensor):
        self.weights[name] = to_numpy(tensor).tobytes().hex()
        self.lines.append(f"  %{name} = arith.constant dense_resource<{name}> "
                          f": {self.type(tensor.shape)}")
        return name, tuple(tensor.shape)

    def add(self, op, operands, shape, parameters=""):
        name = f"v{len(self.lines)}"
        types = ", ".join(self.type(shape) for _, shape in operands)
        words = ", ".join(f"%{operand}" for operand, _ in operands)
        result = self.type(shape)
        if "concat" not in op:
            types = f"({types})"
        self.lines.append(f"  %{name} = {op} {words} {parameters} : "
                          f"{types} -> {result}" if "activation" not in op else
                          f"  %{name} = {op} {words} : {result}")
        if "concat" in op:
            self.lines[-1] = self.lines[-1].replace(
                f": {types}", f": ({types})")
        return name, tuple(shape)

    def convolution(self, name, module, x):
        n, h, w, _ = x[1]
        pad, rate = module.padding[0], module.dilation[0]
        operands = [x, self.constant(f"{name}_filter", module.weight)]
        if module.bias is not None:
            operands.append(self.constant(f"{name}_bias", module.bias))
        return self.add(
            "lacuna.convolution", operands, (n, h, w, module.out_channels),
            f"strides = [1, 1] dilations = [{rate}, {rate}] pads = "
            f"[{pad}, {pad}] to [{pad}, {pad}] layout = channels_last")

    def block(self, name, modules, x):
        convolution, norm, _ = modules
        x = self.convolution(name, convolution, x)
        vectors = [self.constant(f"{name}_{word}", tensor) for word, tensor in
                   (("scale", norm.weight), ("shift", norm.bias),
                    ("mean", norm.running_mean), ("var", norm.running_var))]
        x = self.add("lacuna.batch_norm", [x, *vectors], x[1],
                     f"epsilon = {norm.eps:e} layout = channels_last")
        return self.add("lacuna.activation relu", [x], x[1])

    def pool(self, x, bins):
        n, _, _, c = x[1]
        return self.add("lacuna.adaptive_pool average", [x], (n, bins, bins, c),
                        f"output_size = [{bins}, {bins}] layout = "
                        "channels_last")

    def enlarge(self, x, size):
        n, h, w, c = x[1]
        return self.add("lacuna.resize linear", [x], (n, *size, c),
                        "coordinates = half_pixel scales = "
                        f"[1.0, {size[0] / h}, {size[1] / w}, 1.0]")

    def concat(self, parts):
        channels = sum(shape[-1] for _, shape in parts)
        return self.add("tensor.concat dim(3)", parts,
                        (*parts[0][1][:-1], channels))

    def write(self, stem, result):
        image, scores = self.type(self.image[1]), self.type(result[1])
        lines = "\n".join(self.lines)
        weights = ",\n".join(f'{name}: "0x08000000{text}"'
                             for name, text in self.weights.items())
        stem.with_suffix(".mlir").write_text(
            f'func.func @main(%image: {image} {{lacuna.name = "image"}}) -> '
            f'({scores} {{lacuna.name = "scores"}}) {{\n{lines}\n'
            f"  return %{result[0]} : {scores}\n}}\n"
            "{-# dialect_resources: { builtin: {\n" + weights + "\n}} #-}\n")
        np.savez(stem.with_suffix(".npz"), image=self.array)


def to_numpy(tensor):
    tensor = tensor.detach().contiguous()
    if tensor.dtype == torch.bfloat16:
        return tensor.view(torch.int16).numpy().view("V2")
    return tensor.numpy()


def aspp(p, module):
    x = p.image
    size = x[1][1:3]
    seen = [p.block("point", module.point, x)]
    for index, branch in enumerate(module.atrous):
        seen.append(p.block(f"atrous{index}", branch, x))
    seen.append(p.enlarge(p.block("mean", module.mean, p.pool(x, 1)), size))
    y = p.block("project", module.project, p.concat(seen))
    y = p.convolution("classify", module.classify,
                      p.block("refine", module.refine, y))
    return p.enlarge(y, [8 * length for length in size])


def psp(p, module):
    x = p.image
    seen = [x]
    for bins, level in zip(module.bins, module.levels):
        seen.append(p.enlarge(p.block(f"level{bins}", level, p.pool(x, bins)),
                              x[1][1:3]))
    return p.convolution("classify", module.classify,
                         p.block("join", module.join, p.concat(seen)))


def spp(p, _):
    n, _, _, c = p.image[1]
    return p.add("lacuna.pooling_pyramid max", [p.image], (n, 21 * c),
                 "bins = [1, 2, 4] layout = channels_last")


def write(folder, name, module, image):
    p = Program(image.dtype, image)
    body = {"aspp": aspp, "psp": psp, "spp": spp}[name]
    p.write(folder / name, body(p, module))


def main():
    folder = pathlib.Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    for name in sys.argv[2:] or ["aspp", "psp", "spp"]:
        write(folder, name, *head(name, torch.bfloat16))


if __name__ == "__main__":
    main()

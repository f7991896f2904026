"""Writes the page of channels mixed before a resize: /usr/bin/python3
make-mixed-resize.py (PyTorch 1.13)."""
import pathlib

import torch
import torch.nn.functional as F

from page import Page, type_of

torch.manual_seed(32)
here = pathlib.Path(__file__).parent.parent
F64 = torch.float64


def random(*shape, dtype=torch.float32):
    return torch.randn(*shape, dtype=F64).to(dtype)


def last(x):
    return x.movedim(1, -1).contiguous()


def add(page, name, plain, small, outputs, kernel=1, pad=0, layout=False,
        mode="linear", bias=True, **tolerance):
    """A convolution over maps joined along their channels: `plain` maps as they
    are, `small` ones enlarged to `size`."""
    maps, size = [*plain, *small], add.size
    dtype, channels = maps[0].dtype, sum(x.shape[1] for x in maps)
    f = random(outputs, channels, *[kernel] * len(size), dtype=dtype)
    b = [random(outputs, dtype=dtype)] if bias else []
    torch_mode = {"linear": "bilinear" if len(size) == 2 else "linear",
                  "nearest": "nearest", "cubic": "bicubic"}[mode]
    large = [F.interpolate(x.double(), size, mode=torch_mode, **(
        {} if mode == "nearest" else {"align_corners": False})) for x in small]
    convolve = F.conv2d if len(size) == 2 else F.conv1d
    y = convolve(torch.cat([x.double() for x in plain] + large, 1), f.double(),
                 *[x.double() for x in b], padding=pad).to(dtype)
    move = last if layout else lambda x: x
    operands = [move(x) for x in maps] + [f] + b
    lines, names, types = [], [], []
    for index, x in enumerate(maps):
        names.append(f"%x{index}")
        types.append(type_of(move(x)))
        if index < len(plain):
            continue
        scales = [n / m for n, m in zip(size, x.shape[2:])]
        scales = [1.0, *scales, 1.0] if layout else [1.0, 1.0, *scales]
        coordinates = "asymmetric rounding = floor" if mode == "nearest" else (
            "half_pixel")
        enlarged = type_of(move(torch.zeros(*x.shape[:2], *size, dtype=dtype)))
        coordinates, *rounding = coordinates.split(" ", 1)
        lines.append(
            f"%l{index} = lacuna.resize {mode} %x{index} coordinates = "
            f"{coordinates} scales = {scales} {''.join(rounding)} : "
            f"({types[-1]}) -> {enlarged}")
        names[-1], types[-1] = f"%l{index}", enlarged
    joined = type_of(move(torch.zeros(maps[0].shape[0], channels, *size,
                                      dtype=dtype)))
    source = names[0]
    if len(maps) > 1:
        source = "%joined"
        lines.append(f"%joined = tensor.concat dim({len(size) + 1 if layout else 1}) "
                     f"{', '.join(names)} : ({', '.join(types)}) -> {joined}")
    rest = [f"%x{len(maps) + i}" for i in range(1 + len(b))]
    ones, pads = [1] * len(size), [pad] * len(size)
    page.add(name, f"lacuna.convolution {', '.join([source, *rest])} strides = "
             f"{ones} dilations = {ones} pads = {pads} to {pads}"
             f"{' layout = channels_last' * layout} : "
             f"({', '.join([joined, *map(type_of, [f] + b)])}) -> {{out}}",
             operands, [move(y)], before="\n  ".join(lines),
             **{"rtol": 1e-5, "atol": 1e-5} | tolerance)


def main():
    page = Page(here / "mixed-resize.mlir", "make-mixed-resize.py",
                "Convolutions whose channels are mixed where maps are small.")
    add.size = (6, 6)
    for layout in (False, True):
        end = "_last" * layout
        add(page, "alone" + end, [], [random(1, 3, 2, 3)], 2, layout=layout)
        add(page, "constant" + end, [random(2, 2, 6, 6)],
            [random(2, 3, 1, 1), random(2, 1, 1, 1)], 3, layout=layout)
        add(page, "windows" + end, [random(2, 1, 6, 6)],
            [random(2, 4, 1, 1), random(2, 12, 2, 2)], 2, 3, 1, layout=layout)
        add(page, "cubic" + end, [random(1, 2, 6, 6)], [random(1, 3, 3, 2)], 2,
            layout=layout, mode="cubic")
    add(page, "nearest", [], [random(1, 12, 2, 2)], 2, 3, 1, mode="nearest")
    add.size = (9,)
    add(page, "line", [random(1, 2, 9)], [random(1, 12, 2)], 3, 5, 2)
    add(page, "half", [random(1, 2, 9, dtype=torch.float16)],
        [random(1, 12, 2, dtype=torch.float16)], 3, 3, 1, rtol=4e-3, atol=2e-2)
    page.write()


main()

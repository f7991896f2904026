"""Writes the page of transposed convolutions: /usr/bin/python3
make-transposed-convolution.py (PyTorch 1.13)."""
import pathlib

import torch
import torch.nn.functional as F

from page import Page, type_of

torch.manual_seed(31)
here = pathlib.Path(__file__).parent.parent
F64 = torch.float64
HALF = {"rtol": 2e-3, "atol": 4e-3}


def random(*shape, dtype=torch.float32):
    return torch.randn(*shape, dtype=F64).to(dtype)


def last(x):
    """Channels last."""
    return x.movedim(1, -1).contiguous()


def add(page, name, x, f, b, stride, dilation, pad, extra, groups=1,
        layouts=(False, True), computed=False, **tolerance):
    """`computed`: the compiler does not know the filter."""
    call = [F.conv_transpose1d, F.conv_transpose2d,
            F.conv_transpose3d][x.dim() - 3]
    known = f.double().relu() if computed else f.double()
    y = call(x.double(), known, None if b is None else b.double(), stride, pad,
             extra, groups, dilation).to(x.dtype)
    for layout in layouts:
        move = last if layout else lambda t: t
        operands = [move(x), f] + ([] if b is None else [b])
        names = ["{0}", "%filter" if computed else "{1}"]
        names += [] if b is None else ["{2}"]
        before = f"%filter = lacuna.activation relu {{1}} : {type_of(f)}"
        words = (f"lacuna.transposed_convolution {', '.join(names)} strides = "
                 f"{stride} dilations = {dilation} pads = {pad} to {pad} "
                 f"output_padding = {extra} groups = {groups}"
                 f"{' layout = channels_last' * layout} : ({{in}}) -> {{out}}")
        page.add(name + "_last" * layout, words, operands, [move(y)],
                 before=before if computed else None,
                 **{"rtol": 1e-5, "atol": 1e-5} | tolerance)


page = Page(here / "transposed-convolution.mlir",
            "make-transposed-convolution.py",
            "Filters known to the compiler, in both layouts.")
add(page, "line", random(2, 3, 5), random(3, 4, 3), random(4), [2], [1], [1],
    [1])
add(page, "plane", random(1, 3, 4, 3), random(3, 5, 3, 3), random(5), [2, 2],
    [1, 1], [1, 1], [1, 0])
add(page, "uneven", random(1, 2, 3, 4), random(2, 3, 4, 2), None, [3, 1],
    [1, 1], [1, 0], [2, 0])
add(page, "dilated", random(1, 2, 4, 4), random(2, 3, 3, 2), None, [2, 3],
    [2, 3], [2, 1], [1, 2])
add(page, "grouped", random(1, 6, 3, 4), random(6, 2, 3, 3), random(6), [2, 2],
    [1, 1], [0, 1], [0, 1], 3)
add(page, "depthwise", random(1, 4, 3, 3), random(4, 1, 4, 4), None, [2, 2],
    [1, 1], [1, 1], [0, 0], 4)
add(page, "gaps", random(1, 2, 3, 3), random(2, 2, 1, 2), None, [3, 3], [1, 1],
    [0, 0], [0, 0])
page.write()
page = Page(here / "transposed-convolution-computed.mlir",
            "make-transposed-convolution.py",
            "Filters known at run time only, volumes, other element types.")
add(page, "computed", random(1, 3, 4, 3), random(3, 5, 3, 3), random(5), [2, 2],
    [1, 1], [1, 1], [1, 0], computed=True)
add(page, "computed_dilated", random(1, 2, 4, 4), random(2, 3, 3, 2), None,
    [2, 3], [2, 3], [2, 1], [1, 2], computed=True)
add(page, "computed_groups", random(1, 6, 3, 4), random(6, 2, 3, 3), random(6),
    [2, 2], [1, 1], [0, 1], [0, 1], 3, computed=True)
add(page, "half", random(1, 3, 3, 4, dtype=torch.float16),
    random(3, 2, 3, 3, dtype=torch.float16), None, [2, 2], [1, 1], [1, 1],
    [1, 1], **HALF)
add(page, "double", random(1, 3, 5, dtype=F64), random(3, 2, 3, dtype=F64),
    None, [2], [1], [1], [1], rtol=1e-13, atol=1e-13)
add(page, "volume", random(1, 2, 2, 3, 2), random(2, 3, 2, 2, 3), None,
    [2, 1, 2], [1, 1, 1], [0, 1, 1], [1, 0, 0])
page.write()

"""Writes pooling-nested.mlir: /usr/bin/python3 make-nested-pools.py
(PyTorch 1.13)."""
import pathlib

import torch
import torch.nn.functional as F

from page import Page, type_of

torch.manual_seed(29)
here = pathlib.Path(__file__).parent.parent
page = Page(here / "pooling-nested.mlir", "make-nested-pools.py",
            "Pools of one map whose windows nest, joined along the height.")


def levels(name, kind, x, windows, width=1, **tolerance):
    """Windows of several heights, all of one width."""
    call = F.max_pool2d if kind == "max_pool" else F.avg_pool2d
    lines, names, types, parts = [], [], [], []
    for number, window in enumerate(windows):
        kernel = [window, width]
        parts.append(call(x.double(), kernel).to(x.dtype))
        types.append(type_of(parts[-1]))
        names.append(f"%p{number}")
        lines.append(f"{names[-1]} = lacuna.{kind} {{0}} kernel = {kernel} "
                     f"strides = {kernel} dilations = [1, 1] pads = [0, 0] to "
                     f"[0, 0] : ({type_of(x)}) -> {types[-1]}")
    page.add(name, f"tensor.concat dim(2) {', '.join(names)} : "
             f"({', '.join(types)}) -> {{out}}", [x], [torch.cat(parts, 2)],
             before="\n  ".join(lines), **tolerance)


def random(*shape, dtype=torch.float32):
    return (torch.randn(*shape, dtype=torch.float64) * 3).to(dtype)


x = random(1, 2, 12, 3)
x[0, 1, 5, 1] = float("nan")
levels("max", "max_pool", x, [12, 6, 4, 2], rtol=0.0, atol=0.0)
levels("max_half", "max_pool", random(1, 2, 8, 3, dtype=torch.float16),
       [2, 4, 8], rtol=0.0, atol=0.0)
levels("mean", "average_pool", random(2, 1, 12, 4), [12, 6, 4, 2], 2)
levels("mean_with_rest", "average_pool", random(1, 1, 9, 4), [4, 2])
levels("mean_half", "average_pool", random(1, 1, 8, 3, dtype=torch.bfloat16),
       [8, 4], rtol=8e-3, atol=8e-3)
page.write()

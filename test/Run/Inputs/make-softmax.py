"""Writes softmax.mlir: /usr/bin/python3 make-softmax.py (PyTorch 1.13)."""
import pathlib

import torch
import torch.nn.functional as F

from page import Page, type_of

torch.manual_seed(7)
here = pathlib.Path(__file__).parent.parent
page = Page(here / "softmax.mlir", "make-softmax.py",
            "Softmax over axes, odd sizes and extremes.")


def random(*shape, dtype=torch.float32, scale=3.0):
    return (torch.randn(*shape, dtype=torch.float64) * scale).to(dtype)


def softmax(name, x, axis, form="softmax", words="", **tolerance):
    y = getattr(F, form)(x.double(), axis)
    if words == "":
        y = torch.where((x == -torch.inf).all(axis, keepdim=True),
                        torch.zeros_like(y), y)
    elif words == "log":
        y = torch.where((x == -torch.inf).all(axis, keepdim=True),
                        torch.full_like(y, -torch.inf), y)
    page.add(name, f"lacuna.softmax {{0}} axis = {axis} {words} : {type_of(x)}",
             [x], [y.to(x.dtype)], **tolerance)


softmax("rows", random(3, 19), 1)
softmax("columns", random(5, 9), 0)
softmax("middle", random(2, 3, 4), 1)
softmax("long_row", random(1, 70), -1)
softmax("trailing_ones", random(2, 11, 1, 1), 1)
softmax("logarithm", random(2, 21), 1, "log_softmax", "log")
softmax("logarithm_of_columns", random(7, 3), 0, "log_softmax", "log")
softmax("softmin", random(2, 10), 1, "softmin", "negate")
softmax("double", random(2, 9, dtype=torch.float64), 1, rtol=1e-14, atol=0)
softmax("half", random(2, 9, dtype=torch.float16), 1, rtol=1e-3, atol=1e-6)
softmax("bfloat", random(2, 9, dtype=torch.bfloat16), 1, rtol=8e-3, atol=1e-6)
x = random(4, 9)
x[0] = -torch.inf
x[1, 3:] = -torch.inf
x[2] *= 1e4
x[3] = 3e38
softmax("extremes", x, 1)
softmax("logarithm_of_extremes", x, 1, "log_softmax", "log")
x = random(2, 3)
x[0, 1] = torch.nan
softmax("nan_spreads", x, 1)
softmax("no_rows", random(0, 3), 1)
softmax("no_elements", random(3, 0), 1)

page.write()

page = Page(here / "hardmax.mlir", "make-softmax.py", "Hardmax and maxout.")
x = torch.tensor([[1.0, 5.0, 5.0, -2.0, 0.5], [-torch.inf] * 5])
page.add("hardmax", f"lacuna.hardmax {{0}} axis = 1 : {type_of(x)}", [x],
         [torch.tensor([[0.0, 1, 0, 0, 0], [1.0, 0, 0, 0, 0]])])
x = random(11, 6)
y = F.one_hot(x.argmax(0), 11).T.float()
page.add("hardmax_of_columns", f"lacuna.hardmax {{0}} axis = 0 : {type_of(x)}",
         [x], [y])
x = random(2, 40, dtype=torch.float16)
page.add("hardmax_of_half", f"lacuna.hardmax {{0}} axis = -1 : {type_of(x)}",
         [x], [F.one_hot(x.float().argmax(1), 40).half()])
x = random(2, 6, 3)
page.add("maxout", "lacuna.maxout {0} axis = 1 groups = 3 : ({in}) -> {out}",
         [x], [x.view(2, 2, 3, 3).max(2).values])
x = random(3, 8)
page.add("maxout_of_rows",
         "lacuna.maxout {0} axis = -1 groups = 2 : ({in}) -> {out}", [x],
         [x.view(3, 4, 2).max(2).values])
page.write()

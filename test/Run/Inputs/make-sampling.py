"""Writes the pages of grid sampling: /usr/bin/python3 make-sampling.py
(PyTorch 1.13)."""
import pathlib

import torch
import torch.nn.functional as F

from page import Page

torch.manual_seed(23)
here = pathlib.Path(__file__).parent.parent
F64 = torch.float64
MODES = {"nearest": "nearest", "linear": "bilinear", "cubic": "bicubic"}


def random(*shape, dtype=torch.float32, scale=1.0):
    return (torch.randn(*shape, dtype=F64) * scale).to(dtype)


def sample(page, name, x, grid, mode, padding="zeros", align=False,
           **tolerance):
    y = F.grid_sample(x.double(), grid.double(), MODES[mode], padding, align)
    page.add(name, f"lacuna.grid_sample {mode} {{0}}, {{1}} padding = {padding}"
             f"{' align_corners' * align} : ({{in}}) -> {{out}}", [x, grid],
             [y.to(x.dtype)], **{"rtol": 1e-5, "atol": 2e-6} | tolerance)


def planes(page, modes=("nearest", "linear")):
    for mode in modes:
        for padding in ("zeros", "border", "reflection"):
            for align in (False, True):
                sample(page, f"{mode}_{padding}{'_corners' * align}",
                       random(1, 2, 3, 4), random(1, 2, 3, 2), mode, padding,
                       align)


def cubic_planes(page):
    planes(page, ("cubic",))


def others(page):
    sample(page, "volume", random(1, 2, 3, 2, 3), random(1, 2, 2, 2, 3),
           "linear", "border")
    sample(page, "volume_nearest", random(2, 1, 3, 2, 3),
           random(2, 1, 2, 3, 3), "nearest", "reflection", True)
    sample(page, "one_element", random(1, 2, 1, 1), random(1, 2, 2, 2),
           "linear", "reflection", True)
    sample(page, "long_rows", random(1, 1, 3, 4), random(1, 1, 67, 2),
           "linear")
    sample(page, "half", random(1, 2, 4, 4, dtype=torch.float16),
           random(1, 2, 3, 2), "linear", "border", rtol=1e-3, atol=1e-3)
    sample(page, "double", random(1, 2, 4, 4, dtype=F64),
           random(1, 2, 3, 2, dtype=F64), "cubic", rtol=1e-12, atol=1e-12)
    # Far outside, at infinity and at no number at all.
    far = torch.tensor([1e30, -1e30, float("inf"), float("nan"), 3e9, 0.0])
    grid = torch.stack([far, torch.zeros(6)], 1).view(1, 1, 6, 2)
    x = random(1, 1, 3, 3)
    y = torch.zeros(1, 1, 1, 6)
    y[..., 5] = x[0, 0, 1, 1]
    page.add("far_outside", "lacuna.grid_sample linear {0}, {1} : ({in}) -> "
             "{out}", [x, grid], [y])
    # What is outside weighs nothing, whatever stands at the border.
    x = torch.tensor([[[[1.0, float("inf")], [2.0, 4.0]]]])
    grid = torch.tensor([[[[0.5, 0.5], [-1.5, -1.5]]]])
    sample(page, "infinite_neighbour", x, grid, "linear")


def affine_grids(page):
    for size in ([3, 4], [2, 1], [2, 3, 2]):
        for align in (False, True):
            dims = len(size)
            theta = random(2, dims, dims + 1, scale=2.0)
            y = F.affine_grid(theta.double(), [2, 1, *size], align)
            name = f"grid_{'x'.join(map(str, size))}{'_corners' * align}"
            page.add(name, f"lacuna.affine_grid {{0}} size = {size}"
                     f"{' align_corners' * align} : ({{in}}) -> {{out}}",
                     [theta], [y.float()])
    theta = random(1, 2, 3, dtype=torch.float16)
    y = F.affine_grid(theta.double(), [1, 1, 3, 3], False)
    page.add("grid_half", "lacuna.affine_grid {0} size = [3, 3] : ({in}) -> "
             "{out}", [theta], [y.half()], 1e-3, 2e-3)


for stem, about, parts in (
        ("grid-sample", "The nearest element and blends of two a dimension.",
         (planes,)),
        ("grid-sample-cubic", "Blends of four elements a dimension.",
         (cubic_planes,)),
        ("grid-sample-shapes", "Volumes, extremes, other element types.",
         (others,)),
        ("affine-grid", "Grids of affine maps.", (affine_grids,))):
    page = Page(here / f"{stem}.mlir", "make-sampling.py", about)
    for part in parts:
        part(page)
    page.write()

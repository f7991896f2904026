#!/usr/bin/env python3
"""Writes vision-inputs.npz and vision-gradients.npz beside this file: PyTorch's
gradients of the sum over cases of the mean of y^2, for ../vision.mlir.

Needs torch and numpy (made with torch 1.13); the seed is fixed.
"""
from pathlib import Path

import numpy
import torch
import torch.nn.functional as F

torch.manual_seed(22)
inputs = {}


def draw(name, *shape):
    inputs[name] = torch.randn(*shape).requires_grad_()
    return inputs[name]


def loss(*values):
    return sum((value ** 2).mean() for value in values)


def spp(x, n):
    """SPP-net's windows: ceil(a / n) wide, every floor(a / n)."""
    rows, columns = x.shape[2:]
    size = -(-rows // n), -(-columns // n)
    step = rows // n, columns // n
    x = x[:, :, :step[0] * (n - 1) + size[0], :step[1] * (n - 1) + size[1]]
    return F.max_pool2d(x, size, step)


def dilated():
    x, f, b = draw("x", 2, 6, 17, 15), draw("f", 8, 3, 3, 3), draw("b", 8)
    y = F.conv2d(x, f, b, padding=(6, 12), dilation=(6, 12), groups=2)
    z = F.conv2d(F.pad(x, (1, 2, 0, 1)), draw("g", 5, 6, 3, 3), stride=(2, 3))
    return loss(y, z, F.conv_transpose2d(x, draw("h", 6, 4, 3, 3), stride=2,
                                         padding=1, output_padding=1))


def pooled():
    # Halves: many windows have several maxima, the first takes the gradient.
    ties = (draw("ties", 2, 4, 11, 9) * 2).detach().round() / 2
    inputs["ties"] = ties.requires_grad_()
    v = draw("v", 2, 3, 13, 10)
    flat = [F.adaptive_avg_pool2d(v, n).flatten(1) for n in (1, 2, 3, 6)]
    most, places = F.max_pool2d(v, 2, return_indices=True)
    return loss(F.max_pool2d(ties, 3, 2, 1, ceil_mode=True),
                F.avg_pool2d(ties, 3, 2, 1, ceil_mode=True,
                             count_include_pad=False),
                F.adaptive_max_pool2d(v, (5, 4)),
                F.adaptive_avg_pool2d(v, (5, 4)), torch.cat(flat, 1),
                *(spp(v, n) for n in (1, 2, 4)),
                F.max_unpool2d(most * most, places, 2, output_size=(13, 10)))


def resized():
    r = draw("r", 1, 3, 7, 6)
    sizes = {"size": (19, 9), "mode": "bilinear"}
    return loss(F.interpolate(r, align_corners=False, **sizes),
                F.interpolate(r, align_corners=True, **sizes),
                F.interpolate(r, size=(11, 13), mode="bicubic",
                              align_corners=False),
                F.interpolate(r, size=(15, 4), mode="nearest"),
                F.interpolate(r, size=(4, 3), mode="bilinear", antialias=True,
                              align_corners=False))


(dilated() + pooled() + resized()).backward()
here = Path(__file__).parent
numpy.savez_compressed(here / "vision-inputs.npz", **{
    name: value.detach().numpy() for name, value in inputs.items()})
numpy.savez_compressed(here / "vision-gradients.npz", **{
    "d_" + name: value.grad.numpy() for name, value in inputs.items()})

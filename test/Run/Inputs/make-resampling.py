"""Writes the pages of resizes and shuffles: /usr/bin/python3
make-resampling.py (PyTorch 1.13)."""
import pathlib

import torch
import torch.nn.functional as F

from page import Page

torch.manual_seed(29)
here = pathlib.Path(__file__).parent.parent
F64 = torch.float64
EXACT = {"rtol": 0.0, "atol": 0.0}
HALF = {"rtol": 1e-3, "atol": 1e-3}


def random(*shape, dtype=torch.float32):
    return (torch.randn(*shape, dtype=F64) * 2).to(dtype)


def last(x):
    """Channels last."""
    return x.movedim(1, -1).contiguous()


def resize(page, name, x, size, mode, coordinates, words="", channels_last=True,
           scale=None, **tolerance):
    """PyTorch's interpolate; `scale`, if any, is kept as it was given."""
    torch_mode = {("nearest", 1): "nearest", ("linear", 1): "linear",
                  ("linear", 2): "bilinear", ("linear", 3): "trilinear",
                  ("cubic", 2): "bicubic", ("nearest", 2): "nearest",
                  ("nearest", 3): "nearest"}[mode, len(size)]
    if "round_" in words:
        torch_mode = "nearest-exact"
    options = {}
    if mode != "nearest":
        options["align_corners"] = coordinates == "align_corners"
        options["antialias"] = "antialias" in words
    where = {"scale_factor": scale, "recompute_scale_factor": False} \
        if scale else {"size": size}
    y = F.interpolate(x.double(), mode=torch_mode, **where, **options)
    y = y.to(x.dtype)
    scales = scale or [m / n for m, n in zip(size, x.shape[2:])]
    for move in (lambda t: t, last) if channels_last else (lambda t: t,):
        own = [1.0, 1.0, *scales] if move is not last else [1.0, *scales, 1.0]
        text = ", ".join(f"{s:.17e}" for s in own)
        page.add(name + "_last" * (move is last), f"lacuna.resize {mode} {{0}} "
                 f"coordinates = {coordinates} scales = [{text}]{words} : "
                 "({in}) -> {out}", [move(x)], [move(y)], **tolerance)


def linear(page):
    resize(page, "up", random(1, 2, 3, 4), [6, 8], "linear", "half_pixel")
    resize(page, "uneven", random(1, 2, 3, 5), [7, 8], "linear", "half_pixel")
    resize(page, "corners", random(1, 3, 3, 4), [5, 9], "linear",
           "align_corners")
    resize(page, "down", random(1, 2, 7, 9), [3, 4], "linear", "half_pixel")
    resize(page, "line", random(2, 2, 5), [11], "linear", "half_pixel")
    resize(page, "volume", random(1, 1, 2, 3, 2), [3, 4, 3], "linear",
           "half_pixel")
    resize(page, "half", random(1, 2, 3, 4, dtype=torch.float16), [5, 7],
           "linear", "half_pixel", **HALF)
    resize(page, "double", random(1, 2, 3, 4, dtype=F64), [5, 7], "linear",
           "align_corners", rtol=1e-13, atol=1e-13)
    # One output: PyTorch's half pixels are the plain ones.
    resize(page, "to_one", random(1, 2, 4, 3), [1, 1], "linear", "half_pixel")


def cubic(page):
    resize(page, "cubic", random(1, 2, 4, 3), [7, 8], "cubic", "half_pixel")
    resize(page, "cubic_corners", random(1, 2, 4, 5), [6, 7], "cubic",
           "align_corners")
    resize(page, "cubic_down", random(1, 2, 9, 8), [4, 3], "cubic",
           "half_pixel")
    resize(page, "cubic_half", random(1, 2, 4, 3, dtype=torch.float16), [6, 5],
           "cubic", "half_pixel", **HALF)
    # The scale as it was given, not the ratio of the sizes.
    resize(page, "given_scale", random(1, 2, 5, 4), [8, 10], "linear",
           "half_pixel", scale=[1.7, 2.6])


def nearest(page):
    floor = " rounding = floor"
    resize(page, "nearest", random(1, 2, 3, 4), [6, 8], "nearest", "asymmetric",
           floor, **EXACT)
    resize(page, "nearest_uneven", random(1, 2, 5, 7), [8, 3], "nearest",
           "asymmetric", floor, **EXACT)
    resize(page, "nearest_exact", random(1, 2, 5, 7), [8, 3], "nearest",
           "half_pixel", " rounding = round_prefer_ceil", **EXACT)
    resize(page, "nearest_volume", random(1, 1, 2, 3, 2), [3, 2, 4], "nearest",
           "asymmetric", floor, **EXACT)
    resize(page, "nearest_half", random(1, 2, 3, 4, dtype=torch.float16),
           [5, 4], "nearest", "asymmetric", floor, **EXACT)


def antialiased(page):
    # PyTorch leaves out what is outside.
    resize(page, "smooth", random(1, 2, 7, 9), [3, 4], "linear", "half_pixel",
           " exclude_outside antialias")
    resize(page, "smooth_one_way", random(1, 2, 9, 3), [4, 5], "linear",
           "half_pixel", " exclude_outside antialias")


def shuffle(page):
    def pair(name, small, large, order):
        for layout, move in (("", lambda t: t),
                             (" layout = channels_last", last)):
            end = "_last" * bool(layout)
            words = f" block = {{block}} order = {order}{layout}"
            block = large.shape[2] // small.shape[2]
            words = words.format(block=block) + " : ({in}) -> {out}"
            page.add(f"{name}_{order}{end}", "lacuna.pixel_shuffle {0}" + words,
                     [move(small)], [move(large)], **EXACT)
            page.add(f"{name}_{order}_back{end}",
                     "lacuna.pixel_unshuffle {0}" + words, [move(large)],
                     [move(small)], **EXACT)

    for name, c, b, dtype in (("blocks", 3, 2, torch.float32),
                              ("large_blocks", 1, 3, torch.float16)):
        x = random(2, c * b * b, 2, 3, dtype=dtype)
        pair(name, x, F.pixel_shuffle(x, b), "crd")
        # The block's pixel comes before the channel.
        swapped = x.view(2, b * b, c, 2, 3).transpose(1, 2).reshape(x.shape)
        pair(name, x, F.pixel_shuffle(swapped, b), "dcr")


for stem, about, parts in (
        ("resize-linear", "Linear resizes, in both layouts.", (linear,)),
        ("resize-cubic", "Cubic resizes and given scales.", (cubic,)),
        ("resize-nearest", "Nearest and antialiased resizes.",
         (nearest, antialiased)),
        ("pixel-shuffle", "Channels to space and back.", (shuffle,))):
    page = Page(here / f"{stem}.mlir", "make-resampling.py", about)
    for part in parts:
        part(page)
    page.write()

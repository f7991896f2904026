"""Writes the pages of pools: /usr/bin/python3 make-pooling.py
(PyTorch 1.13)."""
import itertools
import pathlib

import torch
import torch.nn.functional as F

from page import Page

torch.manual_seed(17)
here = pathlib.Path(__file__).parent.parent
F64 = torch.float64
EXACT = {"rtol": 0.0, "atol": 0.0}
HALF = {"rtol": 2e-3, "atol": 2e-3}
LAST = " layout = channels_last"


def random(*shape, dtype=torch.float32):
    return (torch.randn(*shape, dtype=F64) * 3).to(dtype)


def last(x):
    """Channels last."""
    return x.movedim(1, -1).contiguous()


def both(page, name, op, x, y, **tolerance):
    """The same pool in both layouts; the attribute ends `op`."""
    page.add(name, f"lacuna.{op} : ({{in}}) -> {{out}}", [x], [y], **tolerance)
    page.add(name + "_last", f"lacuna.{op}{LAST} : ({{in}}) -> {{out}}",
             [last(x)], [last(y)], **tolerance)


def words(kernel, stride, dilation, pad):
    return (f"kernel = {kernel} strides = {stride} dilations = {dilation} "
            f"pads = {pad} to {pad}")


def max_pool(page, name, x, k, s, d, p, ceil=False, indices=False):
    call = [F.max_pool1d, F.max_pool2d, F.max_pool3d][len(k) - 1]
    y = call(x.double(), k, s, p, d, ceil, return_indices=indices)
    op = f"max_pool {{0}} {words(k, s, d, p)}{' ceil_mode' * ceil}"
    if not indices:
        return both(page, name, op, x, y.to(x.dtype), **EXACT)
    values, places = y
    for layout, move in (("", lambda t: t), (LAST, last)):
        page.add(name + "_last" * bool(layout),
                 f"lacuna.{op}{layout} : ({{in}}) -> {{out}}", [move(x)],
                 [move(values.to(x.dtype)), move(places)], **EXACT)


def max_pools(page):
    max_pool(page, "max_line", random(2, 3, 11), [3], [2], [1], [1])
    max_pool(page, "max_plane", random(1, 3, 7, 6), [3, 2], [2, 1], [1, 1],
             [1, 0])
    max_pool(page, "max_dilated", random(1, 2, 9, 8), [2, 3], [1, 2], [3, 2],
             [1, 1])
    max_pool(page, "max_ceiling", random(1, 2, 6, 7), [2, 2], [3, 2], [1, 1],
             [1, 1], ceil=True)
    max_pool(page, "max_volume", random(1, 2, 4, 3, 5), [2, 2, 2], [2, 1, 2],
             [1, 1, 1], [0, 1, 0])
    max_pool(page, "max_half", random(1, 3, 5, 5, dtype=torch.float16), [3, 3],
             [1, 1], [1, 1], [1, 1])


def max_pools_with_indices(page):
    # Of equal elements the first one counts.
    ties = torch.tensor([1., 3, 3, 2, 2, 2, 3, 3]).repeat(4).view(1, 2, 4, 4)
    max_pool(page, "max_ties", ties, [2, 2], [2, 2], [1, 1], [0, 0],
             indices=True)
    max_pool(page, "max_places", random(1, 2, 5, 6), [3, 2], [2, 2], [1, 2],
             [1, 1], indices=True)
    max_pool(page, "max_places_of_line", random(2, 2, 7), [3], [2], [1], [1],
             indices=True)


def max_of_anything(page):
    x = random(1, 1, 3, 4)
    x[0, 0, 1, 2] = float("nan")
    x[0, 0, 0, 0] = float("-inf")
    both(page, "max_nan", f"max_pool {{0}} {words([2], [1], [1], [0])}",
         x[0], F.max_pool1d(x[0], 2, 1))
    x = torch.randint(-128, 128, (1, 2, 6), dtype=torch.int32)
    y = x.double().unfold(2, 3, 1).max(-1).values.int()
    both(page, "max_integers", f"max_pool {{0}} {words([3], [1], [1], [0])}",
         x, y)


def average_pools(page):
    def pool(name, x, k, s, p, ceil=False, counted=False, **tolerance):
        call = [F.avg_pool1d, F.avg_pool2d, F.avg_pool3d][len(k) - 1]
        y = call(x.double(), k, s, p, ceil, counted).to(x.dtype)
        both(page, name, f"average_pool {{0}} {words(k, s, [1] * len(k), p)}"
             f"{' ceil_mode' * ceil}{' count_include_pad' * counted}", x, y,
             **tolerance)

    pool("mean_line", random(2, 3, 11), [3], [2], [1])
    pool("mean_counted", random(1, 3, 7, 6), [3, 2], [2, 1], [1, 1],
         counted=True)
    pool("mean_uncounted", random(1, 3, 7, 6), [3, 2], [2, 1], [1, 1])
    pool("mean_ceiling", random(1, 2, 6, 7), [3, 2], [2, 3], [1, 1], ceil=True)
    pool("mean_ceiling_counted", random(1, 2, 6, 7), [3, 2], [2, 3], [1, 1],
         ceil=True, counted=True)
    pool("mean_volume", random(1, 2, 4, 3, 5), [2, 2, 2], [2, 1, 2], [0, 1, 1])
    pool("mean_half", random(1, 2, 5, 5, dtype=torch.float16), [3, 3], [1, 1],
         [1, 1], **HALF)
    pool("mean_double", random(1, 2, 7, dtype=F64), [3], [2], [1], rtol=1e-14,
         atol=1e-14)


def norm(x, k, s, pad, p):
    """PyTorch's own lp_pool takes no magnitudes: the sum as a mean."""
    call = F.avg_pool1d if len(k) == 1 else F.avg_pool2d
    count = torch.tensor(k).prod().item()
    return (call(x.double().abs() ** p, k, s, pad) * count) ** (1 / p)


def lp_pools(page):
    def pool(name, x, k, s, pad, p, **tolerance):
        y = norm(x, k, s, pad, p).to(x.dtype)
        both(page, name, f"lp_pool {{0}} {words(k, s, [1] * len(k), pad)} p = "
             f"{float(p)}", x, y, **{"rtol": 1e-5, "atol": 1e-6} | tolerance)

    pool("norm_1", random(2, 3, 7), [3], [2], [1], 1)
    pool("norm_2", random(1, 3, 6, 5), [2, 3], [2, 1], [1, 1], 2)
    pool("norm_3", random(1, 2, 5, 5), [3, 3], [2, 2], [0, 1], 3)
    pool("norm_half", random(1, 2, 5, 4, dtype=torch.float16), [2, 2], [1, 1],
         [0, 0], 2, **HALF)


def global_pools(page):
    def pool(name, x, mode, y, words="", **tolerance):
        both(page, name, f"global_pool {mode} {{0}}{words}", x, y.to(x.dtype),
             **tolerance)

    x = random(2, 3, 5, 7)
    wide = x.double()
    pool("all_max", x, "max", wide.amax((2, 3), keepdim=True), **EXACT)
    pool("all_mean", x, "average", wide.mean((2, 3), keepdim=True))
    pool("all_norm", x, "lp", wide.abs().pow(3).sum((2, 3), keepdim=True) **
         (1 / 3), " p = 3.0", rtol=1e-5, atol=1e-5)
    x = random(1, 17, 9, dtype=torch.float16)
    pool("all_half", x, "average", x.double().mean(2, keepdim=True), **HALF)


def adaptive_pools(page):
    def pool(name, x, size, mode, **tolerance):
        calls = {"max": [F.adaptive_max_pool1d, F.adaptive_max_pool2d,
                         F.adaptive_max_pool3d],
                 "average": [F.adaptive_avg_pool1d, F.adaptive_avg_pool2d,
                             F.adaptive_avg_pool3d]}
        y = calls[mode][len(size) - 1](x.double(), size).to(x.dtype)
        both(page, name, f"adaptive_pool {mode} {{0}} output_size = {size}", x,
             y, **tolerance)

    pool("bins_of_line", random(2, 2, 10), [3], "average")
    pool("bins_uneven", random(1, 3, 7, 10), [3, 4], "average")
    pool("bins_even", random(1, 2, 6, 8), [3, 2], "max")
    pool("bins_uneven_max", random(1, 3, 5, 11), [2, 3], "max")
    pool("more_bins_than_elements", random(1, 2, 3, 2), [5, 3], "average")
    pool("one_bin", random(1, 3, 5, 3), [1, 1], "average")
    pool("bins_of_volume", random(1, 1, 5, 3, 4), [2, 2, 3], "max")
    pool("bins_half", random(1, 2, 7, 5, dtype=torch.float16), [2, 3],
         "average", **HALF)


def level(x, n, mode, windows):
    """One level of a pyramid, element by element."""
    sizes = x.shape[2:]
    y = torch.empty(*x.shape[:2], *[n] * len(sizes), dtype=F64)
    for index in itertools.product(range(n), repeat=len(sizes)):
        part = x.double()
        for dim, (i, a) in enumerate(zip(index, sizes)):
            start, stop = i * a // n, -(-(i + 1) * a // n)
            if windows == "spp":
                start = i * (a // n)
                stop = start + -(-a // n)
            part = part.narrow(2 + dim, start, stop - start)
        part = part.flatten(2)
        y[(..., *index)] = part.amax(2) if mode == "max" else part.mean(2)
    return y


def pyramid(page, name, x, bins, mode, windows, maps=False, **tolerance):
    levels = [level(x, n, mode, windows).to(x.dtype) for n in bins]
    flat = torch.cat([y.flatten(1) for y in levels], 1)
    op = (f"lacuna.pooling_pyramid {mode} {{0}} bins = {bins} windows = "
          f"{windows}{' maps' * maps}")
    page.add(name, op + " : ({in}) -> {out}", [x], levels if maps else [flat],
             **tolerance)
    page.add(name + "_last", op + LAST + " : ({in}) -> {out}", [last(x)],
             [last(y) for y in levels] if maps else [flat], **tolerance)


def flat_pyramids(page):
    pyramid(page, "max", random(1, 3, 7, 9), [1, 2, 4], "max", "adaptive")
    pyramid(page, "max_spp", random(1, 3, 7, 9), [1, 2, 4], "max", "spp")
    pyramid(page, "mean", random(2, 2, 6, 6), [1, 2, 3], "average", "adaptive")
    pyramid(page, "mean_spp", random(1, 2, 7, 5), [3, 2], "average", "spp")
    pyramid(page, "line", random(2, 2, 11), [4, 1, 3], "max", "spp")
    pyramid(page, "half", random(1, 2, 5, 6, dtype=torch.float16), [2, 1],
            "average", "adaptive", **HALF)
    pyramid(page, "double", random(1, 9, 6, dtype=F64), [4, 2], "average",
            "adaptive", rtol=1e-14, atol=1e-14)
    # Too many bins to keep their cells: each reads the input.
    pyramid(page, "many_bins", random(1, 2, 5), [256, 2], "max", "adaptive")


def pyramid_maps(page):
    pyramid(page, "mean", random(1, 3, 6, 7), [1, 3, 2], "average", "adaptive",
            maps=True)
    pyramid(page, "max_spp", random(1, 2, 5, 4), [3, 2], "max", "spp",
            maps=True)
    pyramid(page, "volume", random(1, 2, 3, 4, 3), [1, 2], "average",
            "adaptive", maps=True)


def unpools(page):
    def unpool(name, x, k, size, whole=False):
        maxima, places = F.max_pool2d(x, k, return_indices=True)
        y = F.max_unpool2d(maxima, places, k, output_size=size)
        n, c = x.shape[:2]
        if whole:
            planes = torch.arange(n * c).view(n, c, 1, 1)
            places = places + planes * size[-2] * size[-1]
        for layout, move in (("", lambda t: t), (LAST, last)):
            page.add(name + "_last" * bool(layout), "lacuna.max_unpool {0}, "
                     f"{{1}}{' index_mode = whole' * whole}{layout} : ({{in}}) "
                     "-> {out}", [move(maxima), move(places)], [move(y)],
                     **EXACT)

    unpool("unpool", random(2, 3, 4, 6), [2, 2], (4, 6))
    unpool("unpool_larger", random(1, 2, 5, 7), [2, 3], (5, 7))
    unpool("unpool_whole", random(2, 2, 4, 6), [2, 3], (4, 6), whole=True)
    x = torch.tensor([[[1., 2, 3, 4]]])
    i = torch.tensor([[[5, 0, 5, 2]]])
    y = torch.tensor([[[2., 0, 4, 0, 0, 3, 0]]])
    page.add("unpool_equal_indices", "lacuna.max_unpool {0}, {1} : ({in}) -> "
             "{out}", [x, i], [y], why="The last one stays.")


for stem, about, parts in (
        ("max-pooling", "Max pools, in both layouts.",
         (max_pools, max_of_anything)),
        ("max-pooling-indices", "Max pools that say where their maxima stood.",
         (max_pools_with_indices,)),
        ("average-pooling", "Average pools, in both layouts.",
         (average_pools,)),
        ("adaptive-pooling", "Pools into bins, in both layouts.",
         (adaptive_pools,)),
        ("pooling-pyramid", "Several grids of bins at once, in both layouts.",
         (flat_pyramids,)),
        ("pooling-pyramid-maps", "A map for each grid of bins.",
         (pyramid_maps,)),
        ("max-unpool", "Maxima back in their places, in both layouts.",
         (unpools,)),
        ("lp-pooling", "Norms of windows and planes, in both layouts.",
         (lp_pools, global_pools))):
    page = Page(here / f"{stem}.mlir", "make-pooling.py", about)
    for part in parts:
        part(page)
    page.write()

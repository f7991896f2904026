#!/usr/bin/env python3
"""Writes the pages of test/Run/indexing: run it there after a change.

Expected numbers are NumPy's; random numbers come from a Philox4x32-10 written
down here once more, in Python's integers.
"""
import math
import pathlib

import numpy as np

OUT = pathlib.Path(__file__).resolve().parents[1] / "indexing"


def bits16(x, element):
    """`x` rounded to a 16-bit float, as its representation."""
    if element == "f16":
        return np.float16(x).view(np.uint16)
    raw = int(np.float32(x).view(np.uint32))
    return (raw + 0x7FFF + ((raw >> 16) & 1)) >> 16


def number(v, element):
    if element == "i1":
        return "true" if v else "false"
    if element[0] == "i":
        return str(int(v))
    if not np.isfinite(v):
        table = {"f32": (np.float32, np.uint32), "f64": (np.float64, np.uint64),
                 "f16": (np.float16, np.uint16)}
        f, u = table[element]
        return "0x%0*X" % (np.dtype(u).itemsize * 2, int(f(v).view(u)))
    if element in ("f16", "bf16"):
        return "0x%04X" % bits16(v, element)
    return np.format_float_scientific(
        v if element == "f64" else np.float32(v), trim="0")


def text(x, element):
    def nest(a):
        if a.ndim == 0:
            return number(a[()], element)
        return "[" + ", ".join(nest(e) for e in a) + "]"
    x = np.asarray(x)
    return f"dense<{'' if x.size == 0 else nest(x)}> : {kind(x, element)}"


def kind(x, element):
    return f"tensor<{''.join(f'{n}x' for n in np.shape(x))}{element}>"


class Page:
    def __init__(self, name, title):
        self.path = OUT / f"{name}.mlir"
        self.random = np.random.default_rng(sum(map(ord, name)))
        self.parts = ["// RUN: lacuna check %s\n\n"
                      f"// {title} From Inputs/make-indexing.py.\n"]

    def case(self, name, op, operands, results, tolerance=None):
        """`op` with %0, %1, ... for the operands, pairs (array, element)."""
        lines = [f"func.func @{name}() {{"]
        for i, (x, e) in enumerate(operands):
            lines.append(f"  %{i} = arith.constant {text(x, e)}")
        count = f":{len(results)}" if len(results) > 1 else ""
        lines.append(f"  %r{count} = lacuna.{op} : ("
                     + ", ".join(kind(x, e) for x, e in operands) + ") -> ("
                     + ", ".join(kind(x, e) for x, e in results) + ")")
        for i, (x, e) in enumerate(results):
            value = f"%r#{i}" if len(results) > 1 else "%r"
            lines.append(f"  %e{i} = arith.constant {text(x, e)}")
            if tolerance and e[0] != "i":
                lines.append(f"  check.expect_close {value}, %e{i} rtol = "
                             f"{tolerance:.1e} atol = {tolerance:.1e} : "
                             f"{kind(x, e)}")
            else:
                lines.append(f"  check.expect_equal {value}, %e{i} : "
                             f"{kind(x, e)}")
        self.parts.append("\n".join(lines + ["  return", "}"]) + "\n")

    def numbers(self, *shape):
        return self.random.standard_normal(shape).round(2)

    def write(self):
        self.path.write_text("\n".join(self.parts))


def gather():
    p = Page("gather", "Elements and slices picked by index.")
    x = p.numbers(3, 4, 5)
    i = np.array([[2, -1], [0, -3]])
    for axis in (0, 1, 2, -1):
        p.case(f"gather_{axis}".replace("-", "m"),
               f"gather %0[%1] axis = {axis}", [(x, "f32"), (i, "i64")],
               [(np.take(x, i, axis), "f32")])
    p.case("gather_scalar", "gather %0[%1] axis = 1",
           [(x, "f64"), (np.array(-2), "i32")], [(x[:, -2], "f64")])
    p.case("gather_element", "gather %0[%1] axis = 0",
           [(x[0, 0], "f16"), (np.array(3), "i32")], [(x[0, 0, 3], "f16")])
    p.case("gather_nothing", "gather %0[%1] axis = 0",
           [(x, "f32"), (np.zeros((0,)), "i64")], [(x[:0], "f32")])
    p.case("gather_booleans", "gather %0[%1] axis = 0",
           [(x[0] > 0, "i1"), (np.array([3, 0]), "i64")],
           [(x[0][[3, 0]] > 0, "i1")])
    e = p.random.integers(-4, 4, (3, 2, 5))
    p.case("gather_elements", "gather_elements %0[%1] axis = 1",
           [(x, "f32"), (e, "i64")],
           [(np.take_along_axis(x, e, 1), "f32")])
    e = p.random.integers(-5, 5, (3, 4, 2))
    p.case("gather_elements_last", "gather_elements %0[%1] axis = -1",
           [(x, "f32"), (e, "i32")],
           [(np.take_along_axis(x, e, 2), "f32")])
    t = np.array([[0, 1], [2, -4]])
    p.case("gather_nd", "gather_nd %0[%1]", [(x, "f32"), (t, "i64")],
           [(x[t[:, 0], t[:, 1]], "f32")])
    t = np.array([[0, 1, 4], [2, -4, -5]])
    p.case("gather_nd_elements", "gather_nd %0[%1]",
           [(x, "f32"), (t, "i64")], [(x[tuple(t.T)], "f32")])
    t = np.array([[[1], [0]], [[3], [3]], [[-1], [2]]])
    p.case("gather_nd_batch", "gather_nd %0[%1] batch_dims = 1",
           [(x, "f32"), (t, "i64")],
           [(np.stack([x[n][t[n, :, 0]] for n in range(3)]), "f32")])
    table = p.numbers(5, 3)
    p.case("embedding", "embedding %0[%1] padding_index = 0",
           [(table, "bf16"), (np.array([[4, 0], [-1, 2]]), "i64")],
           [(table[[[4, 0], [4, 2]]], "bf16")])
    p.write()


REDUCTIONS = {"none": lambda a, b: b, "add": lambda a, b: a + b,
              "mul": lambda a, b: a * b, "max": max, "min": min}


def scatter_elements():
    p = Page("scatter-elements", "Elements written by index.")
    x = p.numbers(4, 5)
    for axis in (0, 1):
        i = p.random.integers(-4, 4, (3, 4))
        u = p.numbers(3, 4)
        for name, combine in REDUCTIONS.items():
            y = x.astype(np.float32)
            for at in np.ndindex(i.shape):
                to = list(at)
                to[axis] = i[at]
                y[tuple(to)] = combine(y[tuple(to)], np.float32(u[at]))
            how = "" if name == "none" else f" reduction = {name}"
            p.case(f"elements_{axis}_{name}",
                   f"scatter_elements %0[%1], %2 axis = {axis}{how}",
                   [(x, "f32"), (i, "i64"), (u, "f32")], [(y, "f32")])
    y = np.array([1, 2, 3, 4])
    p.case("integers", "scatter_elements %0[%1], %2 axis = 0 reduction = add",
           [(y, "i32"), ([1, 1, -1], "i32"), ([10, 20, 30], "i32")],
           [([1, 32, 3, 34], "i32")])
    p.case("booleans", "scatter_elements %0[%1], %2 axis = 0",
           [(y > 2, "i1"), ([0, 3], "i32"), ([1, 0], "i1")],
           [([1, 0, 1, 0], "i1")])
    p.write()


def scatter_nd():
    p = Page("scatter-nd", "Slices written by index tuples.")
    x = p.numbers(4, 5)
    i = np.array([[2], [0], [2]])
    u = p.numbers(3, 5)
    for name, combine in REDUCTIONS.items():
        y = x.astype(np.float32)
        for n, (t,) in enumerate(i):
            for c in range(5):
                y[t, c] = combine(y[t, c], np.float32(u[n, c]))
        how = "" if name == "none" else f" reduction = {name}"
        p.case(f"nd_{name}", f"scatter_nd %0[%1], %2{how}",
               [(x, "f32"), (i, "i64"), (u, "f32")], [(y, "f32")])
    y = x.copy()
    t = np.array([[0, 4], [-1, 0], [0, 4]])
    for n in range(3):
        y[tuple(t[n])] = u[0, n]
    p.case("nd_elements", "scatter_nd %0[%1], %2",
           [(x, "f64"), (t, "i64"), (u[0, :3], "f64")], [(y, "f64")])
    p.write()


def one_hot(p):
    i = np.array([[1, -1], [3, 7]])
    hot = np.where(np.arange(4) == (np.where(i < 0, i + 4, i))[..., None], 5, 2)
    p.case("one_hot", "one_hot %0, %1 depth = 4 axis = -1",
           [(i, "i64"), ([2, 5], "f32")], [(hot, "f32")])
    p.case("one_hot_front", "one_hot %0, %1 depth = 4 axis = 0",
           [(i, "i32"), ([2, 5], "i8")], [(hot.transpose(2, 0, 1), "i8")])


def extremes():
    p = Page("extremes", "Where extremes stand; one-hot vectors.")
    nan = float("nan")
    x = np.array([[1, 3, 3, -2], [nan, 5, nan, 5], [0, -0.0, 0, 0]])
    for name, op, last, want in (
            ("max", "max", "", [1, 0, 0]), ("min", "min", "", [3, 0, 0]),
            ("max_last", "max", " select_last", [2, 2, 3]),
            ("min_last", "min", " select_last", [3, 2, 3])):
        p.case(f"arg_{name}", f"arg_extreme {op} %0 axis = 1{last}",
               [(x, "f32")], [(np.array(want), "i64")])
        p.case(f"arg_{name}_down", f"arg_extreme {op} %0 axis = 0{last}",
               [(x.T, "f64")], [(np.array([want]), "i64")])
    y = p.numbers(2, 3, 37)
    p.case("arg_channels", "arg_extreme max %0 axis = 1", [(y, "f32")],
           [(y.argmax(1), "i64")])
    p.case("arg_integers", "arg_extreme min %0 axis = -1",
           [((y * 100).astype(int), "i16")],
           [((y * 100).astype(int).argmin(-1), "i64")])
    one_hot(p)
    p.write()


def top_k():
    p = Page("top-k", "The best of each line, in order.")
    nan = float("nan")
    z = np.array([2, nan, -1, 2, 7, -0.0, 0, nan])
    p.case("top_k", "top_k max %0 k = 5 axis = 0", [(z, "f32")],
           [(z[[1, 7, 4, 0, 3]], "f32"), (np.array([1, 7, 4, 0, 3]), "i64")])
    p.case("top_k_smallest", "top_k min %0 k = 4 axis = 0", [(z, "f64")],
           [(z[[2, 5, 6, 0]], "f64"), (np.array([2, 5, 6, 0]), "i64")])
    w = p.random.integers(-9, 9, (3, 11))
    order = np.argsort(-w, -1, kind="stable")
    p.case("top_k_all", "top_k max %0 k = 11 axis = 1", [(w, "i64")],
           [(np.take_along_axis(w, order, 1), "i64"), (order, "i64")])
    order = np.argsort(w, 0, kind="stable")[:2]
    p.case("top_k_down", "top_k min %0 k = 2 axis = 0", [(w, "i8")],
           [(np.take_along_axis(w, order, 0), "i8"), (order, "i64")])
    p.case("top_k_none", "top_k min %0 k = 0 axis = 0", [(w, "i8")],
           [(w[:0], "i8"), (order[:0], "i64")])
    p.write()


def lines():
    p = Page("lines", "Running sums and reversal.")
    v = p.numbers(2, 3, 9)
    for axis in (0, 1, 2):
        p.case(f"sum_{axis}", f"cumulative sum %0 axis = {axis}",
               [(v, "f64")], [(v.cumsum(axis), "f64")], 1e-14)
    one = np.ones((2, 1, 9))
    p.case("prod_exclusive", "cumulative prod %0 axis = 1 exclusive",
           [(v, "f32")],
           [(np.concatenate([one, v[:, :2].cumprod(1)], 1), "f32")], 1e-6)
    back = v[..., ::-1].cumsum(-1)[..., ::-1]
    p.case("sum_reverse", "cumulative sum %0 axis = -1 reverse",
           [(v, "f32")], [(back, "f32")], 1e-6)
    p.case("sum_reverse_exclusive",
           "cumulative sum %0 axis = -1 exclusive reverse",
           [(v, "f32")], [(back - v, "f32")], 1e-5)
    p.case("sum_wide", "cumulative sum %0 axis = 0",
           [(np.full(300, 16.0), "bf16")],
           [(np.arange(1, 301) * 16.0, "bf16")])
    n = np.array([3, 0])
    r = v.copy()
    r[0] = v[0, ::-1]
    p.case("reverse", "reverse_sequence %0, %1 batch_axis = 0 time_axis = 1",
           [(v, "f32"), (n, "i64")], [(r, "f32")])
    n = np.array([1, 5, 9])
    r = v.copy()
    for b in range(3):
        r[:, b, :n[b]] = v[:, b, :n[b]][:, ::-1]
    p.case("reverse_last",
           "reverse_sequence %0, %1 batch_axis = 1 time_axis = 2",
           [(v, "f32"), (n, "i32")], [(r, "f32")])
    p.write()


def rotary():
    p = Page("rotary", "Rotary position embedding.")

    def turn(x, c, s, dims, neighbours):
        """x: (b, h, s, d), angles: (b, s, dims / 2)."""
        c, s = c[:, None], s[:, None]
        y = x.copy()
        part = x[..., :dims]
        a, b = ((part[..., ::2], part[..., 1::2]) if neighbours else
                (part[..., :dims // 2], part[..., dims // 2:]))
        first, second = a * c - b * s, a * s + b * c
        if neighbours:
            y[..., :dims:2], y[..., 1:dims:2] = first, second
        else:
            y[..., :dims // 2], y[..., dims // 2:dims] = first, second
        return y

    x = p.numbers(2, 2, 3, 6)
    for dims in (0, 4):
        half = (dims or 6) // 2
        c, s = p.numbers(2, 3, half), p.numbers(2, 3, half)
        table = p.numbers(5, half), p.numbers(5, half)
        ids = np.array([[4, 0, 1], [2, 2, 3]])
        for neighbours in (False, True):
            how = (" interleaved" if neighbours else "") + (
                f" rotary_dims = {dims}" if dims else "")
            name = f"{'neighbours' if neighbours else 'halves'}_{dims}"
            y = turn(x, c, s, dims or 6, neighbours)
            p.case(name, f"rotary_embedding %0, %1, %2{how}",
                   [(x, "f32"), (c, "f32"), (s, "f32")], [(y, "f32")], 1e-6)
            y = turn(x, table[0][ids], table[1][ids], dims or 6, neighbours)
            flip = (0, 2, 1, 3)
            p.case(name + "_ids",
                   "rotary_embedding %0, %1, %2 position_ids %3" + how
                   + " layout = bshd",
                   [(x.transpose(flip), "f64"), (table[0], "f64"),
                    (table[1], "f64"), (ids, "i64")],
                   [(y.transpose(flip), "f64")], 1e-14)
    half = np.float16
    c, s = p.numbers(1, 3, 3), p.numbers(1, 3, 3)
    y = turn(half(x).astype(float), half(c).astype(float),
             half(s).astype(float), 6, False)
    p.case("one_batch_f16", "rotary_embedding %0, %1, %2",
           [(x, "f16"), (c, "f16"), (s, "f16")], [(y, "f16")], 1e-3)
    p.write()


def philox(key, counter):
    c = [counter & 0xFFFFFFFF, counter >> 32, 0, 0]
    k = [key & 0xFFFFFFFF, key >> 32]
    for _ in range(10):
        m0, m1 = 0xD2511F53 * c[0], 0xCD9E8D57 * c[2]
        c = [(m1 >> 32) ^ c[1] ^ k[0], m1 & 0xFFFFFFFF,
             (m0 >> 32) ^ c[3] ^ k[1], m0 & 0xFFFFFFFF]
        k = [(k[0] + 0x9E3779B9) & 0xFFFFFFFF, (k[1] + 0xBB67AE85) & 0xFFFFFFFF]
    return c


# The known answer of its authors.
assert philox(0, 0) == [0x6627E8D5, 0xE169C58D, 0xBC57AC4C, 0x9B00DBD8]


def random():
    p = Page("random", "Numbers from Philox4x32-10.")
    words = [philox(77, n) for n in range(12)]
    seed = (np.array(77), "i64")
    u32 = np.array([w[0] >> 8 for w in words]) / 2.0 ** 24
    u64 = np.array([((w[0] << 32) | w[1]) >> 11 for w in words]) / 2.0 ** 53
    p.case("uniform", "random uniform seed %0", [seed],
           [(u32.reshape(3, 4), "f32")])
    p.case("uniform_fixed", "random uniform fixed_seed = 77", [],
           [(u64.reshape(3, 4), "f64")])
    p.case("uniform_range", "random uniform seed %0 alpha = -2.0 beta = 3.0",
           [seed], [(u64 * 5 - 2, "f64")], 1e-14)
    u16 = np.array([w[0] >> 21 for w in words]) / 2.0 ** 11
    p.case("uniform_f16", "random uniform seed %0", [seed], [(u16, "f16")])
    normal = [math.sqrt(-2 * math.log(w[0] / 2.0 ** 32 + 2.0 ** -33))
              * math.cos(2 * math.pi * (w[2] >> 8) / 2.0 ** 24) for w in words]
    p.case("normal", "random normal seed %0 alpha = 1.0 beta = 0.5", [seed],
           [(np.array(normal) * 0.5 + 1, "f32")], 1e-5)
    p.case("bernoulli", "random bernoulli seed %0 alpha = 0.25", [seed],
           [(u32 < 0.25, "i1")])
    x = p.numbers(3, 4)
    keep = (u32 >= np.float32(0.3)).reshape(3, 4)
    p.case("dropout", "dropout %0, %1 rate = 0.3", [(x, "f32"), seed],
           [(np.where(keep, x / 0.7, 0), "f32"), (keep, "i1")], 1e-6)
    p.case("dropout_all", "dropout %0, %1 rate = 1.0", [(x, "f32"), seed],
           [(np.zeros_like(x), "f32"), (np.zeros_like(keep), "i1")])
    p.write()


if __name__ == "__main__":
    OUT.mkdir(exist_ok=True)
    for pages in (gather, scatter_elements, scatter_nd, extremes, top_k, lines,
                  rotary, random):
        pages()

#!/usr/bin/env python3
"""Writes the pages of test/Run/attention: run it there after a change.

Expected numbers are NumPy's in float64, by the naive formula, from the inputs
as rounded to their element type.
"""
import pathlib

import numpy as np

OUT = pathlib.Path(__file__).resolve().parents[1] / "attention"
INF = float("inf")
TOLERANCE = {"f32": (1e-5, 2e-6), "f64": (1e-12, 1e-13), "f16": (2e-3, 1e-3),
             "bf16": (1.6e-2, 8e-3)}


def rounded(x, element):
    """`x` as `element` holds it, in float64."""
    if element == "f64":
        return x
    x = x.astype(np.float32)
    if element == "f16":
        return x.astype(np.float16).astype(np.float64)
    if element == "bf16":
        bits = x.view(np.uint32).astype(np.uint64)
        bits = (bits + 0x7FFF + ((bits >> 16) & 1)) & 0xFFFF0000
        x = bits.astype(np.uint32).view(np.float32)
    return x.astype(np.float64)


def text(x, element):
    """A dense attribute of `x`."""
    def number(v):
        if element == "i1":
            return "true" if v else "false"
        if element.startswith("i"):
            return str(int(v))
        if np.isinf(v):
            bits = {"f32": "7F800000", "f64": "7FF0000000000000",
                    "f16": "7C00", "bf16": "7F80"}[element]
            return "0x" + (hex(int(bits[0], 16) | 8)[2:].upper() + bits[1:]
                           if v < 0 else bits)
        short = np.format_float_positional(
            v if element == "f64" else np.float32(v), trim="0")
        long = ("%.16e" if element == "f64" else "%.8e") % v
        return short if len(short) < 12 else long

    def nest(a):
        if a.ndim == 0:
            return number(a[()])
        return "[" + ", ".join(nest(e) for e in a) + "]"
    shape = "".join(f"{n}x" for n in x.shape)
    if x.size == 0:
        return f"dense<> : tensor<{shape}{element}>"
    return f"dense<{nest(x)}> : tensor<{shape}{element}>"


def tensor(x, element):
    return f"tensor<{''.join(f'{n}x' for n in x.shape)}{element}>"


def naive(q, k, v, scale, mask=None, lengths=None, causal="none", left=None,
          right=None, cap=None, score=None):
    """Attention of (b, h, s, d) operands, and the log of the sums."""
    b, h, sq, d = q.shape
    sk, group = k.shape[2], h // k.shape[1]
    k, v = np.repeat(k, group, 1), np.repeat(v, group, 1)
    s = np.einsum("bhid,bhjd->bhij", q, k) * scale
    i, j = np.arange(sq)[:, None], np.arange(sk)[None]
    if score:
        at = np.indices(s.shape)
        s = score(s, *at)
    if cap:
        s = cap * np.tanh(s / cap)
    if mask is not None:
        s = np.where(mask, s, -INF) if mask.dtype == bool else s + mask
    at = i + (sk - sq if causal == "bottom_right" else 0)
    hidden = np.zeros((sq, sk), bool)
    if causal != "none":
        hidden |= j > at
    if left is not None:
        hidden |= j < at - left
    if right is not None:
        hidden |= j > at + right
    s = np.where(hidden, -INF, s)
    if lengths is not None:
        s = np.where(j >= np.reshape(lengths, (-1, 1, 1, 1)), -INF, s)
    top = np.max(s, -1, keepdims=True, initial=-INF)
    shift = np.where(np.isinf(top), 0, top)
    p = np.exp(s - shift)
    total = p.sum(-1, keepdims=True)
    with np.errstate(divide="ignore"):
        lse = (shift + np.log(total))[..., 0]
    out = np.einsum("bhij,bhjd->bhid", p, v) / np.where(total == 0, 1, total)
    return out, lse


class Page:
    """One test file of functions."""

    def __init__(self, name, title):
        self.path = OUT / f"{name}.mlir"
        self.random = np.random.default_rng(sum(map(ord, name)))
        self.parts = ["// RUN: lacuna check %s\n\n"
                      f"// {title} From Inputs/make-attention.py.\n"]

    def draw(self, *shape, element="f32"):
        return rounded(self.random.standard_normal(shape).round(2), element)

    def case(self, name, sizes, element="f32", layout="bhsd", lse=False,
             mask=None, mask_element=None, lengths=None, region=None,
             score=None, tables=(), **how):
        """sizes: (batch, query heads, key heads, queries, keys, depth, value
        depth)."""
        b, h, hk, sq, sk, d, dv = sizes
        q = self.draw(b, h, sq, d, element=element)
        k = self.draw(b, hk, sk, d, element=element)
        v = self.draw(b, hk, sk, dv, element=element)
        scale = how.pop("scale", None)
        out, sums = naive(q, k, v, scale or d ** -0.5, mask=mask,
                          lengths=lengths, score=score, **how)
        if layout == "bshd":
            q, k, v, out = (x.transpose(0, 2, 1, 3) for x in (q, k, v, out))
        operands = [("q", q, element, ""), ("k", k, element, ""),
                    ("v", v, element, "")]
        if mask is not None:
            operands.append(("m", mask, mask_element or
                             ("i1" if mask.dtype == bool else element),
                             "mask"))
        if lengths is not None:
            operands.append(("n", np.array(lengths), "i64", "key_lengths"))
        options = {"scale": scale, "causal": how.get("causal"),
                   "window_left": how.get("left"),
                   "window_right": how.get("right"),
                   "soft_cap": how.get("cap"), "tables": tables}
        if layout != "bhsd":
            options["layout"] = layout
        self.function(name, operands, options, region, element, out,
                      sums if lse else None)

    def function(self, name, operands, options, region, element, out, sums):
        wide = "f64" if element == "f64" else "f32"
        results = [tensor(out, element)]
        if sums is not None:
            results.append(tensor(sums, wide))
        lines = [f"func.func @{name}() {{"]
        for n, x, e, _ in operands:
            lines.append(f"  %{n} = arith.constant {text(x, e)}")
        for n, x, e in options.get("tables", ()):
            lines.append(f"  %{n} = arith.constant {text(x, e)}")
        order = ["scale", "layout", "causal", "window_left", "window_right",
                 "soft_cap"]
        given = "".join(f" {o} = {options[o]}" for o in order
                        if options.get(o) is not None)
        extra = "".join(f" {word} %{n}" for n, _, _, word in operands if word)
        body = f" score {{\n{region}  }}" if region else ""
        count = f":{len(results)}" if len(results) > 1 else ""
        lines.append(f"  %r{count} = lacuna.attention %q, %k, %v{extra}{given}"
                     f"{body} : ("
                     + ", ".join(tensor(x, e) for _, x, e, _ in operands)
                     + ") -> (" + ", ".join(results) + ")")
        rtol, atol = TOLERANCE[element]
        pairs = [("%r" if len(results) == 1 else "%r#0", out, element,
                  rtol, atol)]
        if sums is not None:
            pairs.append(("%r#1", sums, wide) + TOLERANCE[wide])
        for index, (value, x, e, r, a) in enumerate(pairs):
            lines.append(f"  %e{index} = arith.constant {text(x, e)}")
            lines.append(f"  check.expect_close {value}, %e{index} rtol = {r:.1e} "
                         f"atol = {a:.1e} : {tensor(x, e)}")
        lines += ["  return", "}"]
        self.parts.append("\n".join(lines) + "\n")

    def packed(self, name, lengths, heads, d, dv, element="f32", lse=False,
               key_lengths=None, rest=0, **how):
        """Sequences one behind the other, and `rest` rows of none."""
        h, hk = heads
        keys = key_lengths or lengths
        q = self.draw(sum(lengths) + rest, h, d, element=element)
        k = self.draw(sum(keys) + rest, hk, d, element=element)
        v = self.draw(sum(keys) + rest, hk, dv, element=element)
        cq, ck = np.cumsum([0] + lengths), np.cumsum([0] + keys)
        out = np.zeros((sum(lengths) + rest, h, dv))
        sums = np.full((sum(lengths) + rest, h), -INF)
        for n in range(len(lengths)):
            own, other = slice(cq[n], cq[n + 1]), slice(ck[n], ck[n + 1])
            o, s = naive(*(x.transpose(1, 0, 2)[None]
                           for x in (q[own], k[other], v[other])),
                         d ** -0.5, **how)
            out[own], sums[own] = o[0].transpose(1, 0, 2), s[0].T
        operands = [("q", q, element, ""), ("k", k, element, ""),
                    ("v", v, element, ""),
                    ("cq", cq, "i32", "cu_seqlens_query")]
        if key_lengths:
            operands.append(("ck", ck, "i32", "cu_seqlens_key"))
        options = {"causal": how.get("causal"), "window_left": how.get("left")}
        self.function(name, operands, options, None, element, out,
                      sums if lse else None)

    def write(self):
        self.path.write_text("\n".join(self.parts))


def causal():
    page = Page("causal", "Which keys a query may see by index.")
    for sq, sk in ((1, 9), (7, 5), (5, 12)):
        for where in ("top_left", "bottom_right"):
            page.case(f"{where}_{sq}_{sk}", (1, 2, 2, sq, sk, 4, 3), lse=True,
                      causal=where)
    page.case("window", (1, 1, 1, 9, 11, 4, 4), left=2, right=1)
    page.case("window_left", (1, 1, 1, 9, 7, 4, 4), left=0, lse=True)
    page.case("window_right", (1, 1, 1, 5, 9, 4, 4), right=3)
    page.case("causal_window", (1, 2, 1, 6, 10, 4, 4), left=2,
              causal="bottom_right", lse=True)
    page.write()


def masks():
    b, h, sq, sk = 2, 2, 5, 6
    shapes = ((1,), (sk,), (sq, 1), (sq, sk), (1, sk), (h, 1, sk), (h, sq, 1),
              (b, 1, 1, sk), (b, h, sq, sk), (b, 1, sq, 1), (1, h, 1, 1))
    page = Page("boolean-masks", "Boolean masks of every shape.")
    for number, shape in enumerate(shapes):
        page.case("mask_" + "_".join(map(str, shape)), (b, h, h, sq, sk, 3, 2),
                  mask=page.random.random(shape) < 0.7, lse=number % 4 == 0)
    page.write()
    page = Page("additive-masks", "Masks that are added, of every shape.")
    for shape in shapes:
        page.case("mask_" + "_".join(map(str, shape)), (b, h, h, sq, sk, 3, 2),
                  mask=page.draw(*shape))
    page.write()


def hidden():
    page = Page("hidden", "Rows that see no key, and keys that are not there.")
    mask = np.ones((5, 6), bool)
    mask[1] = mask[4] = False
    page.case("boolean", (1, 2, 1, 5, 6, 4, 3), mask=mask, lse=True)
    page.case("infinite", (1, 2, 1, 5, 6, 4, 3), lse=True,
              mask=np.where(mask, 0.5, -INF))
    page.case("lengths", (3, 1, 1, 4, 6, 4, 4), lengths=[6, 0, 3], lse=True)
    page.case("lengths_causal", (2, 1, 1, 4, 6, 4, 4), lengths=[2, 5],
              causal="bottom_right", lse=True)
    page.case("top_left_window", (1, 1, 1, 6, 3, 4, 4), left=1, lse=True)
    page.write()


def scores():
    page = Page("scores", "Scale, soft cap and what a region makes of scores.")
    page.case("scale", (1, 2, 2, 3, 5, 4, 4), scale=0.75)
    page.case("soft_cap", (1, 2, 2, 3, 5, 4, 4), cap=1.5, scale=2.0, lse=True)
    page.case("soft_cap_mask", (1, 1, 1, 4, 5, 4, 4), cap=0.5,
              mask=page.random.random((4, 5)) < 0.6)
    head = "  ^bb0(%s: f32, %b: index, %h: index, %i: index, %j: index):\n"
    alibi = head + """\
    %distance = arith.subi %j, %i : index
    %d = arith.index_cast %distance : index to i64
    %f = arith.sitofp %d : i64 to f32
    %h1 = arith.index_cast %h : index to i64
    %h2 = arith.sitofp %h1 : i64 to f32
    %one = arith.constant 1.0 : f32
    %h3 = arith.addf %h2, %one : f32
    %slope = arith.divf %f, %h3 : f32
    %t = arith.addf %s, %slope : f32
    lacuna.yield %t : f32
"""
    page.case("alibi", (2, 3, 3, 5, 7, 4, 4), region=alibi, lse=True,
              score=lambda s, b, h, i, j: s + (j - i) / (h + 1.0))
    document = head + """\
    %c3 = arith.constant 3 : index
    %di = arith.divui %i, %c3 : index
    %dj = arith.divui %j, %c3 : index
    %same = arith.cmpi eq, %di, %dj : index
    %none = arith.constant 0xFF800000 : f32
    %t = arith.select %same, %s, %none : f32
    lacuna.yield %t : f32
"""
    page.case("documents", (1, 2, 1, 8, 8, 4, 4), region=document,
              causal="top_left",
              score=lambda s, b, h, i, j: np.where(i // 3 == j // 3, s, -INF))
    page.case("capped_region", (1, 3, 1, 4, 4, 4, 4), region=alibi, cap=2.0,
              score=lambda s, b, h, i, j: s + (j - i) / (h + 1.0))
    page.write()


def tables():
    page = Page("score-tables", "Scores that read tensors of the user's.")
    head = "  ^bb0(%s: f32, %b: index, %h: index, %i: index, %j: index):\n"
    bias = head + """\
    %far = arith.constant 8 : index
    %up = arith.addi %j, %far : index
    %d = arith.subi %up, %i : index
    %x = tensor.extract %table[%h, %d] : tensor<2x16xELEMENT>
WIDEN    %t = arith.addf %s, %w : f32
    lacuna.yield %t : f32
"""
    widen = {"f32": "    %w = arith.addf %x, %x : f32\n",
             "bf16": "    %w = arith.extf %x : bf16 to f32\n"}
    for element in ("f32", "bf16"):
        table = page.draw(2, 16, element=element)
        page.case(f"relative_bias_{element}", (2, 2, 1, 8, 8, 4, 4),
                  element=element, lse=True,
                  region=bias.replace("ELEMENT", element).replace(
                      "WIDEN", widen[element]),
                  tables=[("table", table, element)],
                  score=lambda s, b, h, i, j: s + table[h, j - i + 8]
                  * (2 if element == "f32" else 1))
    slopes = np.array([0.5, 0.25, 0.125])
    alibi = head + """\
    %slope = tensor.extract %slopes[%h] : tensor<3xf32>
    %d = arith.subi %j, %i : index
    %e = arith.index_cast %d : index to i32
    %f = arith.sitofp %e : i32 to f32
    %x = arith.mulf %slope, %f : f32
    %t = arith.addf %s, %x : f32
    lacuna.yield %t : f32
"""
    page.case("alibi", (1, 3, 3, 5, 19, 4, 4), region=alibi,
              causal="bottom_right", tables=[("slopes", slopes, "f32")],
              score=lambda s, b, h, i, j: s + slopes[h] * (j - i))
    documents = np.array([[0, 0, 1, 1, 1, 2, 2, 2, 2, 2, 3],
                          [5, 5, 5, 5, 5, 5, 5, 5, 4, 4, 4]])
    document = head + """\
    %di = tensor.extract %documents[%b, %i] : tensor<2x11xi64>
    %dj = tensor.extract %documents[%b, %j] : tensor<2x11xi64>
    %same = arith.cmpi eq, %di, %dj : i64
    %none = arith.constant 0xFF800000 : f32
    %t = arith.select %same, %s, %none : f32
    lacuna.yield %t : f32
"""
    page.case("documents", (2, 2, 1, 11, 11, 4, 4), region=document, lse=True,
              causal="top_left", tables=[("documents", documents, "i64")],
              score=lambda s, b, h, i, j: np.where(
                  documents[b, i] == documents[b, j], s, -INF))
    page.write()


def shapes():
    page = Page("shapes", "Heads, layouts, depths and odd sizes.")
    page.case("grouped", (2, 6, 2, 3, 4, 4, 4), lse=True)
    page.case("one_key_head", (1, 4, 1, 3, 4, 4, 4), layout="bshd", lse=True)
    page.case("bshd_grouped_causal", (2, 4, 2, 5, 5, 3, 2), layout="bshd",
              causal="top_left", lse=True)
    page.case("wide_value", (1, 1, 1, 2, 3, 2, 19))
    page.case("narrow_value", (1, 1, 1, 2, 3, 9, 1))
    page.case("no_keys", (1, 2, 2, 3, 0, 4, 4), lse=True)
    page.case("one_of_all", (1, 1, 1, 1, 1, 1, 1), lse=True)
    page.write()
    page = Page("sizes", "Tiles that end in the middle.")
    for sq in (1, 7, 65):
        for sk in (1, 33, 129):
            page.case(f"sizes_{sq}_{sk}", (1, 1, 1, sq, sk, 3, 2), lse=True)
    page.case("sizes_mask_65_33", (1, 1, 1, 65, 33, 3, 2), lse=True,
              mask=page.random.random((65, 33)) < 0.8)
    page.case("sizes_causal_65_129", (1, 1, 1, 65, 129, 3, 2), lse=True,
              causal="bottom_right", left=40)
    page.write()


def elements():
    page = Page("elements", "Element types: f16 and bf16 are summed in f32.")
    for element in ("f64", "f16", "bf16"):
        page.case(f"{element}_plain", (1, 2, 1, 5, 7, 4, 4), element=element,
                  lse=True)
        page.case(f"{element}_masked", (1, 2, 1, 9, 11, 4, 4), element=element,
                  mask=page.draw(9, 11, element=element),
                  causal="top_left", cap=3.0, lse=True)
    page.case("f16_mask_f32", (1, 1, 1, 4, 5, 4, 4), element="f16",
              mask=page.draw(4, 5),
              mask_element="f32")
    page.case("f32_mask_f16", (1, 1, 1, 4, 5, 4, 4),
              mask=page.draw(4, 5, element="f16"),
              mask_element="f16")
    page.write()


def packed():
    page = Page("packed", "Sequences one behind the other, some empty.")
    page.packed("equal", [4, 3, 5], (2, 1), 4, 3, lse=True)
    page.packed("empty", [0, 4, 0, 0, 3, 0], (2, 2), 4, 4, lse=True)
    page.packed("causal", [5, 1, 9], (2, 1), 4, 4, causal="top_left",
                left=3, lse=True)
    page.packed("cross", [4, 0, 2, 3], (1, 1), 4, 4, lse=True,
                key_lengths=[6, 3, 0, 1], causal="bottom_right")
    page.packed("long", [33, 18], (1, 1), 2, 2)
    page.packed("bf16", [4, 0, 5], (2, 1), 4, 4, element="bf16", lse=True)
    page.packed("rest", [3, 2], (2, 1), 4, 4, lse=True, rest=2)
    page.write()


if __name__ == "__main__":
    OUT.mkdir(exist_ok=True)
    for pages in (causal, masks, hidden, scores, tables, shapes, elements, packed):
        pages()

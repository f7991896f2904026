#!/usr/bin/env python3
"""Writes test/Run/attention/backward.mlir: run it there after a change.

Expected numbers are PyTorch's: autograd in float64 through the naive formula,
from inputs as rounded to their element type.
"""
import math
import pathlib

import torch

from page import NAMES, literal, type_of

PATH = pathlib.Path(__file__).resolve().parents[1] / "attention/backward.mlir"
TOLERANCE = {torch.float32: (2e-5, 2e-6), torch.float64: (1e-11, 1e-12),
             torch.float16: (4e-3, 2e-3), torch.bfloat16: (3e-2, 1.6e-2)}


def attention(q, k, v, mask=None, causal=None, left=None, cap=None):
    group = q.shape[1] // k.shape[1]
    k, v = (x.repeat_interleave(group, 1) for x in (k, v))
    s = q @ k.transpose(2, 3) / math.sqrt(q.shape[-1])
    if cap:
        s = cap * torch.tanh(s / cap)
    rows, keys = s.shape[2:]
    i = torch.arange(rows)[:, None]
    i = i + (keys - rows if causal == "bottom_right" else 0)
    j = torch.arange(keys)[None]
    seen = torch.ones(rows, keys, dtype=torch.bool)
    if causal:
        seen &= j <= i
    if left is not None:
        seen &= j >= i - left
    if mask is not None and mask.dtype == torch.bool:
        seen = seen & mask
    elif mask is not None:
        s = s + mask
    # A row that sees nothing is 0, and so are its gradients.
    some = seen.any(-1, keepdim=True).expand(s.shape[:-1] + (1,))
    s = s.masked_fill(~seen & some, -math.inf)
    return torch.where(some, torch.softmax(s, -1) @ v, torch.zeros(()).double())


def case(name, sizes, dtype=torch.float32, mask=None, splits=1, **how):
    b, h, hk, rows, keys, d, dv = sizes
    shapes = (b, h, rows, d), (b, hk, keys, d), (b, hk, keys, dv)
    inputs = [(torch.randn(shape) * 100).round().div(100).to(dtype)
              for shape in shapes + ((b, h, rows, dv),)]
    wide = [x.double().requires_grad_() for x in inputs[:3]]
    attention(*wide, mask=mask, **how).backward(inputs[3].double())
    sums = torch.float64 if dtype == torch.float64 else torch.float32
    expected = [wide[0].grad.to(sums)[None], wide[1].grad.to(dtype),
                wide[2].grad.to(dtype)]
    lines = [f"func.func @{name}() {{"]
    for label, x in zip(("q", "k", "v", "g"), inputs):
        lines.append(f"  %{label} = arith.constant dense<{literal(x)}> : "
                     f"{type_of(x)}")
    names, types = "%q, %k, %v", [type_of(x) for x in inputs[:3]]
    text = extra = ""
    if mask is not None:
        kind = "i1" if mask.dtype == torch.bool else NAMES[mask.dtype]
        extra = f"tensor<{'x'.join(map(str, mask.shape))}x{kind}>"
        shown = str(mask.tolist()).lower() if kind == "i1" else literal(mask)
        lines.append(f"  %m = arith.constant dense<{shown}> : {extra}")
        text, extra = " mask %m", ", " + extra
    options = {"causal": how.get("causal"), "window_left": how.get("left"),
               "soft_cap": how.get("cap")}
    text += "".join(f" {key} = {value}" for key, value in options.items()
                    if value is not None)
    lse = f"tensor<{b}x{h}x{rows}x{NAMES[sums]}>"
    out = type_of(inputs[3])
    lines.append(f"  %o, %l = lacuna.attention {names}{text} : "
                 f"({', '.join(types)}{extra}) -> ({out}, {lse})")
    results = [type_of(x) for x in expected]
    results[0] = results[0].replace("tensor<1x", f"tensor<{splits}x", 1)
    more = f" splits = {splits}" if splits > 1 else ""
    lines.append(f"  %r:3 = lacuna.attention_backward {names}, %o, %l, %g{text}"
                 f"{more} : ({', '.join(types)}, {out}, {lse}, {out}{extra}) -> "
                 f"({', '.join(results)})")
    first = "%r#0"
    if splits > 1:
        first = "%s"
        plain = type_of(expected[0]).replace("tensor<1x", "tensor<", 1)
        lines.append(f"  %z = arith.constant dense<0.0> : {plain}")
        lines.append(f"  %t = linalg.reduce {{ arith.addf }} ins(%r#0 : "
                     f"{results[0]}) outs(%z : {plain}) dimensions = [0]")
        lines.append(f"  %s = tensor.expand_shape %t [[0, 1], [2], [3], [4]] "
                     f"output_shape {list(expected[0].shape)} : {plain} into "
                     f"{type_of(expected[0])}")
    for index, y in enumerate(expected):
        rtol, atol = TOLERANCE[y.dtype if index else dtype]
        value = first if index == 0 else f"%r#{index}"
        lines.append(f"  %e{index} = arith.constant dense<{literal(y)}> : "
                     f"{type_of(y)}")
        lines.append(f"  check.expect_close {value}, %e{index} rtol = "
                     f"{rtol:.1e} atol = {atol:.1e} : {type_of(y)}")
    return "\n".join(lines + ["  return", "}"]) + "\n"


def main():
    torch.manual_seed(4)
    hidden = torch.tensor([[True, False, True, True, False],
                           [False] * 5, [True] * 5,
                           [False, False, False, False, True]])
    parts = ["// RUN: lacuna check %s --threads=2\n\n"
             "// The gradient of attention. From "
             "Inputs/make-attention-backward.py.\n",
             case("plain", (1, 2, 1, 3, 5, 4, 3)),
             case("causal", (1, 2, 2, 3, 5, 3, 4), causal="bottom_right"),
             case("window", (1, 1, 1, 6, 4, 2, 2), causal="top_left", left=1),
             case("masked", (1, 2, 1, 4, 5, 2, 3), mask=hidden),
             case("added", (1, 2, 1, 2, 5, 3, 2), cap=1.5,
                  mask=torch.tensor([[[0.5, -1.0, 0.0, -math.inf, 2.0]]])),
             case("many_keys", (1, 1, 1, 2, 400, 1, 1), splits=2),
             case("f16", (1, 2, 1, 3, 4, 3, 2), torch.float16),
             case("bf16", (1, 2, 2, 3, 4, 2, 3), torch.bfloat16,
                  causal="bottom_right")]
    PATH.write_text("\n".join(parts))


if __name__ == "__main__":
    main()

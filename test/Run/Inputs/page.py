"""Writes test pages: functions that compare a result with PyTorch's.

Used by the make-*.py scripts beside it, which hold seeds and formulas.
"""
import numpy
import torch

NAMES = {torch.float32: "f32", torch.float64: "f64", torch.float16: "f16",
         torch.bfloat16: "bf16", torch.int64: "i64", torch.int32: "i32",
         torch.uint8: "i8"}


def type_of(x):
    return "tensor<" + "".join(f"{d}x" for d in x.shape) + f"{NAMES[x.dtype]}>"


def types_of(tensors):
    return ", ".join(type_of(x) for x in tensors)


def number(x, dtype):
    if not dtype.is_floating_point:
        return str(x)
    if numpy.isnan(x) or numpy.isinf(x):
        bits = {torch.float64: (0x7ff8 << 48, 0x7ff0 << 48, 0xfff0 << 48, 16),
                torch.float32: (0x7fc00000, 0x7f800000, 0xff800000, 8),
                torch.float16: (0x7e00, 0x7c00, 0xfc00, 4),
                torch.bfloat16: (0x7fc0, 0x7f80, 0xff80, 4)}[dtype]
        which = 0 if numpy.isnan(x) else 1 if x > 0 else 2
        return f"0x{bits[which]:0{bits[3]}X}"
    digits = {torch.float64: 17, torch.float32: 9}.get(dtype, 5)
    text = f"{x:.{digits}g}"
    if "." not in text:
        mantissa, e, exponent = text.partition("e")
        text = mantissa + ".0" + e + exponent
    return text


def literal(x):
    """The elements as a nested list, or one number if all are equal."""
    if x.numel() == 0:
        return ""
    flat = x.flatten()
    wide = flat.double() if flat.dtype.is_floating_point else flat
    if x.dim() == 0 or (flat == flat[0]).all():
        return number(wide[0].item(), x.dtype)
    if x.dim() > 1:
        return "[" + ", ".join(literal_list(part) for part in x) + "]"
    return literal_list(x)


def literal_list(x):
    if x.dim() == 0:
        wide = x.double() if x.dtype.is_floating_point else x
        return number(wide.item(), x.dtype)
    return "[" + ", ".join(literal_list(part) for part in x) + "]"


class Page:
    def __init__(self, path, script, about):
        self.path = path
        self.text = (f"// RUN: lacuna check %s\n\n// {about}\n"
                     f"// Expected numbers: PyTorch, by Inputs/{script}.\n")

    def add(self, name, op, inputs, expected, rtol=2e-6, atol=1e-6, why=None,
            before=None):
        """`op` is the right-hand side with {0}, {1} … for the operands, {in}
        and {out} for the types of operands and results; `before` is a line in
        front of it."""
        lines = [f"// {why}"] if why else []
        lines.append(f"func.func @{name}() {{")
        for i, x in enumerate(inputs):
            lines.append(f"  %x{i} = arith.constant dense<{literal(x)}> : "
                         f"{type_of(x)}")
        out = types_of(expected)
        if len(expected) > 1:
            out = f"({out})"
        names = [f"%x{i}" for i in range(len(inputs))]
        if before:
            lines.append("  " + before.format(*names))
        text = op.format(*names, **{"in": types_of(inputs), "out": out})
        results = ", ".join(f"%r{i}" for i in range(len(expected)))
        lines.append(f"  {results} = {text}")
        for i, y in enumerate(expected):
            lines.append(f"  %y{i} = arith.constant dense<{literal(y)}> : "
                         f"{type_of(y)}")
            if y.dtype.is_floating_point:
                lines.append(f"  check.expect_close %r{i}, %y{i} "
                             f"rtol = {rtol:.1e} atol = {atol:.1e} : "
                             f"{type_of(y)}")
            else:
                lines.append(f"  check.expect_equal %r{i}, %y{i} : "
                             f"{type_of(y)}")
        self.text += "\n" + "\n".join(lines + ["  return", "}"]) + "\n"

    def write(self):
        with open(self.path, "w") as file:
            file.write(self.text)

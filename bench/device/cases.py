"""Kernels without tensor cores that are bound by memory, as programs."""


def tensor(shape, element):
    return f"tensor<{''.join(f'{size}x' for size in shape)}{element}>"


def program(inputs, result, body):
    arguments = ", ".join(f"%x{i}: {type}" for i, type in enumerate(inputs))
    return (f"func.func @main({arguments}) -> {result} {{\n  %r = {body}\n"
            f"  return %r : {result}\n}}\n")


def activation(kind, element, count=1 << 27):
    type = tensor([count], element)
    return program([type], type, f"lacuna.activation {kind} %x0 : {type}")


def line(op, parameters, element, rows, length=4096):
    type = tensor([rows, length], element)
    row = tensor([length], element)
    words = {"softmax": f"axis = 1 : {type}",
             "layer_norm": f"scale = %x1 : {row} bias = %x2 : {row} axis = 1 "
                           f"epsilon = 1.0e-5 : {type} -> {type}",
             "rms_norm": f"scale %x1 axis = 1 epsilon = 1.0e-5 "
                         f": ({type}, {row}) -> {type}"}[op]
    return program([type] + [row] * parameters, type, f"lacuna.{op} %x0 {words}")


def gated(element, rows=16384, length=4096):
    type = tensor([rows, 2 * length], element)
    result = tensor([rows, length], element)
    return program([type], result, f"lacuna.gated swiglu %x0 axis = 1 gate_first"
                                   f" : ({type}) -> {result}")


def transpose(element, rows=4096, columns=8192):
    type, result = tensor([rows, columns], element), tensor([columns, rows],
                                                            element)
    return program([type], result,
                   f"linalg.transpose ins(%x0 : {type}) outs(%e : {result}) "
                   "permutation = [1, 0]").replace(
                       "  %r", f"  %e = tensor.empty() : {result}\n  %r", 1)


def bilinear(element):
    type = tensor([8, 129, 129, 21], element)
    result = tensor([8, 516, 516, 21], element)
    return program([type], result,
                   "lacuna.resize linear %x0 coordinates = half_pixel scales = "
                   f"[1.0, 4.0, 4.0, 1.0] : ({type}) -> {result}")


def pool(shape, bins, element="f32"):
    """Bins of unequal sizes: their limits are quotients of small numbers."""
    type = tensor(shape, element)
    result = tensor([*shape[:2], *bins], element)
    return program([type], result,
                   f"lacuna.adaptive_pool average %x0 output_size = "
                   f"{list(bins)} : ({type}) -> {result}")


CASES = {
    **{f"{kind}_bf16": activation(kind, "bf16")
       for kind in ("relu", "gelu", "silu", "mish")},
    "swiglu_bf16": gated("bf16"),
    "softmax_bf16": line("softmax", 0, "bf16", 16384),
    "softmax_f32": line("softmax", 0, "f32", 8192),
    "layer_norm_bf16": line("layer_norm", 2, "bf16", 16384),
    "rms_norm_bf16": line("rms_norm", 1, "bf16", 16384),
    "transpose_bf16": transpose("bf16"),
    "transpose_f32": transpose("f32"),
    "bilinear_bf16": bilinear("bf16"),
    "pool_small": pool([1, 3, 7, 10], [3, 4]),
    "pool_large": pool([1, 8, 128, 96], [6, 6]),
}

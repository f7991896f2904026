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


def bilinear(element, shape=(8, 129, 129, 21), scale=4, first=False):
    axes = (2, 3) if first else (1, 2)
    sizes = [scale * size if axis in axes else size
             for axis, size in enumerate(shape)]
    scales = [float(scale) if axis in axes else 1.0 for axis in range(4)]
    type, result = tensor(shape, element), tensor(sizes, element)
    return program([type], result,
                   "lacuna.resize linear %x0 coordinates = half_pixel scales = "
                   f"{scales} : ({type}) -> {result}")


def pyramid(mode, element, shape, bins, maps=False):
    type = tensor(shape, element)
    batch, _, _, channels = shape
    levels = [tensor([batch, n, n, channels], element) for n in bins]
    if not maps:
        levels = [tensor([batch, channels * sum(n * n for n in bins)], element)]
    results = "(" + ", ".join(levels) + ")" if maps else levels[0]
    body = (f"lacuna.pooling_pyramid {mode} %x0 bins = {list(bins)} "
            f"{'maps ' if maps else ''}layout = channels_last : ({type}) -> "
            f"{results}")
    text = program([type], results, body)
    if not maps:
        return text
    values = ", ".join(f"%r#{i}" for i in range(len(bins)))
    return text.replace("%r = ", f"%r:{len(bins)} = ").replace(
        f"return %r : {results}", f"return {values} : {results[1:-1]}")


def windows(op, element, shape=(64, 112, 112, 64)):
    """3x3 with stride 2."""
    type = tensor(shape, element)
    n, h, w, c = shape
    result = tensor([n, h // 2, w // 2, c], element)
    return program([type], result,
                   f"lacuna.{op} %x0 kernel = [3, 3] strides = [2, 2] "
                   f"dilations = [1, 1] pads = [1, 1] to [1, 1] layout = channels_last : "
                   f"({type}) -> {result}")


def everything(element, shape=(256, 14, 14, 1024)):
    type, result = tensor(shape, element), tensor([shape[0], 1, 1, shape[3]],
                                                  element)
    return program([type], result, f"lacuna.global_pool average %x0 layout = "
                                   f"channels_last : ({type}) -> {result}")


def gather(element, rows=32000, length=2048, count=32768):
    table, indices = tensor([rows, length], element), tensor([count], "i64")
    result = tensor([count, length], element)
    return program([table, indices], result,
                   f"lacuna.gather %x0[%x1] axis = 0 : ({table}, {indices}) -> "
                   f"({result})")


def losses(element, rows=16384, classes=32000):
    scores, labels = tensor([rows, classes], element), tensor([rows], "i64")
    result = tensor([rows], element)
    return program([scores, labels], result,
                   "lacuna.cross_entropy %x0, %x1 reduction = none : "
                   f"({scores}, {labels}) -> {result}")


def confusion(count=1 << 24, classes=21):
    type, result = tensor([count], "i64"), tensor([classes, classes], "i64")
    return program([type, type], result,
                   f"lacuna.confusion_matrix %x0, %x1 classes = {classes} : "
                   f"({type}, {type}) -> {result}")


def pool(shape, bins, element="f32"):
    """Bins of unequal sizes: their limits are quotients of small numbers."""
    type = tensor(shape, element)
    result = tensor([*shape[:2], *bins], element)
    return program([type], result,
                   f"lacuna.adaptive_pool average %x0 output_size = "
                   f"{list(bins)} : ({type}) -> {result}")


CASES = {
    **{f"{kind}_bf16": activation(kind, "bf16")
       for kind in ("relu", "gelu", "silu", "mish", "tanh", "sigmoid",
                    "gelu_tanh", "quick_gelu", "elu")},
    "gelu_f32": activation("gelu", "f32", 1 << 26),
    "silu_f32": activation("silu", "f32", 1 << 26),
    "swiglu_bf16": gated("bf16"),
    "softmax_bf16": line("softmax", 0, "bf16", 16384),
    "softmax_f32": line("softmax", 0, "f32", 8192),
    "layer_norm_bf16": line("layer_norm", 2, "bf16", 16384),
    "rms_norm_bf16": line("rms_norm", 1, "bf16", 16384),
    "transpose_bf16": transpose("bf16"),
    "transpose_f32": transpose("f32"),
    "transpose_i8": transpose("i8"),
    "transpose_odd_bf16": transpose("bf16", 1030, 75),
    "transpose_even_bf16": transpose("bf16", 1030, 74),
    "bilinear_x4_last_bf16": bilinear("bf16"),
    "bilinear_x4_first_bf16": bilinear("bf16", (8, 21, 129, 129), 4, True),
    "bilinear_x8_last_bf16": bilinear("bf16", (8, 33, 33, 21), 8),
    "bilinear_x2_last_bf16": bilinear("bf16", (8, 64, 64, 256), 2),
    "bilinear_odd_last_f32": bilinear("f32", (2, 7, 5, 3), 3),
    "pyramid_max_bf16": pyramid("max", "bf16", [64, 64, 64, 256], [1, 2, 4]),
    "pyramid_average_bf16": pyramid("average", "bf16", [8, 60, 60, 2048],
                                    [1, 2, 3, 6], maps=True),
    "pyramid_uneven_f32": pyramid("average", "f32", [16, 33, 17, 512],
                                  [1, 2, 3], maps=True),
    "pyramid_flat_f32": pyramid("average", "f32", [16, 33, 17, 512], [1, 2, 3]),
    "max_pool_bf16": windows("max_pool", "bf16"),
    "average_pool_bf16": windows("average_pool", "bf16"),
    "global_pool_bf16": everything("bf16"),
    "gather_bf16": gather("bf16"),
    "cross_entropy_bf16": losses("bf16"),
    "confusion_i64": confusion(),
    "pool_small": pool([1, 3, 7, 10], [3, 4]),
    "pool_large": pool([1, 8, 128, 96], [6, 6]),
}

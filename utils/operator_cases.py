"""Random cases of ONNX operators, by family, for compare-operators.py.

Everything is drawn from the modules random and numpy.random: seed both.
"""
import dataclasses
import random

import numpy as np

CASES = {}


@dataclasses.dataclass
class Case:
    """`inputs` are given when the model runs, except those at `known`."""
    operator: str
    inputs: list
    attributes: dict = dataclasses.field(default_factory=dict)
    outputs: int = 1
    known: tuple = ()

    def __str__(self):
        shapes = [None if x is None else x.shape for x in self.inputs]
        return f"{self.operator} {self.attributes} {shapes}"


def family(function):
    CASES[function.__name__] = function
    return function


def pick(*choices):
    return random.choice(choices)


def maybe(share=0.5):
    return random.random() < share


def sizes(rank, low=1, high=6):
    return [random.randint(low, high) for _ in range(rank)]


def numbers(shape, dtype=np.float32, low=-3, high=3):
    if dtype == np.bool_:
        return np.random.rand(*shape) > 0.5
    if np.issubdtype(dtype, np.integer):
        return np.random.randint(low, high + 1, shape).astype(dtype)
    return np.asarray(np.random.uniform(low, high, shape), dtype)


def integers(*values):
    return np.array(values, np.int64)


def axis_of(rank):
    return random.randint(-rank, rank - 1)


def window(rank):
    """Kernel, strides, dilations and an input they fit on."""
    kernel, strides, dilations = sizes(rank, 1, 4), sizes(rank, 1, 3), sizes(rank, 1, 2)
    reach = [(k - 1) * d + 1 for k, d in zip(kernel, dilations)]
    return kernel, strides, dilations, [r + random.randint(0, 7) for r in reach]


@family
def convolution():
    rank, groups = pick(1, 2, 2, 3), pick(1, 1, 2, 3)
    kernel, strides, dilations, space = window(rank)
    attributes = dict(kernel_shape=kernel, strides=strides, group=groups)
    padding = pick("pads", "SAME_UPPER", "SAME_LOWER", "VALID", "none")
    if padding == "pads":
        attributes["pads"] = sizes(2 * rank, 0, 3)
    elif padding != "none":
        attributes["auto_pad"] = padding
    if not padding.startswith("SAME"):
        attributes["dilations"] = dilations
    channels, filters = groups * random.randint(1, 4), groups * random.randint(1, 4)
    inputs = [numbers([pick(1, 2), channels, *space]),
              numbers([filters, channels // groups, *kernel])]
    return Case("Conv", inputs + [numbers([filters])] * maybe(), attributes)


@family
def transposed_convolution():
    rank, groups = pick(1, 2, 2, 3), pick(1, 1, 2)
    kernel, strides, dilations, _ = window(rank)
    space = sizes(rank)
    attributes = dict(kernel_shape=kernel, strides=strides,
                      dilations=dilations, group=groups)
    full = [(n - 1) * s + (k - 1) * d + 1
            for n, s, k, d in zip(space, strides, kernel, dilations)]
    if maybe():
        attributes["pads"] = [random.randint(0, max(0, min(2, (f - 1) // 2)))
                              for f in full * 2]
    if maybe():
        attributes["output_padding"] = [random.randint(0, max(s, d) - 1)
                                        for s, d in zip(strides, dilations)]
    channels, filters = groups * random.randint(1, 4), random.randint(1, 3)
    inputs = [numbers([pick(1, 2), channels, *space]),
              numbers([channels, filters, *kernel])]
    bias = [numbers([filters * groups])] * maybe()
    return Case("ConvTranspose", inputs + bias, attributes)


@family
def pool():
    operator, rank = pick("MaxPool", "AveragePool", "LpPool"), pick(1, 2, 2, 3)
    kernel, strides, dilations, space = window(rank)
    attributes = dict(kernel_shape=kernel, strides=strides)
    if maybe():
        attributes["dilations"] = dilations
    if maybe():
        attributes["pads"] = [random.randint(0, k // 2) for k in kernel * 2]
    if maybe():
        attributes["ceil_mode"] = 1
    x = numbers([pick(1, 2), random.randint(1, 4), *space])
    outputs = 1
    if operator == "AveragePool" and maybe():
        attributes["count_include_pad"] = 1
    if operator == "LpPool":
        attributes["p"] = pick(1, 2, 3)
    if operator == "MaxPool" and maybe():
        outputs = 2
        x = np.random.permutation(x.size).reshape(x.shape).astype(np.float32)
    return Case(operator, [x], attributes, outputs)


@family
def resize():
    rank, mode = pick(3, 4), pick("nearest", "linear", "cubic")
    rank = 4 if mode == "cubic" else rank
    x = numbers(sizes(rank))
    attributes = dict(mode=mode, coordinate_transformation_mode=pick(
        "half_pixel", "half_pixel_symmetric", "pytorch_half_pixel",
        "align_corners", "asymmetric"))
    if mode == "nearest":
        attributes["nearest_mode"] = pick("round_prefer_floor", "floor", "ceil",
                                          "round_prefer_ceil")
    if mode == "cubic":
        attributes.update(cubic_coeff_a=pick(-0.75, -0.5),
                          exclude_outside=pick(0, 1))
    if mode != "nearest" and maybe(0.3):
        attributes["antialias"] = 1
    if maybe():
        out = integers(*x.shape[:2], *sizes(rank - 2, 1, 12))
        return Case("Resize", [x, None, None, out], attributes, known=(3,))
    scales = np.array([1, 1] + [pick(1, 1.5, 2, 2.3, 3) for _ in x.shape[2:]],
                      np.float32)
    return Case("Resize", [x, None, scales], attributes, known=(2,))


@family
def grid_sample():
    rank = pick(2, 2, 3)
    x = numbers([pick(1, 2), random.randint(1, 3), *sizes(rank)])
    grid = numbers([x.shape[0], *sizes(rank), rank], low=-1.5, high=1.5)
    return Case("GridSample", [x, grid], dict(
        mode=pick(*["linear", "nearest", "cubic"][:4 - rank + 1]),
        padding_mode=pick("zeros", "border", "reflection"),
        align_corners=pick(0, 1)))


@family
def normalization():
    rank = pick(3, 4)
    x = numbers(sizes(rank, 1, 9))
    channels = lambda low=-3: numbers([x.shape[1]], low=low)
    operator = pick("LayerNormalization", "RMSNormalization",
                    "InstanceNormalization", "BatchNormalization",
                    "LpNormalization")
    if operator in ("LayerNormalization", "RMSNormalization"):
        axis = axis_of(rank)
        inputs = [x, numbers(x.shape[axis:])]
        if operator[0] == "L" and maybe():
            inputs.append(numbers(x.shape[axis:]))
        return Case(operator, inputs, dict(axis=axis, epsilon=pick(1e-5, 1e-2)))
    if operator == "LpNormalization":
        return Case(operator, [x], dict(axis=axis_of(rank), p=pick(1, 2)))
    inputs = [x, channels(), channels()]
    if operator == "BatchNormalization":
        inputs += [channels(), channels(0.1)]
    return Case(operator, inputs)


@family
def softmax():
    rank = pick(1, 2, 3, 4)
    return Case(pick("Softmax", "LogSoftmax", "Hardmax"),
                [numbers(sizes(rank, 1, 9), pick(np.float32, np.float64))],
                dict(axis=axis_of(rank)))


@family
def reduction():
    rank = pick(1, 2, 3, 4)
    kind = pick("Sum", "Mean", "Max", "Min", "Prod", "L1", "L2", "LogSumExp",
                "SumSquare")
    whole = kind in ("Sum", "Max", "Min", "Prod", "SumSquare")
    dtype = pick(np.float32, np.float64, np.int32, np.int64) if whole else np.float32
    axes = random.sample(range(rank), random.randint(0, rank))
    attributes = dict(keepdims=pick(0, 1))
    if not axes:
        attributes["noop_with_empty_axes"] = pick(0, 1)
    return Case("Reduce" + kind, [numbers(sizes(rank), dtype), integers(*axes)],
                attributes, known=(1,))


@family
def extremes():
    rank = pick(1, 2, 3)
    axis = axis_of(rank)
    if maybe():
        x = numbers(sizes(rank), np.int32, 0, 3).astype(pick(np.int32, np.float32))
        return Case(pick("ArgMax", "ArgMin"), [x], dict(
            axis=axis, keepdims=pick(0, 1), select_last_index=pick(0, 1)))
    x = numbers(sizes(rank, 1, 9))
    return Case("TopK", [x, integers(random.randint(1, x.shape[axis]))],
                dict(axis=axis, largest=pick(0, 1)), 2, known=(1,))


@family
def gather():
    rank = pick(1, 2, 3)
    x = numbers(sizes(rank), pick(np.float32, np.int64))
    axis = axis_of(rank)
    within = lambda shape: numbers(shape, np.int64, -x.shape[axis], x.shape[axis] - 1)
    if maybe():
        return Case("Gather", [x, within(sizes(random.randint(0, 2), 1, 4))],
                    dict(axis=axis))
    shape = [random.randint(1, size) for size in x.shape]
    shape[axis] = random.randint(1, 6)
    return Case("GatherElements", [x, within(shape)], dict(axis=axis))


@family
def scatter():
    rank = pick(1, 2, 3)
    x = numbers(sizes(rank))
    axis = axis_of(rank)
    shape = [random.randint(1, size) for size in x.shape]
    indices = numbers(shape, np.int64, -x.shape[axis], x.shape[axis] - 1)
    return Case("ScatterElements", [x, indices, numbers(shape)],
                dict(axis=axis, reduction=pick("add", "mul", "max", "min")))


@family
def slices():
    rank = pick(1, 2, 3)
    x = numbers(sizes(rank), pick(np.float32, np.int32, np.bool_))
    axes = random.sample(range(rank), random.randint(1, rank))
    starts = [random.randint(-9, 9) for _ in axes]
    ends = [pick(random.randint(-9, 9), 2**31 - 1) for _ in axes]
    steps = [pick(1, 2, 3) if e > 9 else pick(1, 2, 3, -1, -2) for e in ends]
    return Case("Slice", [x, *map(lambda v: integers(*v),
                                  (starts, ends, axes, steps))],
                known=(1, 2, 3, 4))


@family
def pad():
    rank = pick(1, 2, 3, 4)
    mode = pick("constant", "reflect", "edge", "wrap")
    x = numbers(sizes(rank, 2), pick(np.float32, np.int32))
    low = -1 if mode == "constant" and maybe() else 0
    pads = integers(*(random.randint(low, 3 if mode in ("constant", "edge") else 1)
                      for _ in range(2 * rank)))
    value = [np.array(2, x.dtype)] * (mode == "constant" and maybe())
    return Case("Pad", [x, pads, *value], dict(mode=mode), known=(1,))


@family
def binary():
    operator = pick("Add", "Sub", "Mul", "Div", "Pow", "Mod", "PRelu", "Max",
                    "Min", "Mean", "Sum", "And", "Or", "Xor", "Equal", "Greater",
                    "Less", "GreaterOrEqual", "LessOrEqual", "BitwiseAnd",
                    "BitwiseOr", "BitwiseXor")
    dtype = pick(np.float32, np.float64, np.int32, np.int64)
    if operator in ("And", "Or", "Xor"):
        dtype = np.bool_
    elif operator.startswith("Bitwise"):
        dtype = pick(np.int32, np.uint8, np.int64)
    elif operator in ("PRelu", "Mean", "Sum"):
        dtype = np.float32
    low = 0 if np.dtype(dtype).kind == "u" else -5
    shape = sizes(pick(0, 1, 2, 3))
    other = [size if maybe(0.6) else 1 for size in shape][random.randint(0, len(shape)):]
    a, b = numbers(shape, dtype, low, 5), numbers(other, dtype, low, 5)
    attributes = {}
    if operator in ("Div", "Mod"):
        b = np.where(b == 0, 3, b).astype(dtype)
    if operator == "Mod":
        attributes["fmod"] = 1 if np.dtype(dtype).kind == "f" else pick(0, 1)
    if operator == "Pow" and np.dtype(dtype).kind == "f":
        a = np.abs(a) + 1
    elif operator == "Pow":
        b = np.abs(b)
    return Case(operator, [np.asarray(a, dtype), np.asarray(b, dtype)], attributes)


@family
def unary():
    operator = pick("Relu", "LeakyRelu", "Elu", "Selu", "Celu", "Sigmoid", "Mish",
                    "HardSigmoid", "HardSwish", "Softplus", "Softsign", "Tanh",
                    "Gelu", "ThresholdedRelu", "Erf", "Exp", "Log", "Sqrt", "Abs",
                    "Neg", "Ceil", "Floor", "Round", "Sign", "Sin", "Cos", "Tan",
                    "Sinh", "Cosh", "Asin", "Acos", "Atan", "Asinh", "Acosh",
                    "Atanh", "Reciprocal", "IsNaN", "IsInf", "Shrink")
    x = np.array(numbers(sizes(random.randint(0, 3), 1, 9)))
    if maybe(0.4):
        x.reshape(-1)[random.randrange(x.size)] = pick(
            np.nan, np.inf, -np.inf, 0.0, -0.0, 1e-40, 100, -100, 0.5, 2.5)
    return Case(operator, [x])


@family
def product():
    batch = sizes(random.randint(0, 2), 1, 3)
    other = [size if maybe(0.6) else 1 for size in batch][random.randint(0, len(batch)):]
    m, k, n = sizes(3, 1, 20)
    if maybe():
        dtype = pick(np.float32, np.float64, np.int32)
        return Case("MatMul", [numbers([*batch, m, k], dtype),
                               numbers([*other, k, n], dtype)])
    turned = dict(transA=pick(0, 1), transB=pick(0, 1))
    inputs = [numbers([k, m] if turned["transA"] else [m, k]),
              numbers([n, k] if turned["transB"] else [k, n])]
    bias = [numbers(pick([m, n], [n], [1, n], [m, 1], [1], []))] * maybe()
    return Case("Gemm", inputs + bias, dict(turned, alpha=pick(1.0, 0.5),
                                            beta=pick(1.0, 0.25)))


@family
def attention():
    batch, keys_heads = pick(1, 2), random.randint(1, 3)
    heads = keys_heads * pick(1, 2)
    queries, keys, depth, values = sizes(4, 1, 9)
    attributes = dict(is_causal=pick(0, 1))
    if maybe(0.3):
        attributes["softcap"] = pick(0.5, 2.0)
    if maybe(0.3):
        attributes["scale"] = 0.7
    inputs = [numbers([batch, heads, queries, depth]),
              numbers([batch, keys_heads, keys, depth]),
              numbers([batch, keys_heads, keys, values])]
    if maybe():
        mask = numbers(pick([queries, keys], [batch, 1, queries, keys],
                            [1, heads, queries, keys]), pick(np.bool_, np.float32))
        if mask.dtype == np.bool_:
            mask[..., 0] = True
        inputs.append(mask)
    return Case("Attention", inputs, attributes)


@family
def movement():
    rank = pick(2, 3, 4)
    x = numbers(sizes(rank, 1, 5))
    axis = axis_of(rank)
    kind = pick("Transpose", "Tile", "Concat", "Split", "DepthToSpace", "Flatten",
                "Trilu", "CumSum", "Where", "Einsum")
    if kind == "Transpose":
        return Case(kind, [x], dict(perm=random.sample(range(rank), rank)))
    if kind == "Tile":
        return Case(kind, [x, integers(*sizes(rank, 1, 3))], known=(1,))
    if kind == "Concat":
        parts = [np.take(x, range(random.randint(1, x.shape[axis])), axis)
                 for _ in range(random.randint(1, 4))]
        return Case(kind, parts, dict(axis=axis))
    if kind == "Split":
        count = random.randint(1, min(3, x.shape[axis]))
        return Case(kind, [x], dict(axis=axis, num_outputs=count), count)
    if kind == "DepthToSpace":
        block = random.randint(1, 3)
        x = numbers([1, block * block * random.randint(1, 3), *sizes(2)])
        return Case(kind, [x], dict(blocksize=block, mode=pick("DCR", "CRD")))
    if kind == "Flatten":
        return Case(kind, [x], dict(axis=random.randint(-rank, rank)))
    if kind == "Trilu":
        return Case(kind, [x, np.array(random.randint(-6, 6))],
                    dict(upper=pick(0, 1)), known=(1,))
    if kind == "CumSum":
        return Case(kind, [x, np.array(axis, np.int32)], known=(1,), attributes=dict(
            exclusive=pick(0, 1), reverse=pick(0, 1)))
    if kind == "Where":
        part = lambda dtype: numbers([n if maybe(0.7) else 1 for n in x.shape], dtype)
        return Case(kind, [part(np.bool_), x, part(np.float32)])
    equation = pick("ij,jk->ik", "bij,bjk->bik", "i,j->ij", "ii->i", "ij->ji",
                    "bhqd,bhkd->bhqk", "ij,ij->", "ij,kj->ik", "bi,ij,bj->b")
    known = {}
    return Case(kind, [numbers([known.setdefault(c, random.randint(1, 5)) for c in term])
                       for term in equation.split("->")[0].split(",")],
                dict(equation=equation))


@family
def loss():
    classes, space = random.randint(1, 6), sizes(random.randint(0, 2), 1, 4)
    batch = random.randint(1, 4)
    attributes = dict(reduction=pick("mean", "sum", "none"))
    labels = numbers([batch, *space], np.int64, 0, classes - 1)
    if maybe():
        attributes["ignore_index"] = pick(0, -1, 255)
        ignored = np.random.rand(*labels.shape) < 0.3
        labels = np.where(ignored, attributes["ignore_index"], labels)
    weights = [numbers([classes], low=0.1, high=2)] * maybe()
    return Case(pick("SoftmaxCrossEntropyLoss", "NegativeLogLikelihoodLoss"),
                [numbers([batch, classes, *space]), labels, *weights], attributes)

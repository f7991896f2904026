"""ONNX graphs on PyTorch's ops, in any float type: what PyTorch's own error is.

Weights and inputs of f32 are cast to the type; every op computes and rounds as
PyTorch does in it. Covers the operators of the models it was written for, and
names any other.
"""
import numpy
import onnx
import torch
import torch.nn.functional as F
from onnx import helper, numpy_helper


def window(attributes, rank):
    pads = attributes.get("pads", [0] * 2 * rank)
    return (attributes.get("strides", [1] * rank), pads,
            attributes.get("dilations", [1] * rank))


def padded(x, pads, value=0.0):
    """ONNX gives all beginnings, then all ends; PyTorch pairs, last first."""
    rank = len(pads) // 2
    pairs = [(pads[i], pads[i + rank]) for i in reversed(range(rank))]
    return F.pad(x, [n for pair in pairs for n in pair], value=value)


def convolution(a, x, w, b=None):
    rank = x.dim() - 2
    strides, pads, dilations = window(a, rank)
    call = (F.conv1d, F.conv2d, F.conv3d)[rank - 1]
    return call(padded(x, pads), w, b, tuple(strides), 0, tuple(dilations),
                a.get("group", 1))


def transposed(a, x, w, b=None):
    strides, pads, dilations = window(a, x.dim() - 2)
    half = len(pads) // 2
    assert pads[:half] == pads[half:]
    return F.conv_transpose2d(x, w, b, strides, pads[:half],
                              a.get("output_padding", 0), a.get("group", 1),
                              dilations)


def max_pool(a, x):
    strides, pads, dilations = window(a, x.dim() - 2)
    return F.max_pool2d(padded(x, pads, float("-inf")), a["kernel_shape"],
                        strides, 0, dilations)


def average_pool(a, x):
    strides, pads, _ = window(a, x.dim() - 2)
    assert not any(pads)
    return F.avg_pool2d(x, a["kernel_shape"], strides)


def resize(a, x, _roi=None, scales=None, sizes=None):
    assert a["mode"] == b"linear" and not a.get("antialias")
    assert a["coordinate_transformation_mode"] == b"half_pixel"
    if sizes is None or not sizes.numel():
        sizes = (torch.tensor(x.shape) * scales).floor()
    return F.interpolate(x, [int(n) for n in sizes[2:]], mode="bilinear")


def reshape(_a, x, shape):
    sizes = [x.shape[i] if n == 0 else int(n) for i, n in enumerate(shape)]
    return x.reshape(sizes)


def gemm(a, x, w, b):
    x = x.T if a.get("transA") else x
    return F.linear(x, w if a.get("transB") else w.T, b)


def split(a, x):
    return x.chunk(a["num_outputs"], a["axis"])


def reduce_mean(a, x, axes):
    return x.mean([int(n) for n in axes], keepdim=bool(a.get("keepdims", 1)))


def layer_norm(a, x, w, b):
    return F.layer_norm(x, w.shape, w, b, a["epsilon"])


def attention(a, q, k, v, mask=None):
    return F.scaled_dot_product_attention(
        q, k, v, mask, is_causal=bool(a.get("is_causal")), scale=a["scale"])


def gather(a, x, indices):
    axis = a.get("axis", 0) % x.dim()
    flat = x.index_select(axis, indices.reshape(-1))
    return flat.reshape(x.shape[:axis] + indices.shape + x.shape[axis + 1:])


def gather_nd(_a, x, indices):
    return x[tuple(indices.unbind(-1))]


def cast(a, x):
    kind = helper.tensor_dtype_to_np_dtype(a["to"])
    return x.to(getattr(torch, numpy.dtype(kind).name))


def pixel_shuffle(a, x):
    assert a["mode"] == b"CRD"
    return F.pixel_shuffle(x, a["blocksize"])


OPS = {
    "Add": lambda a, x, y: x + y, "Mul": lambda a, x, y: x * y,
    "And": lambda a, x, y: x & y, "IsNaN": lambda a, x: x.isnan(),
    "Where": lambda a, c, x, y: torch.where(c, x, y),
    "MatMul": lambda a, x, y: x @ y, "Gemm": gemm,
    "Conv": convolution, "ConvTranspose": transposed, "MaxPool": max_pool,
    "AveragePool": average_pool, "Resize": resize, "Reshape": reshape,
    "Flatten": lambda a, x: x.flatten(a.get("axis", 1)),
    "Transpose": lambda a, x: x.permute(a["perm"]),
    "Concat": lambda a, *x: torch.cat(x, a["axis"]), "Split": split,
    "Expand": lambda a, x, n: x.expand(torch.broadcast_shapes(
        x.shape, [int(i) for i in n])),
    "Gather": gather, "GatherND": gather_nd,
    "GatherElements": lambda a, x, i: x.gather(a["axis"], i),
    "Cast": cast, "DepthToSpace": pixel_shuffle, "ReduceMean": reduce_mean,
    "LayerNormalization": layer_norm, "Attention": attention,
    "InstanceNormalization": lambda a, x, w, b: F.instance_norm(
        x, weight=w, bias=b, eps=a["epsilon"]),
    "Softmax": lambda a, x: x.softmax(a["axis"]),
    "LogSoftmax": lambda a, x: x.log_softmax(a["axis"]),
    "Gelu": lambda a, x: F.gelu(x, approximate=a["approximate"].decode()),
    "Relu": lambda a, x: x.relu(), "Elu": lambda a, x: F.elu(x, a["alpha"]),
    "LeakyRelu": lambda a, x: F.leaky_relu(x, a["alpha"]),
    "Sigmoid": lambda a, x: x.sigmoid(), "Tanh": lambda a, x: x.tanh(),
    "HardSwish": lambda a, x: F.hardswish(x),
    "Softplus": lambda a, x: F.softplus(x),
}


def run(path, inputs, dtype, device="cpu"):
    """The outputs by name, of a model on arrays by name."""
    model = onnx.load(path)

    def tensor(array):
        value = torch.from_numpy(array.copy()).to(device)
        return value.to(dtype) if value.dtype == torch.float32 else value

    values = {"": None}
    for name, array in inputs.items():
        values[name] = tensor(array)
    for entry in model.graph.initializer:
        values[entry.name] = tensor(numpy_helper.to_array(entry))
        if values[entry.name].dtype == torch.int64:  # shapes, axes, indices
            values[entry.name] = values[entry.name].to(device)
    for node in model.graph.node:
        attributes = {a.name: helper.get_attribute_value(a)
                      for a in node.attribute}
        if node.op_type not in OPS:
            raise SystemExit(f"{path}: no PyTorch form of {node.op_type}")
        result = OPS[node.op_type](attributes,
                                   *(values[name] for name in node.input))
        results = result if isinstance(result, (tuple, list)) else [result]
        values.update(zip(node.output, results))
    return {out.name: values[out.name] for out in model.graph.output}

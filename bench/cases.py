"""The cases of the comparison: small ONNX models made from a fixed seed.

Shapes are those of networks in use: transformer layers, DeepLab's dilated
convolutions and ASPP head, SPP and PSP pooling. Weights are constants of the
model and have unit gain, so that values keep their size through every layer.
"""
import functools
import math
import pathlib
import zlib

import numpy
import onnx
from onnx import TensorProto, helper, numpy_helper

OPSET = 23
SEED = 2026


class Graph:
    """Collects the nodes, weights and inputs of one model."""

    def __init__(self, name):
        self.name = name
        self.random = numpy.random.default_rng(
            [SEED, zlib.crc32(name.encode())])
        self.nodes, self.weights, self.inputs = [], [], {}

    def input(self, *shape):
        name = f"input{len(self.inputs)}"
        self.inputs[name] = self.random.standard_normal(
            shape, dtype=numpy.float32)
        return name

    def constant(self, array):
        name = f"weight{len(self.weights)}"
        self.weights.append(numpy_helper.from_array(array, name))
        return name

    def weight(self, *shape, fan_in=1):
        array = self.random.standard_normal(shape, dtype=numpy.float32)
        return self.constant(array / numpy.float32(math.sqrt(fan_in)))

    def op(self, kind, *operands, **attributes):
        name = f"value{len(self.nodes)}"
        self.nodes.append(helper.make_node(kind, operands, [name],
                                           **attributes))
        return name

    def conv(self, value, channels, filters, kernel=3, dilation=1, relu=False):
        weight = self.weight(filters, channels, kernel, kernel,
                             fan_in=channels * kernel * kernel)
        value = self.op("Conv", value, weight, self.weight(filters),
                        pads=[dilation * (kernel // 2)] * 4,
                        dilations=[dilation] * 2)
        return self.op("Relu", value) if relu else value

    def resize(self, value, sizes):
        sizes = self.constant(numpy.array(sizes, numpy.int64))
        return self.op("Resize", value, "", "", sizes, mode="linear",
                       coordinate_transformation_mode="half_pixel")

    def finish(self, value):
        """The model's bytes and its inputs."""
        inputs = [helper.make_tensor_value_info(name, TensorProto.FLOAT,
                                                array.shape)
                  for name, array in self.inputs.items()]
        open_value = helper.make_tensor_value_info(value, TensorProto.FLOAT,
                                                   None)
        graph = helper.make_graph(self.nodes, self.name, inputs, [open_value],
                                  self.weights)
        model = helper.make_model(
            graph, opset_imports=[helper.make_opsetid("", OPSET)])
        model = onnx.shape_inference.infer_shapes(model, strict_mode=True)
        onnx.checker.check_model(model)
        return model.SerializeToString(), self.inputs


def attention(graph, sequence, depth, causal):
    heads = 2 if sequence == 8192 else 8
    query, key, value = (graph.input(1, heads, sequence, depth)
                         for _ in range(3))
    return graph.op("Attention", query, key, value, is_causal=causal)


def convolution(graph, channels, size, dilation):
    image = graph.input(1, channels, size, size)
    return graph.conv(image, channels, channels, dilation=dilation)


def aspp_head(graph):
    """DeepLab's head: 1x1, three rates and image pooling, then 1x1."""
    image = graph.input(1, 256, 33, 33)
    branches = [graph.conv(image, 256, 256, kernel=1, relu=True)]
    branches += [graph.conv(image, 256, 256, dilation=rate, relu=True)
                 for rate in (6, 12, 18)]
    pooled = graph.op("GlobalAveragePool", image)
    pooled = graph.conv(pooled, 256, 256, kernel=1, relu=True)
    branches.append(graph.resize(pooled, [1, 256, 33, 33]))
    joined = graph.op("Concat", *branches, axis=1)
    return graph.conv(joined, 1280, 256, kernel=1, relu=True)


def pyramid(graph, pool, shape, bins):
    image = graph.input(*shape)
    levels = []
    for count in bins:
        window = [shape[2] // count] * 2
        level = graph.op(pool, image, kernel_shape=window, strides=window)
        levels.append(graph.op("Flatten", level))
    return graph.op("Concat", *levels, axis=1)


def psp_module(graph):
    """PSPNet's pyramid: averages of each level, 1x1, back to full size."""
    image = graph.input(1, 512, 60, 60)
    levels = [image]
    for count in (1, 2, 3, 6):
        window = [60 // count] * 2
        level = graph.op("AveragePool", image, kernel_shape=window,
                         strides=window)
        level = graph.conv(level, 512, 128, kernel=1, relu=True)
        levels.append(graph.resize(level, [1, 128, 60, 60]))
    return graph.op("Concat", *levels, axis=1)


def layer_normalization(graph):
    rows = graph.input(4096, 1024)
    return graph.op("LayerNormalization", rows, graph.weight(1024),
                    graph.weight(1024))


def matmul(graph, rows, inner, columns):
    left = graph.input(rows, inner)
    return graph.op("MatMul", left, graph.weight(inner, columns, fan_in=inner))


def build(name, function, *arguments):
    graph = Graph(name)
    return graph.finish(function(graph, *arguments))


def read_model(folder):
    inputs = numpy.load(folder / "inputs.npz")
    return (folder / "model.onnx").read_bytes(), dict(inputs)


def made_cases():
    """Yields (name, function of a Graph and arguments, arguments)."""
    for sequence in (512, 2048, 8192):
        for depth in (64, 128):
            for causal, word in ((0, "full"), (1, "causal")):
                yield (f"attention-s{sequence}-d{depth}-{word}", attention,
                       sequence, depth, causal)
    for channels, size in ((256, 33), (64, 64)):
        for dilation in (1, 2, 6, 12, 18):
            yield (f"conv3x3-{channels}x{size}x{size}-dilation{dilation}",
                   convolution, channels, size, dilation)
    yield "aspp-head", aspp_head
    yield "spp-pool", pyramid, "MaxPool", (4, 256, 32, 32), (1, 2, 4)
    yield "psp-pool", pyramid, "AveragePool", (1, 512, 60, 60), (1, 2, 3, 6)
    yield "psp-module", psp_module
    yield ("resize-x8", lambda graph: graph.resize(
        graph.input(1, 21, 65, 65), [1, 21, 520, 520]))
    yield "layernorm-4096x1024", layer_normalization
    yield ("gelu-4m",
           lambda graph: graph.op("Gelu", graph.input(1 << 22)))
    yield "matmul-1024x1024x1024", matmul, 1024, 1024, 1024
    yield "matmul-512x768x3072", matmul, 512, 768, 3072


def cases(models=None):
    """(name, function that gives the model's bytes and its inputs) of every
    folder of `models` and of every case made here."""
    found = []
    if models:
        for path in sorted(pathlib.Path(models).glob("*/model.onnx")):
            found.append((f"model-{path.parent.name}",
                          functools.partial(read_model, path.parent)))
    for case in made_cases():
        found.append((case[0], functools.partial(build, *case)))
    return found

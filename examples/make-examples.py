#!/usr/bin/env python3
"""Writes the .onnx examples, the buffers to plan, and inputs and expected outputs for their tests.

Weights are random numbers of a fixed seed; the outputs come from ONNX's
reference evaluator in NumPy. Needs the Python packages onnx and numpy:
`utils/setup-venv.sh build/venv onnx`, then run this by build/venv/bin/python.
"""
import pathlib

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper
from onnx.reference import ReferenceEvaluator

HERE = pathlib.Path(__file__).resolve().parent
INPUTS = HERE.parent / "test" / "Examples" / "Inputs"


class Graph:
    """Collects the nodes and weights of one model."""

    def __init__(self, name, seed):
        self.name, self.random = name, np.random.default_rng(seed)
        self.nodes, self.weights = [], {}

    def weight(self, name, *shape, scale=None):
        """A normal weight, scaled to keep variances (He et al., 2015)."""
        fan_in = np.prod(shape[1:]) if len(shape) > 2 else shape[0]
        scale = np.sqrt(2 / fan_in) if scale is None else scale
        self.weights[name] = self.random.normal(
            0, scale, shape).astype(np.float32)
        return name

    def constant(self, name, value):
        self.weights[name] = np.asarray(value)
        return name

    def add(self, op, inputs, output, **attributes):
        self.nodes.append(helper.make_node(op, inputs, [output], output,
                                           **attributes))
        return output

    def save(self, inputs, output, output_shape, model_too=True, inside=()):
        """Writes the model, its inputs and what it gives for them.

        The .mlir example takes the weights as arguments, but for those that
        it states `inside`.
        """
        graph = helper.make_graph(
            self.nodes, self.name,
            [helper.make_tensor_value_info(name, TensorProto.FLOAT, x.shape)
             for name, x in inputs.items()],
            [helper.make_tensor_value_info(output, TensorProto.FLOAT,
                                           output_shape)],
            [numpy_helper.from_array(value, name)
             for name, value in self.weights.items()])
        model = helper.make_model(
            graph, opset_imports=[helper.make_opsetid("", 23)], ir_version=10,
            producer_name="make-examples.py")
        onnx.checker.check_model(model, full_check=True)
        if model_too:
            onnx.save(model, HERE / f"{self.name}.onnx")
        result = ReferenceEvaluator(model).run(None, inputs)[0]
        INPUTS.mkdir(parents=True, exist_ok=True)
        np.savez(INPUTS / f"{self.name}-inputs.npz", **inputs)
        if model_too:
            weights = {name: value for name, value in self.weights.items()
                       if name not in inside}
            np.savez(INPUTS / f"{self.name}-arguments.npz", **inputs, **weights)
        np.savez(INPUTS / f"{self.name}-outputs.npz", **{output: result})


def make_atrous_block():
    """The numbers of atrous_block.mlir, whose weights are all alike."""
    graph = Graph("atrous_block", 4)
    image = graph.random.normal(size=(1, 16, 33, 33)).astype(np.float32)
    point, wide, join = (
        graph.constant(name, np.full(shape, value, np.float32))
        for name, shape, value in [("point", (16, 16, 1, 1), 1 / 4),
                                   ("wide", (16, 16, 3, 3), 1 / 64),
                                   ("join", (16, 48, 1, 1), 1 / 32)])
    branches = [graph.add("Conv", ["image", point], "dense")]
    for rate in (6, 12):
        branches.append(graph.add("Conv", ["image", wide], f"rate{rate}",
                                  dilations=[rate] * 2, pads=[rate] * 4))
    seen = graph.add("Concat", branches, "seen", axis=1)
    graph.add("Gelu", [graph.add("Conv", [seen, join], "joined")], "result")
    graph.save({"image": image}, "result", [1, 16, 33, 33], model_too=False)


def make_aspp_head():
    """DeepLab's head: atrous branches, image pooling, bilinear upsampling."""
    graph = Graph("aspp_head", 1)
    image = graph.random.normal(size=(1, 32, 17, 17)).astype(np.float32)
    branches = []

    def branch(source, name, kernel, rate=1):
        filters = graph.weight(f"{name}_filter", 16, 32, kernel, kernel)
        pad = rate * (kernel // 2)
        conv = graph.add("Conv", [source, filters], f"{name}_conv",
                         dilations=[rate, rate], pads=[pad] * 4)
        return graph.add("Relu", [conv], f"{name}_relu")

    branches.append(branch("image", "point", 1))
    for rate in (6, 12, 18):
        branches.append(branch("image", f"rate{rate}", 3, rate))
    pooled = graph.add("GlobalAveragePool", ["image"], "pooled")
    sizes = graph.constant("map_sizes", np.array([1, 16, 17, 17], np.int64))
    branches.append(graph.add(
        "Resize", [branch(pooled, "context", 1), "", "", sizes], "spread",
        mode="linear", coordinate_transformation_mode="half_pixel"))
    seen = graph.add("Concat", branches, "seen", axis=1)
    graph.weight("project_filter", 16, 80, 1, 1)
    graph.weight("project_bias", 16, scale=0.1)
    project = graph.add("Conv", [seen, "project_filter", "project_bias"],
                        "project")
    relu = graph.add("Relu", [project], "project_relu")
    graph.weight("classify_filter", 5, 16, 1, 1)
    graph.weight("classify_bias", 5, scale=0.1)
    classes = graph.add("Conv", [relu, "classify_filter", "classify_bias"],
                        "classify")
    scales = graph.constant("scales", np.array([1, 1, 4, 4], np.float32))
    graph.add("Resize", [classes, "", scales], "scores", mode="linear",
              coordinate_transformation_mode="half_pixel")
    graph.save({"image": image}, "scores", [1, 5, 68, 68],
               inside=("map_sizes", "scales"))


def make_spp_classifier():
    """He et al.'s spatial pyramid of 1, 2 and 4 bins before the classifier."""
    graph = Graph("spp_classifier", 2)
    image = graph.random.normal(size=(2, 3, 32, 32)).astype(np.float32)
    source = "image"
    for layer, (inputs, outputs) in enumerate([(3, 16), (16, 32)]):
        graph.weight(f"filter{layer}", outputs, inputs, 3, 3)
        graph.weight(f"bias{layer}", outputs, scale=0.1)
        conv = graph.add("Conv", [source, f"filter{layer}", f"bias{layer}"],
                         f"conv{layer}", strides=[2, 2], pads=[1] * 4)
        source = graph.add("Relu", [conv], f"relu{layer}")
    levels = []
    for bins in (1, 2, 4):
        size = 8 // bins
        pool = graph.add("MaxPool", [source], f"bins{bins}",
                         kernel_shape=[size, size], strides=[size, size])
        levels.append(graph.add("Flatten", [pool], f"level{bins}"))
    pyramid = graph.add("Concat", levels, "pyramid", axis=1)
    graph.weight("classify", 32 * 21, 10)
    graph.weight("classify_bias", 10, scale=0.1)
    logits = graph.add("Gemm", [pyramid, "classify", "classify_bias"], "logits")
    graph.add("Softmax", [logits], "probabilities", axis=1)
    graph.save({"image": image}, "probabilities", [2, 10])


def make_transformer_block():
    """One decoder block: RMS norms, rotary causal attention, SwiGLU."""
    graph = Graph("transformer_block", 3)
    heads, size, width, length = 4, 16, 64, 24
    tokens = graph.random.normal(size=(1, length, width)).astype(np.float32)
    angles = np.outer(np.arange(length), 10000.0 ** (-np.arange(8) / 8))
    graph.constant("cosine", np.cos(angles)[None].astype(np.float32))
    graph.constant("sine", np.sin(angles)[None].astype(np.float32))

    def norm(source, name):
        graph.weight(f"{name}_scale", width, scale=0.2)
        graph.weights[f"{name}_scale"] += 1
        return graph.add("RMSNormalization", [source, f"{name}_scale"], name,
                         axis=-1, epsilon=1e-5)

    def project(source, name, inputs, outputs):
        graph.weight(f"{name}_weight", inputs, outputs,
                     scale=1 / np.sqrt(inputs))
        return graph.add("MatMul", [source, f"{name}_weight"], name)

    normed = norm("tokens", "attention_norm")
    query, key, value = (project(normed, name, width, heads * size)
                         for name in ("query", "key", "value"))
    turned = [graph.add("RotaryEmbedding", [x, "cosine", "sine"],
                        f"{x}_turned", num_heads=heads)
              for x in (query, key)]
    mixed = graph.add("Attention", turned + [value], "mixed", is_causal=1,
                      q_num_heads=heads, kv_num_heads=heads)
    first = graph.add("Add", ["tokens", project(mixed, "output", heads * size,
                                                width)], "first")
    normed = norm(first, "feed_norm")
    gate = project(normed, "gate", width, 2 * width)
    gated = graph.add("Mul", [gate, graph.add("Sigmoid", [gate], "sigmoid")],
                      "silu")
    hidden = graph.add("Mul", [gated, project(normed, "up", width, 2 * width)],
                       "hidden")
    graph.add("Add", [first, project(hidden, "down", 2 * width, width)],
              "result")
    graph.save({"tokens": tokens}, "result", [1, length, width])


def make_buffers():
    """A rectangle of 64 steps and 2000 bytes, cut into 120 buffers."""
    random = np.random.default_rng(7)
    pieces = [(0, 64, 0, 2000)]
    while len(pieces) < 120:
        index = max(random.integers(len(pieces), size=3),
                    key=lambda i: (pieces[i][1] - pieces[i][0])
                    * (pieces[i][3] - pieces[i][2]))
        left, right, bottom, top = pieces[index]
        if random.integers(2) and right - left > 1:
            cut = int(random.integers(left + 1, right))
            pieces[index:index + 1] = [(left, cut, bottom, top),
                                       (cut, right, bottom, top)]
        elif top - bottom > 1:
            cut = int(random.integers(bottom + 1, top))
            pieces[index:index + 1] = [(left, right, bottom, cut),
                                       (left, right, cut, top)]
    random.shuffle(pieces)
    rows = [f"{i},{left},{right},{top - bottom}\n"
            for i, (left, right, bottom, top) in enumerate(pieces)]
    (HERE / "buffers.csv").write_text("id,lower,upper,size\n" + "".join(rows))


if __name__ == "__main__":
    make_buffers()
    make_atrous_block()
    make_aspp_head()
    make_spp_classifier()
    make_transformer_block()

"""Writes ONNX test folders for operators that compare uint8 numbers:
make-unsigned.py FOLDER (with the package onnx; expected numbers are NumPy's)."""
import numpy
from onnx import helper

import suite

x = numpy.array([[0, 255, 3, 128, 127, 200, 1, 0]], numpy.uint8)


def case(name, operands, outputs, **attributes):
    """The first operand is an input of the model, the others are constants."""
    named = {f"x{i}": a for i, a in enumerate(operands)}
    results = {f"y{i}": a for i, a in enumerate(outputs)}
    node = helper.make_node(name, list(named), list(results), **attributes)
    inputs = {"x0": named.pop("x0")}
    suite.write(name.lower(), [node], inputs, results, named)


windows = numpy.lib.stride_tricks.sliding_window_view(x[None], 3, 2)
places = windows.argmax(-1).astype(numpy.int64)
case("MaxPool", [x[None]],
     [windows.max(-1), places + numpy.arange(places.shape[-1])],
     kernel_shape=[3])
case("ArgMax", [x], [x.argmax(1, keepdims=True).astype(numpy.int64)], axis=1)
case("ArgMin", [x], [x.argmin(1, keepdims=True).astype(numpy.int64)], axis=1)
order = numpy.argsort(-x.astype(int), 1, kind="stable")[:, :3]
case("TopK", [x, numpy.array([3], numpy.int64)],
     [numpy.take_along_axis(x, order, 1), order])
at = numpy.array([[0, 1, 3, 3]], numpy.int64)
new = numpy.array([[130, 7, 129, 250]], numpy.uint8)
most = x.copy()
numpy.maximum.at(most[0], at[0], new[0])
case("ScatterElements", [x, at, new], [most], axis=1, reduction="max")
least = x.copy()
numpy.minimum.at(least[0], at[0], new[0])
rows = numpy.stack([numpy.zeros_like(at[0]), at[0]], 1)
case("ScatterND", [x, rows, new[0]], [least], reduction="min")

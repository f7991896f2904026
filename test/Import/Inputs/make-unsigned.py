"""Writes ONNX test folders for operators that compare uint8 numbers:
make-unsigned.py FOLDER (with the package onnx; expected numbers are NumPy's)."""
import pathlib
import sys

import numpy
from onnx import checker, helper, numpy_helper

x = numpy.array([[0, 255, 3, 128, 127, 200, 1, 0]], numpy.uint8)


def value(name, array):
    return helper.make_tensor_value_info(
        name, helper.np_dtype_to_tensor_dtype(array.dtype), array.shape)


def case(name, inputs, outputs, **attributes):
    node = helper.make_node(name, [f"x{i}" for i in range(len(inputs))],
                            [f"y{i}" for i in range(len(outputs))],
                            **attributes)
    graph = helper.make_graph(
        [node], "g", [value(f"x{i}", a) for i, a in enumerate(inputs[:1])],
        [value(f"y{i}", a) for i, a in enumerate(outputs)],
        [numpy_helper.from_array(a, f"x{i + 1}")
         for i, a in enumerate(inputs[1:])])
    model = helper.make_model(
        graph, opset_imports=[helper.make_opsetid("", 18)], ir_version=8)
    checker.check_model(model)
    folder = pathlib.Path(sys.argv[1]) / f"test_{name.lower()}"
    data = folder / "test_data_set_0"
    data.mkdir(parents=True)
    (folder / "model.onnx").write_bytes(model.SerializeToString())
    arrays = [("input_0", inputs[0])]
    arrays += [(f"output_{i}", a) for i, a in enumerate(outputs)]
    for file, array in arrays:
        (data / f"{file}.pb").write_bytes(
            numpy_helper.from_array(array).SerializeToString())


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

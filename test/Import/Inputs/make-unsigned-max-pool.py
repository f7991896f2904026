"""Writes an ONNX test folder for a MaxPool of uint8: make-unsigned-max-pool.py
FOLDER (with the package onnx; expected numbers are NumPy's)."""
import pathlib
import sys

import numpy
from onnx import TensorProto, checker, helper, numpy_helper

x = numpy.array([[[0, 255, 3, 128, 127, 200, 1, 0]]], numpy.uint8)
windows = numpy.lib.stride_tricks.sliding_window_view(x, 3, 2)
y = windows.max(-1)
i = windows.argmax(-1).astype(numpy.int64) + numpy.arange(y.shape[-1])
node = helper.make_node("MaxPool", ["x"], ["y", "i"], kernel_shape=[3])
graph = helper.make_graph(
    [node], "g",
    [helper.make_tensor_value_info("x", TensorProto.UINT8, x.shape)],
    [helper.make_tensor_value_info("y", TensorProto.UINT8, y.shape),
     helper.make_tensor_value_info("i", TensorProto.INT64, i.shape)])
model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)],
                          ir_version=8)
checker.check_model(model)
folder = pathlib.Path(sys.argv[1])
data = folder / "test_data_set_0"
data.mkdir(parents=True)
(folder / "model.onnx").write_bytes(model.SerializeToString())
for name, value in (("input_0", x), ("output_0", y), ("output_1", i)):
    (data / f"{name}.pb").write_bytes(
        numpy_helper.from_array(value).SerializeToString())

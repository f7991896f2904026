"""Writes ONNX test folders for pads: make-pads.py FOLDER (with the package onnx;
expected numbers are NumPy's)."""
import pathlib
import sys

import numpy
from onnx import checker, helper, numpy_helper


def value(name, array):
    return helper.make_tensor_value_info(
        name, helper.np_dtype_to_tensor_dtype(array.dtype), array.shape)


def case(name, x, pads, number, expected, at_run_time):
    """`number` pads, an input of the model or a constant of it."""
    constants = [numpy_helper.from_array(numpy.array(pads, numpy.int64), "pads")]
    inputs = [x]
    if at_run_time:
        inputs.append(number)
    else:
        constants.append(numpy_helper.from_array(number, "number"))
    node = helper.make_node("Pad", ["x", "pads", "number"], ["y"])
    graph = helper.make_graph(
        [node], "g", [value(n, a) for n, a in zip(["x", "number"], inputs)],
        [value("y", expected)], constants)
    model = helper.make_model(
        graph, opset_imports=[helper.make_opsetid("", 21)], ir_version=10)
    checker.check_model(model)
    folder = pathlib.Path(sys.argv[1]) / f"test_{name}"
    data = folder / "test_data_set_0"
    data.mkdir(parents=True)
    (folder / "model.onnx").write_bytes(model.SerializeToString())
    for file, array in [*((f"input_{i}", a) for i, a in enumerate(inputs)),
                        ("output_0", expected)]:
        (data / f"{file}.pb").write_bytes(
            numpy_helper.from_array(array).SerializeToString())


floats = numpy.arange(6, dtype=numpy.float32).reshape(2, 3)
nine = numpy.array(9, numpy.float32)
around = numpy.pad(floats, [(1, 0), (0, 2)], constant_values=9)
case("value_at_run_time", floats, [1, 0, 0, 2], nine, around, True)
case("value_of_one_element", floats, [1, 0, 0, 2], nine.reshape(1), around, True)
case("cuts_and_adds", floats, [-1, 1, 0, -2], nine,
     numpy.pad(floats[1:, :1], [(0, 0), (1, 0)], constant_values=9), True)
# More digits than an f64 has.
large = numpy.array(2**62 + 1, numpy.int64)
integers = numpy.array([1, 2], numpy.int64)
case("large_integer", integers, [1, 1], large,
     numpy.pad(integers, 1, constant_values=large), False)

"""Writes ONNX test folders for pads: make-pads.py FOLDER (with the package onnx;
expected numbers are NumPy's)."""
import numpy
from onnx import helper

import suite


def case(name, x, pads, number, expected, at_run_time):
    """`number` pads, an input of the model or a constant of it."""
    inputs, constants = {"x": x}, {"pads": numpy.array(pads, numpy.int64)}
    (inputs if at_run_time else constants)["number"] = number
    node = helper.make_node("Pad", ["x", "pads", "number"], ["y"])
    suite.write(name, [node], inputs, {"y": expected}, constants)


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

"""Writes ONNX test folders for Einsum without sums: make-einsum.py FOLDER (with
the package onnx; expected numbers are NumPy's)."""
import numpy
from onnx import helper

import suite


def case(name, equation, *operands):
    inputs = {f"x{i}": x for i, x in enumerate(operands)}
    node = helper.make_node("Einsum", list(inputs), ["y"], equation=equation)
    suite.write(name, [node], inputs, {"y": numpy.einsum(equation, *operands)})


floats = numpy.arange(1, 4, dtype=numpy.float32)
matrix = numpy.arange(6, dtype=numpy.float32).reshape(2, 3)
integers = numpy.array([2, -3], numpy.int32)
case("outer", "i,j->ij", floats, matrix[1])
case("outer_turned", "i,j->ji", integers, numpy.array([5, 7, 9], numpy.int32))
case("each", "ij,ij->ij", matrix, matrix + 1)
case("spread", "ij,j->ji", matrix, floats)

"""Writes ONNX test folders for Einsum without sums: make-einsum.py FOLDER (with
the package onnx; expected numbers are NumPy's)."""
import pathlib
import sys

import numpy
from onnx import checker, helper, numpy_helper


def value(name, array):
    return helper.make_tensor_value_info(
        name, helper.np_dtype_to_tensor_dtype(array.dtype), array.shape)


def case(name, equation, *operands):
    expected = numpy.einsum(equation, *operands)
    names = [f"x{i}" for i in range(len(operands))]
    graph = helper.make_graph(
        [helper.make_node("Einsum", names, ["y"], equation=equation)], "g",
        [value(n, x) for n, x in zip(names, operands)], [value("y", expected)])
    model = helper.make_model(
        graph, opset_imports=[helper.make_opsetid("", 18)], ir_version=8)
    checker.check_model(model)
    data = pathlib.Path(sys.argv[1]) / f"test_{name}" / "test_data_set_0"
    data.mkdir(parents=True)
    (data.parent / "model.onnx").write_bytes(model.SerializeToString())
    files = {f"input_{i}": x for i, x in enumerate(operands)}
    for file, array in {**files, "output_0": expected}.items():
        (data / f"{file}.pb").write_bytes(
            numpy_helper.from_array(array).SerializeToString())


floats = numpy.arange(1, 4, dtype=numpy.float32)
matrix = numpy.arange(6, dtype=numpy.float32).reshape(2, 3)
integers = numpy.array([2, -3], numpy.int32)
case("outer", "i,j->ij", floats, matrix[1])
case("outer_turned", "i,j->ji", integers, numpy.array([5, 7, 9], numpy.int32))
case("each", "ij,ij->ij", matrix, matrix + 1)
case("spread", "ij,j->ji", matrix, floats)

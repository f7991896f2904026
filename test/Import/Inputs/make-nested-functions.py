"""Writes a model of functions that call each other twice, LEVELS deep:
make-nested-functions.py LEVELS FILE (with the package onnx)."""
import sys

from onnx import TensorProto, helper, save

levels = int(sys.argv[1])
sets = [helper.make_opsetid("", 17), helper.make_opsetid("f", 1)]


def call(level, source, target):
    return helper.make_node(f"F{level}", [source], [target], domain="f")


functions = [helper.make_function(
    "f", "F0", ["x"], ["y"], [helper.make_node("Add", ["x", "x"], ["y"])],
    sets)]
for level in range(1, levels):
    functions.append(helper.make_function(
        "f", f"F{level}", ["x"], ["y"],
        [call(level - 1, "x", "t"), call(level - 1, "t", "y")], sets))
graph = helper.make_graph(
    [call(levels - 1, "x", "y")], "g",
    [helper.make_tensor_value_info("x", TensorProto.FLOAT, [4])],
    [helper.make_tensor_value_info("y", TensorProto.FLOAT, [4])])
save(helper.make_model(graph, functions=functions, opset_imports=sets,
                       ir_version=8), sys.argv[2])

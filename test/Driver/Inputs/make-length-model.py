"""Writes FOLDER/lengths.onnx, y = the lengths of the rows of x: f32[2x3], without
packages, and FOLDER/in.npz and g.npz: python3 make-length-model.py FOLDER

The mean of y^2 over 2 rows has the gradient x, that of a row of zeros is 0.
"""
import sys

from npz_bytes import write_arrays
from protobuf_bytes import message, model, number, value_info

INTS = 7
axes = message(1, "axes") + number(8, 1) + number(20, INTS)
node = (message(1, "x") + message(2, "y") + message(4, "ReduceL2") +
        message(5, axes))
graph = (message(1, node) + message(2, "g") + message(11, value_info("x")) +
         message(12, value_info("y", (2, 1))))
folder = sys.argv[1]
with open(folder + "/lengths.onnx", "wb") as file:
    file.write(model(graph))
x = [0.0, 0.0, 0.0, 1.0, -2.0, 3.0]
write_arrays(folder + "/lengths-in.npz", {"x": x})
write_arrays(folder + "/lengths-g.npz", {"d_x": x})

"""Writes MODEL.onnx and GRADIENTS.npz without packages:
python3 make-parameter-model.py MODEL.onnx GRADIENTS.npz

y = x w for x and the initialiser w of f32[2x3], and the gradients of the mean
of y^2: 2 x w^2 / 6 and 2 x^2 w / 6. `stray` is an array of no output.
"""
import sys

from npz_bytes import write_arrays
from protobuf_bytes import message, model, tensor, value_info

model_path, gradients_path = sys.argv[1:]
x = [-2.0, -1.0, 0.0, 1.0, 2.0, 3.0]
w = [0.5, 1.0, 1.5, -2.0, 0.0, 3.0]
node = message(1, "x") + message(1, "w") + message(2, "y") + message(4, "Mul")
graph = (message(1, node) + message(2, "g") + message(5, tensor("w", w))
         + message(11, value_info("x")) + message(12, value_info("y")))
with open(model_path, "wb") as file:
    file.write(model(graph))
write_arrays(gradients_path, {
    "d_x": [a * b * b / 3 for a, b in zip(x, w)],
    "d_param:w": [a * a * b / 3 for a, b in zip(x, w)],
    "stray": x})
write_arrays(gradients_path.replace(".npz", "-in.npz"), {"x": x})

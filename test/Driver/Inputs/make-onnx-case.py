"""Writes an ONNX test folder for one node of one or two inputs, without the
onnx package: python3 make-onnx-case.py FOLDER OPERATOR OFFSET

x is f32[2x3]; the expected output is |x| + OFFSET, so that 0 is right for Abs.
"""
import os
import sys

from protobuf_bytes import message, model, tensor, value_info


def graph_of(operator):
    node = message(1, "x") + message(2, "y") + message(4, operator)
    return (message(1, node) + message(2, "g") + message(11, value_info("x")) +
            message(12, value_info("y")))


folder, operator, offset = sys.argv[1], sys.argv[2], float(sys.argv[3])
data = os.path.join(folder, "test_data_set_0")
os.makedirs(data, exist_ok=True)
x = [-2.0, -1.0, 0.0, 1.0, 2.0, 3.0]
y = [abs(value) for value in x]
y[-1] += offset
for path, content in ((folder + "/model.onnx", model(graph_of(operator))),
                      (data + "/input_0.pb", tensor("x", x)),
                      (data + "/output_0.pb", tensor("y", y))):
    with open(path, "wb") as file:
        file.write(content)

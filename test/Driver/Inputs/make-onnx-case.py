"""Writes an ONNX test folder for one node of one or two inputs, without the
onnx package: python3 make-onnx-case.py FOLDER OPERATOR OFFSET

x is f32[2x3]; the expected output is |x| + OFFSET, so that 0 is right for Abs.
"""
import os
import struct
import sys


def varint(value):
    out = b""
    while value > 127:
        out += bytes([value & 127 | 128])
        value >>= 7
    return out + bytes([value])


def number(field, value):
    return varint(field << 3) + varint(value)


def message(field, content):
    content = content.encode() if isinstance(content, str) else content
    return varint(field << 3 | 2) + varint(len(content)) + content


SHAPE = (2, 3)
FLOAT = 1


def value_info(name):
    dims = b"".join(message(1, number(1, size)) for size in SHAPE)
    tensor = number(1, FLOAT) + message(2, dims)
    return message(1, name) + message(2, message(1, tensor))


def tensor(name, values):
    return (b"".join(number(1, size) for size in SHAPE) + number(2, FLOAT) +
            message(8, name) + message(9, struct.pack("<6f", *values)))


def model(operator):
    node = message(1, "x") + message(2, "y") + message(4, operator)
    graph = (message(1, node) + message(2, "g") + message(11, value_info("x")) +
             message(12, value_info("y")))
    return (number(1, 8) + message(7, graph) +
            message(8, message(1, "") + number(2, 17)))


folder, operator, offset = sys.argv[1], sys.argv[2], float(sys.argv[3])
data = os.path.join(folder, "test_data_set_0")
os.makedirs(data, exist_ok=True)
x = [-2.0, -1.0, 0.0, 1.0, 2.0, 3.0]
y = [abs(value) for value in x]
y[-1] += offset
for path, content in ((folder + "/model.onnx", model(operator)),
                      (data + "/input_0.pb", tensor("x", x)),
                      (data + "/output_0.pb", tensor("y", y))):
    with open(path, "wb") as file:
        file.write(content)

"""Fields of protobuf messages, for tests that write ONNX files by hand."""
import struct

SHAPE = (2, 3)
FLOAT = 1


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


def value_info(name, shape=SHAPE):
    """A ValueInfoProto of f32."""
    dims = b"".join(message(1, number(1, size)) for size in shape)
    tensor_type = number(1, FLOAT) + message(2, dims)
    return message(1, name) + message(2, message(1, tensor_type))


def tensor(name, values):
    """A TensorProto of f32[2x3]."""
    return (b"".join(number(1, size) for size in SHAPE) + number(2, FLOAT) +
            message(8, name) + message(9, struct.pack("<6f", *values)))


def model(graph):
    """A ModelProto of opset 17."""
    return (number(1, 8) + message(7, graph) +
            message(8, message(1, "") + number(2, 17)))

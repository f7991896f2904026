"""Writes test folders as ONNX's own: a model, its inputs and its outputs, in the
folder that the script's first argument names."""
import pathlib
import sys

from onnx import checker, helper, numpy_helper


def value(name, array):
    return helper.make_tensor_value_info(
        name, helper.np_dtype_to_tensor_dtype(array.dtype), array.shape)


def write(name, nodes, inputs, outputs, constants=None, opset=18):
    """A case `name`: `inputs`, `outputs` and `constants` are arrays by name."""
    graph = helper.make_graph(
        nodes, "g", [value(n, x) for n, x in inputs.items()],
        [value(n, x) for n, x in outputs.items()],
        [numpy_helper.from_array(x, n) for n, x in (constants or {}).items()])
    model = helper.make_model(
        graph, opset_imports=[helper.make_opsetid("", opset)], ir_version=8)
    checker.check_model(model, full_check=True)
    data = pathlib.Path(sys.argv[1]) / f"test_{name}" / "test_data_set_0"
    data.mkdir(parents=True)
    (data.parent / "model.onnx").write_bytes(model.SerializeToString())
    for kind, arrays in (("input", inputs), ("output", outputs)):
        for i, array in enumerate(arrays.values()):
            (data / f"{kind}_{i}.pb").write_bytes(
                numpy_helper.from_array(array).SerializeToString())

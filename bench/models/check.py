#!/usr/bin/env python3
"""Runs models in 16 bits and compares their errors with PyTorch's.

    check.py LACUNA FOLDER [--dtype bf16|f16] [--target cuda] [--json FILE]

FOLDER has a folder a model: model.onnx, inputs.npz, outputs.npz (f32). Passes
where max|ours - f32| <= 2 max|PyTorch's - f32| + the rounding of the f32
outputs, PyTorch computing the graph (torch_graph.py) in the same type.
"""
import argparse
import datetime
import json
import pathlib
import subprocess
import sys
import tempfile

import numpy
import torch

import torch_graph

TYPES = {"bf16": torch.bfloat16, "f16": torch.float16}


def ours(arguments, folder):
    with tempfile.TemporaryDirectory() as place:
        output = f"{place}/out.npz"
        done = subprocess.run(
            [arguments.lacuna, "run", f"{folder}/model.onnx", "--inputs",
             f"{folder}/inputs.npz", "--output", output, "--dtype",
             arguments.dtype, "--target", arguments.target],
            text=True, capture_output=True)
        if done.returncode:
            raise SystemExit(done.stderr)
        return dict(numpy.load(output))


def compare(arguments, folder):
    dtype = TYPES[arguments.dtype]
    device = "cuda" if arguments.target.startswith("cuda") else "cpu"
    expected = numpy.load(f"{folder}/outputs.npz")
    got = ours(arguments, folder)
    with torch.no_grad():
        theirs = torch_graph.run(f"{folder}/model.onnx",
                                 numpy.load(f"{folder}/inputs.npz"), dtype,
                                 device)
    rows = []
    for name, plain in zip(expected.files, theirs.values()):
        exact = torch.from_numpy(expected[name]).double()
        error = (torch.from_numpy(got[name]).double() - exact).abs().max()
        other = (plain.cpu().double() - exact).abs().max()
        rounding = (exact.to(dtype).double() - exact).abs().max()
        rows.append(dict(model=folder.name, output=name, error=error.item(),
                         torch_error=other.item(), rounding=rounding.item(),
                         ok=bool(error <= 2 * other + rounding)))
    return rows


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("lacuna")
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("--dtype", default="bf16", choices=TYPES)
    parser.add_argument("--target", default="cpu")
    parser.add_argument("--json", type=pathlib.Path)
    arguments = parser.parse_args()
    rows = []
    for folder in sorted(arguments.folder.iterdir()):
        if (folder / "model.onnx").exists():
            rows += compare(arguments, folder)
    print(f"{'model':<16}{'error':>12}{'PyTorch':>12}{'ratio':>8}")
    for row in rows:
        ratio = row["error"] / max(row["torch_error"], 1e-30)
        print(f"{row['model']:<16}{row['error']:>12.3e}"
              f"{row['torch_error']:>12.3e}{ratio:>8.2f}"
              f"{'' if row['ok'] else '  too much'}")
    if arguments.json:
        arguments.json.write_text(json.dumps(
            {"date": datetime.date.today().isoformat(),
             "dtype": arguments.dtype, "target": arguments.target,
             "gpu": torch.cuda.get_device_name()
             if arguments.target.startswith("cuda") else None,
             "torch": torch.__version__, "models": rows}, indent=1) + "\n")
    return not rows or not all(row["ok"] for row in rows)


if __name__ == "__main__":
    sys.exit(main())

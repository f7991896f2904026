# RUN: env LACUNA_LIBRARY=%build/lib/C/liblacuna.so %onnxruntime_python %s %source
# REQUIRES: onnxruntime
"""The comparison with ONNX Runtime: turns, figures, and what fails it."""
import json
import os
import subprocess
import sys
import tempfile

SOURCE = sys.argv[1]
sys.path[:0] = [f"{SOURCE}/python", f"{SOURCE}/bench"]

import numpy
import sides

SCRIPT = f"{SOURCE}/bench/compare_onnxruntime.py"


def run(*arguments):
    return subprocess.run([sys.executable, SCRIPT, *arguments], text=True,
                          stdout=subprocess.PIPE, check=False)


def test_turns():
    order = []
    calls = [lambda: order.append("a"), lambda: order.append("b")]
    times = sides.rotate(calls, 0.1, 12)
    assert min(map(len, times)) >= 12, times
    # Rounds go forwards and backwards: a, b b, a a, b b ...
    turns = [word for i, word in enumerate(order)
             if i == 0 or order[i - 1] != word]
    assert turns == list("abababa"), order


def test_disagreement():
    expected = [numpy.array([1, -2, numpy.nan], numpy.float32)]
    assert sides.disagreement(expected, expected) is None
    near = [expected[0] * numpy.float32(1.0005)]
    assert sides.disagreement(near, expected) is None
    far = [expected[0] * numpy.float32(1.01)]
    assert "2 of 3 values differ" in sides.disagreement(far, expected)
    counts = [numpy.array([3, 4])]
    assert "1 of 2" in sides.disagreement([numpy.array([3, 5])], counts)


def test_figures():
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "figures.json")
        result = run("--filter=spp-pool", "--threads=1", "--seconds=0.05",
                     "--json", path, "--note=a test")
        assert result.returncode == 0, result.stdout
        figures = json.load(open(path, encoding="utf-8"))
    row, = figures["rows"]
    assert row["case"] == "spp-pool" and figures["note"] == "a test"
    assert row["ratio"] == figures["totals"][0]["geometric_mean"]
    assert row["lacuna"]["min_ms"] <= row["lacuna"]["median_ms"]


def test_errors():
    with tempfile.TemporaryDirectory() as folder:
        os.mkdir(f"{folder}/broken")
        with open(f"{folder}/broken/model.onnx", "wb") as file:
            file.write(b"\xff")
        numpy.savez(f"{folder}/broken/inputs.npz", x=numpy.zeros(1))
        result = run("--models", folder, "--filter=model-broken")
    assert result.returncode == 1 and "1 errors" in result.stdout, result
    assert run("--filter=none").returncode == 1


def test_wrong_result():
    import compare_onnxruntime
    right, sides.disagreement = sides.disagreement, lambda *_: "1 value differs"
    sys.argv = [SCRIPT, "--filter=spp-pool", "--threads=1"]
    assert compare_onnxruntime.main() == 1
    sides.disagreement = right


for name, test in list(globals().items()):
    if name.startswith("test_"):
        test()

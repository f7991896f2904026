#!/usr/bin/env python3
"""Compares lacuna with ONNX Runtime on one operator after the other, with random
shapes and attributes: compare-operators.py [--first N] [--count N] [--only NAME].

Prints a line for each difference and ends with 1 if there was one that ONNX's
own evaluator, too, does not share with lacuna. A seed is a case: the same seed
makes the same model and inputs. A crash ends the process that found it; the seed
is printed and the next one goes on. Needs onnx and onnxruntime (PyPI) and
LACUNA_LIBRARY, the path of liblacuna.so.

Known to differ, and right: Slice and ConvTranspose where ONNX Runtime leaves the
specification (ends of -2^31, auto_pad with strides above the kernel), pools
whose windows see only padding or NaN, auto_pad that would cut.
"""
import argparse
import os
import pathlib
import random
import subprocess
import sys

import numpy as np
import onnx
from onnx import helper, numpy_helper

from operator_cases import CASES, pick


def build(case, opset):
    """The model of one node, and what it is called with."""
    given = {f"i{k}": np.array(x, order="C") for k, x in enumerate(case.inputs)
             if x is not None}
    constants = {f"i{k}" for k in case.known}
    node = helper.make_node(
        case.operator, [f"i{k}" if x is not None else ""
                        for k, x in enumerate(case.inputs)],
        [f"o{k}" for k in range(case.outputs)], **case.attributes)
    graph = helper.make_graph(
        [node], "g",
        [helper.make_tensor_value_info(
            name, helper.np_dtype_to_tensor_dtype(x.dtype), x.shape)
         for name, x in given.items() if name not in constants],
        [onnx.ValueInfoProto(name=name) for name in node.output],
        [numpy_helper.from_array(given[name], name) for name in constants])
    model = onnx.shape_inference.infer_shapes(helper.make_model(
        graph, opset_imports=[helper.make_opsetid("", opset)], ir_version=10))
    onnx.checker.check_model(model)
    return model, {n: x for n, x in given.items() if n not in constants}


def difference(results, expected):
    """What is wrong with `results`, nothing if all is right."""
    for ours, theirs in zip(results, expected):
        if ours.shape != theirs.shape or ours.dtype != theirs.dtype:
            return (f"{ours.dtype}{list(ours.shape)} for "
                    f"{theirs.dtype}{list(theirs.shape)}")
        wrong = ~np.isclose(ours.astype(float), theirs.astype(float), rtol=2e-4,
                            atol=1e-5, equal_nan=True)
        if wrong.any():
            return (f"{wrong.sum()} of {wrong.size} elements, "
                    f"{ours[wrong][0]} for {theirs[wrong][0]}")
    return None


def attempt(function):
    """The results of a call as arrays, or its error."""
    try:
        return [np.asarray(x) for x in function()], None
    except Exception as error:  # whatever one of three engines throws
        return None, str(error).split("\n")[0]


def compare(seed, only):
    """One case; what to print about it, and whether lacuna stands alone."""
    import lacuna
    import onnxruntime
    from onnx.reference import ReferenceEvaluator
    random.seed(seed)
    np.random.seed(seed % 2**32)
    opset = pick(18, 19, 20, 21, 22, 23)
    case = CASES[only or pick(*CASES)]()
    print(f"at {seed} {case}", flush=True)
    try:
        model, inputs = build(case, opset)
    except Exception:  # an operator or attribute that this opset lacks
        return None, False
    data = model.SerializeToString()
    ours, refusal = attempt(lambda: lacuna.from_onnx(data)(*inputs.values()))
    theirs, _ = attempt(lambda: onnxruntime.InferenceSession(
        data, providers=["CPUExecutionProvider"]).run(None, inputs))
    if ours is None:
        return (f"refused: {refusal}", True) if theirs else (None, False)
    wrong = difference(ours, theirs) if theirs else "ONNX Runtime refuses it"
    if not wrong:
        return None, False
    defined, _ = attempt(lambda: ReferenceEvaluator(model).run(None, inputs))
    alone = not defined or difference(ours, defined) is not None
    if not theirs and (not defined or not alone):
        return None, False
    return f"{'differs' if alone else 'differs from ONNX Runtime only'}: {wrong}", alone


def work(first, count, only):
    """Cases in this process: lines "at", which say what runs, and findings."""
    import onnxruntime
    onnxruntime.set_default_logger_severity(4)
    np.seterr(all="ignore")
    for seed in range(first, first + count):
        finding, alone = compare(seed, only)
        if finding:
            print(f"{'!' if alone else '?'} {finding}", flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--first", type=int, default=1)
    parser.add_argument("--count", type=int, default=500)
    parser.add_argument("--only", choices=sorted(CASES), metavar="NAME")
    parser.add_argument("--work", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.work:
        return work(options.first, options.count, options.only)
    python = pathlib.Path(__file__).parent.parent / "python"
    environment = dict(os.environ, PYTHONPATH=str(python))
    seed, end, alone = options.first, options.first + options.count, 0
    while seed < end:
        child = subprocess.Popen(
            [sys.executable, __file__, "--work", "--first", str(seed), "--count",
             str(end - seed), *(["--only", options.only] if options.only else [])],
            stdout=subprocess.PIPE, text=True, env=environment)
        case = ""
        for line in child.stdout:
            if line.startswith("at "):
                case = line[3:].strip()
            else:
                alone += line.startswith("!")
                print(f"{line.strip()}\n    {case}", flush=True)
        if child.wait() == 0:
            break
        if not case:
            sys.exit("the comparison could not start")
        alone += 1
        print(f"! ended with {child.returncode}\n    {case}", flush=True)
        seed = int(case.split()[0]) + 1
    print(f"{options.count} seeds, {alone} of them differ or crash")
    return alone > 0


if __name__ == "__main__":
    sys.exit(main())

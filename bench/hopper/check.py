#!/usr/bin/env python3
"""Checks and times the kernels of prepare.py on a Hopper GPU.

    check.py FOLDER RESULT.json [ROUNDS [PREFIX...]]

Numbers: against float64, outputs poisoned with NaN, a second run bit-equal;
passes when the largest error is at most twice PyTorch's in the same dtype, plus
the rounding of the reference. Times: medians over rounds in which each kernel
and its peers take turns.
"""
import datetime
import json
import pathlib
import statistics
import sys

import torch
from torch.nn.attention import SDPBackend, sdpa_kernel
from triton.testing import do_bench

import attention
import gradients
import packed
import products
from kernel import Kernel

KINDS = {"attention": attention.Case, "packed": packed.Case,
         "matmul": products.Matmul, "convolution": products.Convolution,
         "input_gradient": gradients.InputGradient,
         "filter_gradient": gradients.FilterGradient}


def check(kernel, sides):
    results = sides.results()
    kernel.bind(*sides.bound())
    runs = []
    for _ in range(3):
        results.fill_(float("nan"))
        kernel()
        torch.cuda.synchronize()
        runs.append(results.clone())
    equal = all(torch.equal(runs[0].view(torch.uint8), run.view(torch.uint8))
                for run in runs[1:])
    ours, theirs, norm, rounding = 0, 0, [0, 0], 0
    for got, exact, plain in sides.compared(runs[0]):
        got = got.double()
        ours = max(ours, (got - exact).abs().max().item())
        theirs = max(theirs, (plain.double() - exact).abs().max().item())
        rounding = max(rounding, (exact.to(results.dtype).double() -
                                  exact).abs().max().item())
        norm[0] += (got - exact).square().sum().item()
        norm[1] += exact.square().sum().item()
    nans = int(torch.isnan(runs[0]).sum())
    good = equal and not nans and ours <= 2 * theirs + rounding
    return dict(ok=good, max_error=ours, torch_error=theirs, nans=nans,
                relative=(norm[0] / (norm[1] or 1)) ** 0.5, repeats_equal=equal)


def time(kernel, sides, rounds):
    functions = {"lacuna": kernel, **sides.peers()}
    times = {name: [] for name in functions}
    with sdpa_kernel(SDPBackend.CUDNN_ATTENTION), torch.no_grad():
        for turn in range(rounds):
            for name in list(functions)[::1 if turn % 2 else -1]:
                times[name].append(do_bench(functions[name], warmup=15, rep=60,
                                            return_mode="median"))
    result = {}
    for name, values in times.items():
        result[name + "_ms"] = statistics.median(values)
        result[name + "_tflops"] = round(
            sides.flops() / statistics.median(values) / 1e9, 1)
    others = [value for name, value in result.items()
              if name.endswith("_ms") and name != "lacuna_ms"]
    if others:
        result["ratio"] = round(min(others) / result["lacuna_ms"], 3)
    return result


def main():
    folder, output = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2])
    rounds = int(sys.argv[3]) if len(sys.argv) > 3 else 5
    from cases import CASES
    wanted = sys.argv[4:]
    torch.zeros(1, device="cuda")
    report = {"date": datetime.date.today().isoformat(),
              "gpu": torch.cuda.get_device_name(),
              "torch": torch.__version__, "cuda": torch.version.cuda,
              "cudnn": torch.backends.cudnn.version(), "cases": {}}
    for case in CASES:
        if not (folder / f"{case['name']}.cubin").exists():
            continue
        if wanted and not any(case["name"].startswith(w) for w in wanted):
            continue
        kernel = Kernel(folder, case["name"])
        sides = KINDS[case["kind"]](case)
        result = check(kernel, sides)
        if case["timed"] and rounds:
            result.update(time(kernel, sides, rounds))
        for key in ("registers", "spills"):
            result[key] = kernel.launch[key]
        report["cases"][case["name"]] = result
        print(case["name"], result, flush=True)
        output.write_text(json.dumps(report, indent=1) + "\n")
    bad = [n for n, r in report["cases"].items() if not r["ok"]]
    print("FAILED: " + ", ".join(bad) if bad else "all right")
    return bool(bad)


if __name__ == "__main__":
    sys.exit(main())

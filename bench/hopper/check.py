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
import backward
import gradients
import packed
import products
from kernel import Kernel

KINDS = {"attention": attention.Case, "packed": packed.Case,
         "backward": backward.Case, "packed_backward": backward.Packed,
         "matmul": products.Matmul,
         "convolution": products.Convolution,
         "input_gradient": gradients.InputGradient,
         "filter_gradient": gradients.FilterGradient}


def check(kernel, sides):
    results = sides.results()
    kernel.bind(*sides.bound())
    runs = []
    for _ in range(3):
        for result in several(results):
            result.fill_(float("nan"))
        kernel()
        torch.cuda.synchronize()
        runs.append([result.clone() for result in several(results)])
    equal = all(torch.equal(a.view(torch.uint8), b.view(torch.uint8))
                for run in runs[1:] for a, b in zip(runs[0], run))
    nans = sum(int(torch.isnan(result).sum()) for result in runs[0])
    got = runs[0] if isinstance(results, list) else runs[0][0]
    errors = {}
    for got, exact, plain, *name in sides.compared(got):
        errors.setdefault(*name or [""], Error()).add(got, exact, plain)
    worst = max(errors.values(), key=lambda error: error.ours / (error.theirs or 1))
    good = equal and not nans and all(e.good() for e in errors.values())
    return dict(ok=good, max_error=worst.ours, torch_error=worst.theirs,
                nans=nans, repeats_equal=equal,
                relative=max(e.relative() for e in errors.values()))


def several(results):
    return results if isinstance(results, list) else [results]


class Error:
    """The largest error of ours, of PyTorch's and of rounding the exact."""

    def __init__(self):
        self.ours = self.theirs = self.rounding = 0
        self.difference = self.norm = 0

    def add(self, got, exact, plain):
        rounded = exact.to(got.dtype).double()
        got = got.double()
        self.ours = max(self.ours, (got - exact).abs().max().item())
        self.theirs = max(self.theirs,
                          (plain.double() - exact).abs().max().item())
        self.rounding = max(self.rounding,
                            (rounded - exact).abs().max().item())
        self.difference += (got - exact).square().sum().item()
        self.norm += exact.square().sum().item()

    def good(self):
        return self.ours <= 2 * self.theirs + self.rounding

    def relative(self):
        return (self.difference / (self.norm or 1)) ** 0.5


COPIED = 1 << 30
CACHES, LAPS = 4, 4


def in_turn(kernel, sides):
    """What moves bytes alone runs on several sets of them, one behind the
    other, some laps: a single one would be timed while what cleared the L2 is
    written. Together they are many times the L2."""
    functions = [{"lacuna": kernel, **sides.peers()}]
    for _ in range(CACHES - 1):
        others = type(sides)(sides.case)
        another = Kernel(*kernel.source)
        another.bind(*others.bound())
        functions.append({"lacuna": another, **others.peers()})
    return {name: lambda name=name: [each[name]() for each in functions * LAPS]
            for name in functions[0]}


def time(kernel, sides, rounds):
    program = getattr(sides, "program", lambda kernel: kernel)
    functions = {"lacuna": program(kernel), **sides.peers()}
    moved = getattr(sides, "bytes", lambda: None)()
    backends = [SDPBackend.CUDNN_ATTENTION]
    if moved:
        functions = in_turn(kernel, sides)
        source = torch.empty(COPIED, dtype=torch.uint8, device="cuda")
        target = torch.empty_like(source)
        functions["copy"] = lambda: target.copy_(source)
        backends.append(SDPBackend.FLASH_ATTENTION)
    times = {name: [] for name in functions}
    with sdpa_kernel(backends), torch.no_grad():
        for turn in range(rounds):
            for name in list(functions)[::1 if turn % 2 else -1]:
                times[name].append(do_bench(functions[name], warmup=15, rep=60,
                                            return_mode="median"))
    result = {}
    if moved:
        copy = 2 * COPIED / statistics.median(times.pop("copy"))
        times = {name: [value / CACHES / LAPS for value in values]
                 for name, values in times.items()}
        result["share_of_copy"] = round(
            moved / statistics.median(times["lacuna"]) / copy, 3)
        result["copy_gbps"] = round(copy / 1e6)
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

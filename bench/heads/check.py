#!/usr/bin/env python3
"""Checks and times the heads on a GPU, beside PyTorch.

    check.py LACUNA RESULT.json [ROUNDS [NAME...]]

Makes the programs, runs them by LACUNA (see programs.py) and compares with
float64; passes when the largest error is at most twice PyTorch's in bf16, plus
the rounding of the reference, and a second run is bit-equal. Times: medians of
rounds in which Lacuna and compiled PyTorch take turns. Lacuna's is the sum of
its kernels, by the device's events: a call also copies the image to the device.
Compile times: with an empty and a warm cache of kernels.
"""
import copy
import datetime
import json
import os
import pathlib
import statistics
import subprocess
import sys
import tempfile
import time

import numpy as np
import torch
from triton.testing import do_bench

import programs
from modules import head


def lacuna(command, folder, *words, cache="cache"):
    environment = dict(os.environ, XDG_CACHE_HOME=str(folder / cache))
    start = time.time()
    done = subprocess.run([*command, *map(str, words)], env=environment,
                          text=True, capture_output=True, timeout=120)
    if done.returncode:
        raise RuntimeError(done.stderr[-2000:] + done.stdout[-2000:])
    return done.stdout, time.time() - start


def scores(folder, name):
    bits = np.load(folder / f"{name}-scores.npz")["scores"].view(np.int16)
    y = torch.from_numpy(bits.copy()).view(torch.bfloat16)
    return y.movedim(-1, 1) if y.dim() == 4 else y


def check(command, folder, name, module, image):
    runs = []
    for _ in range(2):
        lacuna(command, folder, "run", folder / f"{name}.mlir", "--inputs",
               folder / f"{name}.npz", "--output",
               folder / f"{name}-scores.npz", "--target=cuda")
        runs.append(scores(folder, name))
    got = runs[0].cuda().double()
    with torch.no_grad():
        plain = module(image).double()
        exact = copy.deepcopy(module).double()(image.double())
    ours = (got - exact).abs().max().item()
    theirs = (plain - exact).abs().max().item()
    rounding = (exact.to(torch.bfloat16).double() - exact).abs().max().item()
    equal = torch.equal(*(run.view(torch.int16) for run in runs))
    return dict(ok=equal and ours <= 2 * theirs + rounding, repeats_equal=equal,
                max_error=ours, torch_error=theirs,
                relative=((got - exact).norm() / exact.norm()).item(),
                torch_relative=((plain - exact).norm() / exact.norm()).item())


def bench(command, folder, name, cache="cache"):
    figures = folder / f"{name}.json"
    text, wall = lacuna(command, folder, "bench", folder / f"{name}.mlir",
                        "--inputs", folder / f"{name}.npz", "--target=cuda",
                        "--json", figures, cache=cache)
    return text, json.loads(figures.read_text()), wall


def measure(command, folder, name, rounds):
    module, image = head(name, torch.bfloat16)
    programs.write(folder, name, module, image)
    module, image = module.cuda(), image.cuda()
    result = check(command, folder, name, module, image)
    cold = bench(command, folder, name, cache=f"{name}-empty")[1]
    result["compile_cold_s"] = cold["compile_seconds"]
    compiled = torch.compile(module, dynamic=False)
    ours, theirs = [], []
    with torch.no_grad():
        compiled(image)
        for _ in range(rounds):
            text, figures, _ = bench(command, folder, name)
            ours.append(sum(kernel["nanoseconds"] for kernel in
                            figures["kernels"]) / 1e6)
            theirs.append(do_bench(lambda: compiled(image), warmup=20, rep=60,
                                   return_mode="median"))
    result.update(compile_warm_s=figures["compile_seconds"],
                  lacuna_ms=statistics.median(ours),
                  compiled_ms=statistics.median(theirs))
    result["kernels_us"] = [
        (kernel["name"], round(kernel["nanoseconds"] / 1e3, 1))
        for kernel in figures["kernels"]]
    result["ratio"] = result["compiled_ms"] / result["lacuna_ms"]
    return result, text


def main():
    command, output = sys.argv[1].split(), pathlib.Path(sys.argv[2])
    rounds = int(sys.argv[3]) if len(sys.argv) > 3 else 3
    torch.backends.cudnn.benchmark = True
    report = {"date": datetime.date.today().isoformat(),
              "gpu": torch.cuda.get_device_name(), "torch": torch.__version__,
              "cuda": torch.version.cuda, "cases": {}}
    with tempfile.TemporaryDirectory() as folder:
        for name in sys.argv[4:] or ["aspp", "psp", "spp"]:
            try:
                result, text = measure(command, pathlib.Path(folder), name,
                                       rounds)
            except (RuntimeError, subprocess.TimeoutExpired) as error:
                result, text = dict(ok=False, error=str(error)[-1500:]), ""
            report["cases"][name] = result
            print(text, name, json.dumps(result), flush=True)
            output.write_text(json.dumps(report, indent=1))
    return not all(case["ok"] for case in report["cases"].values())


if __name__ == "__main__":
    sys.exit(main())

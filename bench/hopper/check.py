#!/usr/bin/env python3
"""Checks and times the kernels of prepare.py on a Hopper GPU.

    check.py FOLDER RESULT.json [ROUNDS]

Numbers: against float64, outputs poisoned with NaN, a second run bit-equal;
passes when the largest error is at most twice PyTorch's in the same dtype, plus
the rounding of the reference. Times: medians over rounds in which each kernel
and cuDNN take turns.
"""
import ctypes as C
import datetime
import json
import pathlib
import statistics
import sys

import torch
import torch.nn.functional as F
from torch.nn.attention import SDPBackend, sdpa_kernel
from triton.testing import do_bench

cuda = C.CDLL("libcuda.so.1")
DTYPE = {"bf16": torch.bfloat16, "f16": torch.float16}
MAP_TYPE = {"bf16": 9, "f16": 6}


def call(name, *arguments):
    code = getattr(cuda, name)(*arguments)
    if code:
        text = C.c_char_p()
        cuda.cuGetErrorString(code, C.byref(text))
        raise RuntimeError(f"{name}: {text.value}")


def tensor_map(entry, tensor):
    memory = C.create_string_buffer(192)
    address = (C.addressof(memory) + 63) & ~63
    rank = len(entry["sizes"])
    call("cuTensorMapEncodeTiled", C.c_void_p(address),
         MAP_TYPE[entry["element"]], rank, C.c_void_p(tensor.data_ptr()),
         (C.c_uint64 * rank)(*entry["sizes"]),
         (C.c_uint64 * (rank - 1))(*entry["strides"]),
         (C.c_uint32 * rank)(*entry["box"]), (C.c_uint32 * rank)(*[1] * rank),
         0, {0: 0, 32: 1, 64: 2, 128: 3}[entry["swizzle"]], 3, 0)
    return memory, address


class Kernel:
    def __init__(self, folder, name):
        self.launch = json.loads((folder / f"{name}.json").read_text())
        module, self.function = C.c_void_p(), C.c_void_p()
        call("cuModuleLoadData", C.byref(module),
             (folder / f"{name}.cubin").read_bytes())
        call("cuModuleGetFunction", C.byref(self.function), module,
             self.launch["function"].encode())
        call("cuFuncSetAttribute", self.function, 8, self.launch["shared"])

    def bind(self, *tensors):
        self.maps = [tensor_map(entry, tensors[entry["buffer"]])
                     for entry in self.launch["maps"]]
        self.pointers = [C.c_uint64(t.data_ptr()) for t in tensors]
        addresses = [C.addressof(p) for p in self.pointers]
        addresses += [address for _, address in self.maps]
        self.arguments = (C.c_void_p * len(addresses))(*addresses)

    def __call__(self):
        stream = C.c_void_p(torch.cuda.current_stream().cuda_stream)
        call("cuLaunchKernel", self.function, *self.launch["grid"],
             self.launch["block"], 1, 1, self.launch["shared"], stream,
             self.arguments, None)


def visible(case):
    """True where query i sees key j; None: everywhere."""
    words = case["options"].replace("=", " ").split()
    options = dict(zip(words[::2], words[1::2]))
    if not options:
        return None
    bottom = options.get("causal") == "bottom_right"
    i = torch.arange(case["s"], device="cuda")[:, None]
    i = i + (case["sk"] - case["s"] if bottom else 0)
    j = torch.arange(case["sk"], device="cuda")[None]
    seen = torch.ones(case["s"], case["sk"], dtype=torch.bool, device="cuda")
    if "causal" in options:
        seen &= j <= i
    if "window_left" in options:
        seen &= j >= i - int(options["window_left"])
    if "window_right" in options:
        seen &= j <= i + int(options["window_right"])
    return seen


def attention(q, k, v, seen, dtype):
    """Of one head, step by step in `dtype`; rows that see nothing give 0."""
    scores = q.to(dtype) @ k.to(dtype).T / q.shape[-1] ** 0.5
    if seen is not None:
        scores = scores.masked_fill(~seen, float("-inf"))
    result = torch.softmax(scores, -1).nan_to_num(0) @ v.to(dtype)
    return result


def data(case):
    def tensor(heads, rows, depth):
        sizes = [heads, rows] if case["layout"] == "bhsd" else [rows, heads]
        return torch.randn(case["b"], *sizes, depth, device="cuda",
                           dtype=DTYPE[case["element"]])
    q = tensor(case["h"], case["s"], case["d"])
    k = tensor(case["hk"], case["sk"], case["d"])
    v = tensor(case["hk"], case["sk"], case["dv"])
    o = tensor(case["h"], case["s"], case["dv"])
    return q, k, v, o


def check(kernel, case):
    q, k, v, o = data(case)
    kernel.bind(q, k, v, o)
    o.fill_(float("nan"))
    kernel()
    torch.cuda.synchronize()
    first = o.clone()
    o.fill_(float("nan"))
    kernel()
    torch.cuda.synchronize()
    equal = torch.equal(first.view(torch.int16), o.view(torch.int16))
    if case["layout"] == "bshd":
        q, k, v, first = [t.transpose(1, 2) for t in (q, k, v, first)]
    seen, ours, theirs, norm, rounding = visible(case), 0, 0, [0, 0], 0
    for head in {0, case["h"] // 2, case["h"] - 1}:
        part = (q[-1, head], k[-1, head // (case["h"] // case["hk"])],
                v[-1, head // (case["h"] // case["hk"])])
        exact = attention(*part, seen, torch.float64)
        plain = attention(*part, seen, q.dtype)
        got = first[-1, head].double()
        ours = max(ours, (got - exact).abs().max().item())
        theirs = max(theirs, (plain.double() - exact).abs().max().item())
        rounding = max(rounding, (exact.to(q.dtype).double() -
                                  exact).abs().max().item())
        norm[0] += (got - exact).square().sum().item()
        norm[1] += exact.square().sum().item()
    nans = int(torch.isnan(first).sum())
    good = equal and not nans and ours <= 2 * theirs + rounding
    return dict(ok=good, max_error=ours, torch_error=theirs, nans=nans,
                relative=(norm[0] / norm[1]) ** 0.5, repeats_equal=equal)


def flops(case):
    share = .5 if case["options"] else 1
    return (2 * case["b"] * case["h"] * case["s"] * case["sk"] *
            (case["d"] + case["dv"]) * share)


def peer(case, q, k, v):
    return lambda: F.scaled_dot_product_attention(
        q, k, v, is_causal=bool(case["options"]))


def time(kernel, case, rounds):
    q, k, v, o = data(case)
    kernel.bind(q, k, v, o)
    sides = {"lacuna": kernel, "cudnn": peer(case, q, k, v)}
    times = {name: [] for name in sides}
    for turn in range(rounds):
        order = list(sides) if turn % 2 else list(sides)[::-1]
        for name in order:
            with sdpa_kernel(SDPBackend.CUDNN_ATTENTION), torch.no_grad():
                times[name].append(do_bench(sides[name], warmup=15, rep=60,
                                            return_mode="median"))
    result = {}
    for name, values in times.items():
        result[name + "_ms"] = statistics.median(values)
        result[name + "_tflops"] = round(
            flops(case) / statistics.median(values) / 1e9, 1)
    result["ratio"] = round(result["cudnn_ms"] / result["lacuna_ms"], 3)
    return result


def main():
    folder, output = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2])
    rounds = int(sys.argv[3]) if len(sys.argv) > 3 else 5
    from cases import CASES
    torch.zeros(1, device="cuda")
    report = {"date": datetime.date.today().isoformat(),
              "gpu": torch.cuda.get_device_name(),
              "torch": torch.__version__, "cuda": torch.version.cuda,
              "cudnn": torch.backends.cudnn.version(), "cases": {}}
    for case in CASES:
        if not (folder / f"{case['name']}.cubin").exists():
            continue
        kernel = Kernel(folder, case["name"])
        result = check(kernel, case)
        if case["timed"] and result["ok"]:
            result.update(time(kernel, case, rounds))
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

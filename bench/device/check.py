#!/usr/bin/env python3
"""Checks and times the kernels of prepare.py on a GPU.

    check.py FOLDER RESULT.json

Numbers: against PyTorch in f32, outputs poisoned with NaN. Times: medians of
five series of 30 launches between two events; the bytes of inputs and results
over the time, and what share of a copy's rate that is.
"""
import ctypes as C
import datetime
import json
import pathlib
import statistics
import sys

import torch
import torch.nn.functional as F

cuda = C.CDLL("libcuda.so.1")
DTYPE = {"bf16": torch.bfloat16, "f32": torch.float32, "i32": torch.int32,
         "i64": torch.int64, "i8": torch.int8, "index": torch.int64}


def call(name, *arguments):
    code = getattr(cuda, name)(*arguments)
    if code:
        raise RuntimeError(f"{name}: {code}")


class Kernel:
    def __init__(self, stem):
        self.launch = json.loads(stem.with_suffix(".json").read_text())
        module, self.function = C.c_void_p(), C.c_void_p()
        call("cuModuleLoadData", C.byref(module),
             stem.with_suffix(".ptx").read_bytes() + b"\0")
        call("cuModuleGetFunction", C.byref(self.function), module,
             self.launch["function"].encode())
        self.failure = torch.zeros(2, dtype=torch.int64, device="cuda")

    def bind(self, name):
        """Random inputs, places that are valid; results poisoned."""
        self.buffers = []
        for sizes, element in self.launch["buffers"]:
            values = torch.randn(sizes, device="cuda")
            if element[0] == "i":
                values = torch.randint(self.limit(name), sizes, device="cuda")
            self.buffers.append(values.to(DTYPE[element]))
        if "bilinear" in name:
            self.tabulate()
        for result in self.results():
            result.fill_(float("nan") if result.is_floating_point() else -1)

    def limit(self, name):
        first = self.launch["buffers"][0][0]
        return {"gather": first[0], "cross": first[-1],
                "confusion": 21}.get(name.split("_")[0], 100)

    def results(self):
        return self.buffers[-self.launch["results"]:]

    def inputs(self):
        return self.buffers[:-self.launch["results"]]

    def tabulate(self):
        """Half-pixel positions and weights of the two resized dimensions."""
        source, *tables, result = self.buffers
        sizes = [pair for pair in zip(source.shape, result.shape)
                 if pair[0] != pair[1]]
        for (before, after), positions, weights in zip(
                sizes, tables[:2], tables[2:]):
            at = (torch.arange(after, device="cuda") + 0.5) * before / after
            low = (at - 0.5).floor()
            share = at - 0.5 - low
            positions.copy_(torch.stack([low, low + 1]).clamp(0, before - 1))
            weights.copy_(torch.stack([1 - share, share]))

    def __call__(self):
        count, group = self.launch["count"], self.launch["group"]
        block = 32 if count * group < 1 << 15 else 128
        block = group if group > 32 else block
        pointers = [self.failure, *self.buffers]
        slots = (C.c_uint64 * len(pointers))(*(t.data_ptr() for t in pointers))
        steps, each = C.c_int64(count), C.c_int64(1)
        arguments = (C.c_void_p * 3)(*map(C.addressof, (slots, steps, each)))
        stream = C.c_void_p(torch.cuda.current_stream().cuda_stream)
        grid = -(-count // (block // group))
        call("cuLaunchKernel", self.function, grid, 1, 1, block, 1, 1, 0,
             stream, arguments, None)


def enlarged(x, result):
    last = x.shape[3] == result.shape[3]
    if last:
        x = x.movedim(-1, 1)
    size = result.shape[1:3] if last else result.shape[2:]
    y = F.interpolate(x, size=size, mode="bilinear", align_corners=False)
    return y.movedim(1, -1) if last else y


def pooled(x, mode, bins):
    pool = getattr(F, f"adaptive_{mode}_pool2d")
    return pool(x.movedim(-1, 1), bins)


def pyramid(x, mode, results):
    if results[0].dim() == 4:
        return [pooled(x, mode, result.shape[1:3]).movedim(1, -1)
                for result in results]
    bins = (1, 2, 4) if mode == "max" else (1, 2, 3)
    return [torch.cat([pooled(x, mode, n).flatten(1) for n in bins], 1)]


def windows(kind, x):
    arguments = {} if kind == "max" else {"count_include_pad": False}
    return getattr(F, f"{kind}_pool2d")(
        x.movedim(-1, 1), 3, 2, 1, **arguments).movedim(1, -1)


def references(name, inputs, results):
    """What the results should be."""
    words = name.split("_")
    kind, element = words[0], words[-1]
    x, *rest = inputs
    if kind == "gather":
        return [x[rest[0]]]
    if kind == "confusion":
        index = torch.cat([rest[0] * 21 + x, x * 21 + rest[0]]).view(2, -1)
        return [torch.bincount(index[0], minlength=441).view(21, 21)]
    if kind == "transpose":
        return [x.mT]
    x, *rest = [tensor.float() if tensor.is_floating_point() else tensor
                for tensor in inputs]
    if kind == "swiglu":
        gate, value = x.chunk(2, -1)
        return [F.silu(gate) * value]
    if kind == "pool":
        return [F.adaptive_avg_pool2d(x, results[0].shape[2:])]
    if kind == "bilinear":
        return [enlarged(x, results[0])]
    if kind == "pyramid":
        mode = "avg" if words[1] in ("average", "uneven", "flat") else "max"
        return pyramid(x, mode, results)
    if kind in ("max", "average"):
        return [windows({"max": "max", "average": "avg"}[kind], x)]
    if kind == "global":
        return [x.mean((1, 2), keepdim=True)]
    if kind == "cross":
        return [F.cross_entropy(x, rest[0], reduction="none")]
    name = name[:-len(element) - 1]
    return [{"softmax": lambda: x.softmax(-1),
             "layer_norm": lambda: F.layer_norm(x, x.shape[-1:], *rest, 1e-5),
             "rms_norm": lambda: F.rms_norm(x, x.shape[-1:], *rest, 1e-5),
             "gelu_tanh": lambda: F.gelu(x, approximate="tanh"),
             "quick_gelu": lambda: x * torch.sigmoid(1.702 * x),
             }.get(name, lambda: getattr(F, name)(x))()]


def milliseconds(run, launches=30):
    for _ in range(3):
        run()
    series = []
    for _ in range(5):
        begin, end = (torch.cuda.Event(enable_timing=True) for _ in range(2))
        begin.record()
        for _ in range(launches):
            run()
        end.record()
        torch.cuda.synchronize()
        series.append(begin.elapsed_time(end) / launches)
    return statistics.median(series)


def check(kernel, name):
    """The largest error, relative to one plus the result."""
    kernel.bind(name)
    kernel()
    torch.cuda.synchronize()
    results = kernel.results()
    largest = 0
    for got, wanted in zip(results,
                           references(name, kernel.inputs(), results)):
        wanted = wanted.float()
        error = (got.float() - wanted).abs() / (1 + wanted.abs())
        error = error.max().item()
        largest = max(largest, error) if error == error else error
        if largest != largest:
            break
    first = [result.clone() for result in results]
    kernel()
    torch.cuda.synchronize()
    same = all(map(torch.equal, first, results))
    return largest if same else float("nan")


def moved(kernel, name):
    """Bytes of inputs and results; of a table the rows that are read."""
    if name.startswith("gather"):
        return 2 * kernel.buffers[-1].nbytes
    return sum(tensor.nbytes for tensor in kernel.buffers)


def main():
    folder, output = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2])
    source = torch.zeros(1 << 27, dtype=torch.bfloat16, device="cuda")
    target = torch.empty_like(source)
    copied = 2 * source.nbytes / milliseconds(lambda: target.copy_(source))
    del source, target
    results = {"date": str(datetime.date.today()), "torch": torch.__version__,
               "device": torch.cuda.get_device_name(),
               "copy_gb_per_second": round(copied / 1e6), "kernels": {}}
    failed = False
    for path in sorted(folder.glob("*.ptx")):
        kernel = Kernel(path)
        error = check(kernel, path.stem)
        bound = 7e-3 if path.stem.endswith("bf16") else 1e-5
        failed |= not error <= bound
        time = milliseconds(kernel)
        rate = moved(kernel, path.stem) / time
        results["kernels"][path.stem] = {
            "error": error, "milliseconds": round(time, 4),
            "gb_per_second": round(rate / 1e6),
            "of_copy": round(rate / copied, 3)}
        print(path.stem, results["kernels"][path.stem], flush=True)
    output.write_text(json.dumps(results, indent=1) + "\n")
    sys.exit(failed)


if __name__ == "__main__":
    main()

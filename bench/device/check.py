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
         "i64": torch.int64, "index": torch.int64}


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

    def bind(self):
        """Random inputs; tables of positions are all zeros."""
        self.buffers = []
        for sizes, element in self.launch["buffers"]:
            values = torch.randn(sizes, device="cuda")
            if element[0] == "i":
                values.zero_()
            self.buffers.append(values.to(DTYPE[element]))
        self.buffers[-1].fill_(float("nan"))

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


def reference(name, inputs, result):
    """None where there is nothing simple to compare with."""
    kind = name.rsplit("_", 1)[0]
    x, *rest = [tensor.float() for tensor in inputs]
    if kind == "swiglu":
        gate, value = x.chunk(2, -1)
        return F.silu(gate) * value
    if kind == "pool":
        return F.adaptive_avg_pool2d(x, result.shape[2:])
    if kind == "bilinear":
        return None
    return {"softmax": lambda: x.softmax(-1), "transpose": lambda: x.mT,
            "layer_norm": lambda: F.layer_norm(x, x.shape[-1:], *rest, 1e-5),
            "rms_norm": lambda: F.rms_norm(x, x.shape[-1:], *rest, 1e-5),
            }.get(kind, lambda: getattr(F, kind)(x))()


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
    kernel.bind()
    kernel()
    torch.cuda.synchronize()
    *inputs, result = kernel.buffers
    wanted = reference(name, inputs, result)
    if wanted is None:
        return None
    error = (result.float() - wanted).abs() / (1 + wanted.abs())
    return error.max().item()


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
        bound = 1e-2 if path.stem.endswith("bf16") else 1e-5
        failed |= error is not None and not error <= bound
        time = milliseconds(kernel)
        rate = sum(t.nbytes for t in kernel.buffers) / time
        results["kernels"][path.stem] = {
            "error": error, "milliseconds": round(time, 4),
            "gb_per_second": round(rate / 1e6),
            "of_copy": round(rate / copied, 3)}
        print(path.stem, results["kernels"][path.stem], flush=True)
    output.write_text(json.dumps(results, indent=1) + "\n")
    sys.exit(failed)


if __name__ == "__main__":
    main()

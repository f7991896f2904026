#!/usr/bin/env python3
"""Launches kernels of prepare.py on numbers between -1 and 1, for
compute-sanitizer: no other kernel runs. What initcheck says of copies of
results to the host is no fault: it does not see the stores of the copy engine.

    compute-sanitizer --tool=initcheck python3 sanitize.py FOLDER NAME...
"""
import ctypes as C
import json
import pathlib
import struct
import sys
import random

from driver import call, tensor_map


def numbers(size):
    """Bytes that are small numbers, as bf16 pairs."""
    words = [struct.pack("<f", random.uniform(-1, 1))[2:] for _ in range(4096)]
    return (b"".join(words) * (size // 8192 + 1))[:size]


def integers(bounds, size):
    """Bounds of packed sequences, by turns; otherwise a few documents."""
    if bounds:
        lengths = bounds.pop(0)
        ends = [sum(lengths[:n]) for n in range(len(lengths) + 1)]
        return struct.pack(f"<{len(ends)}i", *ends)
    return struct.pack(f"<{size // 4}i", *[n // 99 for n in range(size // 4)])


def launch(folder, name):
    info = json.loads((folder / f"{name}.json").read_text())
    module, function = C.c_void_p(), C.c_void_p()
    call("cuModuleLoadData", C.byref(module),
         (folder / f"{name}.cubin").read_bytes())
    call("cuModuleGetFunction", C.byref(function), module,
         info["function"].encode())
    call("cuFuncSetAttribute", function, 8, info["shared"])
    buffers, case = [], info["case"]
    bounds = [case[key] for key in ("sequences", "keys") if key in case]
    for size, written, element in zip(info["bytes"], info["written"],
                                      info["elements"]):
        pointer = C.c_uint64()
        call("cuMemAlloc_v2", C.byref(pointer), C.c_size_t(size))
        # Results stay as they are: a read of them is an error.
        if not written:
            data = (integers(bounds, size) if element == "i32" else
                    numbers(size))
            call("cuMemcpyHtoD_v2", pointer, data, C.c_size_t(size))
        buffers.append(pointer)
    maps = [tensor_map(entry, buffers[entry["buffer"]].value)
            for entry in info["maps"]]
    addresses = [C.addressof(pointer) for pointer in buffers]
    addresses += [address for _, address in maps]
    failure = C.c_uint64()
    call("cuMemAlloc_v2", C.byref(failure), C.c_size_t(16))
    call("cuMemsetD8_v2", failure, 0, C.c_size_t(16))
    addresses.append(C.addressof(failure))
    arguments = (C.c_void_p * len(addresses))(*addresses)
    for _ in range(2):
        call("cuLaunchKernel", function, *info["grid"], info["block"], 1, 1,
             info["shared"], None, arguments, None)
    call("cuCtxSynchronize")
    for pointer, size, written in zip(buffers, info["bytes"], info["written"]):
        if written:
            host = C.create_string_buffer(size)
            call("cuMemcpyDtoH_v2", host, pointer, C.c_size_t(size))
    print(name, "ran", flush=True)


def main():
    folder, names = pathlib.Path(sys.argv[1]), sys.argv[2:]
    call("cuInit", 0)
    context = C.c_void_p()
    call("cuDevicePrimaryCtxRetain", C.byref(context), 0)
    call("cuCtxSetCurrent", context)
    for name in names:
        launch(folder, name)


if __name__ == "__main__":
    main()

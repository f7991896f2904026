"""Launches of compiled kernels through the driver."""
import ctypes as C
import json

import torch

cuda = C.CDLL("libcuda.so.1")
DTYPE = {"bf16": torch.bfloat16, "f16": torch.float16, "f32": torch.float32}
MAP_TYPE = {"bf16": 9, "f16": 6}
SWIZZLE = {0: 0, 32: 1, 64: 2, 128: 3}


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
    head = [C.c_void_p(address), MAP_TYPE[entry["element"]], rank,
            C.c_void_p(tensor.data_ptr()),
            (C.c_uint64 * rank)(*entry["sizes"]),
            (C.c_uint64 * (rank - 1))(*entry["strides"])]
    tail = [0, SWIZZLE[entry["swizzle"]], 3, 0]
    if "steps" in entry:
        space = rank - 2
        call("cuTensorMapEncodeIm2col", *head,
             (C.c_int32 * space)(*entry["lower"]),
             (C.c_int32 * space)(*entry["upper"]), entry["box"][0],
             entry["box"][1], (C.c_uint32 * rank)(1, *entry["steps"], 1),
             *tail)
    else:
        call("cuTensorMapEncodeTiled", *head,
             (C.c_uint32 * rank)(*entry["box"]),
             (C.c_uint32 * rank)(*[1] * rank), *tail)
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

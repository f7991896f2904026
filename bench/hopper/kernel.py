"""Launches of compiled kernels on PyTorch's tensors."""
import ctypes as C
import json

import torch

from driver import call, tensor_map

DTYPE = {"bf16": torch.bfloat16, "f16": torch.float16, "f32": torch.float32}


class Kernel:
    def __init__(self, folder, name):
        self.source = folder, name
        self.launch = json.loads((folder / f"{name}.json").read_text())
        module, self.function = C.c_void_p(), C.c_void_p()
        call("cuModuleLoadData", C.byref(module),
             (folder / f"{name}.cubin").read_bytes())
        call("cuModuleGetFunction", C.byref(self.function), module,
             self.launch["function"].encode())
        call("cuFuncSetAttribute", self.function, 8, self.launch["shared"])

    def bind(self, *tensors):
        self.maps = [tensor_map(entry, tensors[entry["buffer"]].data_ptr())
                     for entry in self.launch["maps"]]
        self.pointers = [C.c_uint64(t.data_ptr()) for t in tensors]
        addresses = [C.addressof(p) for p in self.pointers]
        addresses += [address for _, address in self.maps]
        # Where a kernel that can fail tells so; others do not take it.
        self.failure = torch.zeros(2, dtype=torch.int64, device="cuda")
        self.failure_pointer = C.c_uint64(self.failure.data_ptr())
        addresses.append(C.addressof(self.failure_pointer))
        self.arguments = (C.c_void_p * len(addresses))(*addresses)

    def __call__(self):
        stream = C.c_void_p(torch.cuda.current_stream().cuda_stream)
        call("cuLaunchKernel", self.function, *self.launch["grid"],
             self.launch["block"], 1, 1, self.launch["shared"], stream,
             self.arguments, None)

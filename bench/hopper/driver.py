"""The GPU driver's functions, without PyTorch."""
import ctypes as C

cuda = C.CDLL("libcuda.so.1")
MAP_TYPE = {"bf16": 9, "f16": 6, "f32": 7}
SWIZZLE = {0: 0, 32: 1, 64: 2, 128: 3}


def call(name, *arguments):
    code = getattr(cuda, name)(*arguments)
    if code:
        text = C.c_char_p()
        cuda.cuGetErrorString(code, C.byref(text))
        raise RuntimeError(f"{name}: {text.value}")


def tensor_map(entry, pointer):
    memory = C.create_string_buffer(192)
    address = (C.addressof(memory) + 63) & ~63
    rank = len(entry["sizes"])
    head = [C.c_void_p(address), MAP_TYPE[entry["element"]], rank,
            C.c_void_p(pointer),
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

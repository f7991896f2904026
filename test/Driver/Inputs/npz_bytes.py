"""Archives of arrays, for tests without NumPy."""
import struct
import zipfile


def array(values):
    """The .npy file of f32[2x3]."""
    header = repr({"descr": "<f4", "fortran_order": False,
                   "shape": (2, 3)}).encode()
    header += b" " * (117 - len(header)) + b"\n"
    return (b"\x93NUMPY\x01\x00" + struct.pack("<H", len(header)) + header
            + struct.pack("<6f", *values))


def write_arrays(path, arrays):
    with zipfile.ZipFile(path, "w") as archive:
        for name, values in arrays.items():
            archive.writestr(name + ".npy", array(values))

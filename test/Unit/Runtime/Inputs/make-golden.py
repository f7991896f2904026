#!/usr/bin/env python3
"""Writes golden.npz and fortran.npy with NumPy and ml_dtypes.

Array `NAME` of golden.npz has the element type NAME, shape 2x3 and the values
of `values` below; ArchiveTest.cpp expects the same ones.
"""
import os

import ml_dtypes
import numpy as np

here = os.path.dirname(os.path.abspath(__file__))
values = np.array([[0, 1, 2], [3, 100, 127]])
types = {
    "f64": np.float64, "f32": np.float32, "f16": np.float16,
    "bf16": ml_dtypes.bfloat16, "i8": np.int8, "i16": np.int16,
    "i32": np.int32, "i64": np.int64, "u8": np.uint8, "u16": np.uint16,
    "u32": np.uint32, "u64": np.uint64,
}
arrays = {name: values.astype(kind) for name, kind in types.items()}
arrays["i1"] = values % 2 == 1
arrays["scalar"] = np.float32(2.5)
arrays["empty"] = np.zeros((4, 0, 3), np.float32)
arrays["fortran"] = np.asfortranarray(
    np.arange(24, dtype=np.float32).reshape(2, 3, 4))
arrays["big_endian"] = values.astype(">f4")
arrays["complex"] = values.astype(np.complex64)
arrays["text"] = np.array(["a", "b"])
arrays["record"] = np.zeros(2, [("x", "<f4"), ("y", "<i4")])
np.savez_compressed(os.path.join(here, "golden.npz"), **arrays)
np.save(os.path.join(here, "fortran.npy"), arrays["fortran"])

# REQUIRES: numpy, !sanitizer
# RUN: rm -rf %t && mkdir -p %t && %cc -shared -fPIC %source/test/Driver/Inputs/mock-cuda.c -o %t/libcuda.so.1
# RUN: env LD_LIBRARY_PATH=%t XDG_CACHE_HOME=%t LACUNA_LIBRARY=%build/lib/C/liblacuna.so PYTHONPATH=%source/python %python %s 2>&1 | FileCheck %s
"""Tensors on a GPU are used in place; a library stands in for the driver."""
import ctypes
import sys

import numpy
import lacuna

RELU = """
func.func @main(%x: tensor<2x3xf32> {lacuna.name = "x"})
    -> (tensor<2x3xf32> {lacuna.name = "y"}) {
  %y = lacuna.activation relu %x : tensor<2x3xf32>
  return %y : tensor<2x3xf32>
}
"""


class OnDevice:
    """An array that says it lies on a GPU."""

    def __init__(self, array, number=0):
        strides = [step // array.itemsize for step in array.strides]
        self.tensor, self.owner = lacuna._make(
            array.ctypes.data, array.dtype.name, array.shape, strides, array,
            (2, number))

    def __dlpack__(self):
        new = ctypes.pythonapi.PyCapsule_New
        new.restype = ctypes.py_object
        new.argtypes = [ctypes.c_void_p, ctypes.c_char_p, ctypes.c_void_p]
        return new(ctypes.addressof(self.tensor), b"dltensor", None)


def refused(function):
    try:
        function()
    except lacuna.Error as error:
        print(error, file=sys.stderr, flush=True)
        return
    raise AssertionError("no error")


def array(*shape):
    return numpy.zeros(shape or (2, 3), numpy.float32)


model = lacuna.from_mlir(RELU)
program = model.compile(target="cuda")
x, y = OnDevice(array()), OnDevice(array())
# CHECK: launch kernel
# CHECK: record
# CHECK: replay
# CHECK-NEXT: replay
for _ in range(3):
    program.call_into([x], [y])
# Other places: recorded again.
# CHECK-NEXT: record
# CHECK: replay
program.call_into([x], [OnDevice(array())])
# CHECK-NEXT: in the memory of GPU 0, got device type 1, number 0
refused(lambda: program.call_into([x], [array()]))
# CHECK-NEXT: in the memory of GPU 0, got device type 2, number 1
refused(lambda: program.call_into([x], [OnDevice(array(), 1)]))
# CHECK-NEXT: `y` must be row-major to be used on the GPU in place
refused(lambda: program.call_into([x], [OnDevice(array(2, 6)[:, ::2])]))
# CHECK-NEXT: `y` must begin at a multiple of 16 bytes to be used on the GPU
refused(lambda: program.call_into(
    [x], [OnDevice(array(7)[1:].reshape(2, 3))]))
# CHECK-NEXT: output `y` must not share memory with an input or another output
refused(lambda: program.call_into([x], [x]))
# CHECK-NEXT: input `x` must be f32[2x3], got f32[2x4]
refused(lambda: program.call_into([OnDevice(array(2, 4))], [y]))
# CHECK-NEXT: must be compiled for `cuda`
refused(lambda: model.compile().call_into([x], [y]))

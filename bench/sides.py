"""The two sides of the comparison, and how they take turns.

Each side is built from the same bytes, bound to arrays of its own once, and
then called again and again; only that call is timed.
"""
import os
import pathlib
import statistics
import threading
import time

import lacuna
import numpy
import onnxruntime

ROUNDS = 6
LEAST_ROUNDS = 3
ALIGNMENT = 64
SLOW_CALL = 0.05  # seconds: such a call warms itself


def aligned_empty(shape, dtype):
    """An array on a cache line's boundary, which NumPy's are only by luck."""
    count = int(numpy.prod(shape, dtype=numpy.int64))
    size = count * numpy.dtype(dtype).itemsize
    memory = numpy.empty(size + ALIGNMENT, numpy.uint8)
    start = -memory.ctypes.data % ALIGNMENT
    return memory[start:start + size].view(dtype).reshape(shape)


def aligned_copy(array):
    copy = aligned_empty(array.shape, array.dtype)
    copy[...] = array
    return copy


class LacunaSide:
    """The compiled program; one serves every number of threads."""

    def __init__(self, content, inputs):
        start = time.perf_counter()
        model = lacuna.from_onnx(content)
        self.program = model.compile(
            {name: array.shape for name, array in inputs.items()})
        self.compile_seconds = time.perf_counter() - start
        self.outputs = [aligned_empty(value.shape, value.dtype)
                        for value in self.program.outputs]
        self.call = self.program.bind(
            [inputs[value.name] for value in self.program.inputs],
            self.outputs)


class OnnxRuntimeSide:
    """A session; its number of threads is fixed when it is made."""

    def __init__(self, content, inputs, like, threads):
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        options.inter_op_num_threads = 1
        options.log_severity_level = 3
        start = time.perf_counter()
        self.session = onnxruntime.InferenceSession(
            content, options, providers=["CPUExecutionProvider"])
        self.compile_seconds = time.perf_counter() - start
        self.outputs = [aligned_empty(array.shape, array.dtype)
                        for array in like]
        self.binding = self.session.io_binding()
        make = onnxruntime.OrtValue.ortvalue_from_numpy
        for value in self.session.get_inputs():
            self.binding.bind_ortvalue_input(value.name,
                                             make(inputs[value.name]))
        for value, array in zip(self.session.get_outputs(), self.outputs):
            self.binding.bind_ortvalue_output(value.name, make(array))

    def call(self):
        self.session.run_with_iobinding(self.binding)


def disagreement(actual, expected, relative=1e-3):
    """What differs, or None. Floats may differ by `relative` of the value, or
    by a tenth of that of the largest value where sums cancel."""
    for index, (mine, theirs) in enumerate(zip(actual, expected)):
        if numpy.issubdtype(theirs.dtype, numpy.floating):
            finite = theirs[numpy.isfinite(theirs)]
            largest = numpy.abs(finite).max(initial=0)
            good = numpy.isclose(mine, theirs, rtol=relative,
                                 atol=0.1 * relative * largest,
                                 equal_nan=True)
        else:
            good = mine == theirs
        if not good.all():
            return (f"output {index}: {good.size - good.sum()} of {good.size} "
                    f"values differ")
    return None


def awake():
    """Whether another thread of this process runs. Asks for states: the times
    of threads on other cores are brought up to date only at ticks."""
    own = str(threading.get_native_id())
    for thread in os.listdir("/proc/self/task"):
        if thread == own:
            continue
        try:
            text = pathlib.Path(f"/proc/self/task/{thread}/stat").read_text()
        except OSError:  # ended meanwhile
            continue
        if text.rsplit(")", 1)[1].split()[0] == "R":
            return True
    return False


def settle(limit=0.5):
    """Waits until the threads of the side before have stopped to spin: they
    would take a core from the next side."""
    end = time.perf_counter() + limit
    asleep = 0
    while asleep < 3 and time.perf_counter() < end:
        time.sleep(0.001)
        asleep = 0 if awake() else asleep + 1


def timed(call):
    start = time.perf_counter()
    call()
    return time.perf_counter() - start


def run_block(call, seconds, count):
    """Times of up to `count` calls within `seconds`, and one at least."""
    settle()
    first = timed(call)
    if first > SLOW_CALL:
        return [first]
    times = []
    end = time.perf_counter() + seconds
    while not times or (len(times) < count and time.perf_counter() < end):
        times.append(timed(call))
    return times


def rotate(calls, seconds, repeats):
    """The times of each call. They take turns, in blocks of calls long enough
    to be warm; every other round goes backwards. A case ends after all rounds
    or, but for a few rounds, when its time is up."""
    times = [[] for _ in calls]
    block = seconds / (ROUNDS * len(calls))
    count = -(-repeats // ROUNDS)
    end = time.perf_counter() + seconds
    for number in range(max(ROUNDS, repeats)):
        order = range(len(calls))
        for index in order if number % 2 == 0 else reversed(order):
            times[index] += run_block(calls[index], block, count)
        done = min(map(len, times)) >= repeats
        if number + 1 >= LEAST_ROUNDS and (done or time.perf_counter() > end):
            break
    return times


def summary(times):
    """Milliseconds; the spread is that between the quartiles."""
    low, middle, high = (statistics.quantiles(times, n=4, method="inclusive")
                         if len(times) > 1 else times * 3)
    return {"median_ms": middle * 1e3, "min_ms": min(times) * 1e3,
            "lower_quartile_ms": low * 1e3, "upper_quartile_ms": high * 1e3,
            "calls": len(times)}

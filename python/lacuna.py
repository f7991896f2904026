"""Lacuna from Python: load, compile and call models.

    import lacuna, numpy
    model = lacuna.load("net.onnx")
    scores, = model(numpy.zeros((1, 3, 224, 224), numpy.float32))

NumPy arrays and CPU tensors of PyTorch go in without a copy, as does anything
else that speaks DLPack; outputs are PyTorch tensors where an input is one, and
NumPy arrays otherwise. Programs for `cuda` also take tensors in the memory of
their GPU, in place and on PyTorch's current stream. The shared library is $LACUNA_LIBRARY, or lies beside
this file, or in a folder the system searches.
"""
import collections
import ctypes
import ctypes.util
import os

import numpy

__all__ = ["ClassScores", "Error", "Evaluation", "Model", "Program", "Report",
           "Trainer", "Value", "load", "from_onnx", "from_mlir", "version"]


class Error(RuntimeError):
    """What Lacuna could not do, and why; `code` is its ErrorCode."""

    def __init__(self, code, message):
        super().__init__(message)
        self.code = code


class _DataType(ctypes.Structure):
    _fields_ = [("code", ctypes.c_uint8), ("bits", ctypes.c_uint8),
                ("lanes", ctypes.c_uint16)]


class _Device(ctypes.Structure):
    _fields_ = [("type", ctypes.c_int32), ("id", ctypes.c_int32)]


class _Tensor(ctypes.Structure):
    """DLTensor."""
    _fields_ = [("data", ctypes.c_void_p), ("device", _Device),
                ("ndim", ctypes.c_int32), ("dtype", _DataType),
                ("shape", ctypes.POINTER(ctypes.c_int64)),
                ("strides", ctypes.POINTER(ctypes.c_int64)),
                ("byte_offset", ctypes.c_uint64)]


class _Value(ctypes.Structure):
    _fields_ = [("name", ctypes.c_char_p), ("dtype", _DataType),
                ("rank", ctypes.c_int32),
                ("shape", ctypes.POINTER(ctypes.c_int64))]


class _Shape(ctypes.Structure):
    _fields_ = [("name", ctypes.c_char_p), ("rank", ctypes.c_int32),
                ("sizes", ctypes.POINTER(ctypes.c_int64))]


class _Options(ctypes.Structure):
    _fields_ = [("target", ctypes.c_char_p), ("entry", ctypes.c_char_p),
                ("shapes", ctypes.POINTER(_Shape)),
                ("shape_count", ctypes.c_size_t),
                ("dtype", ctypes.c_char_p), ("gradient_of", ctypes.c_char_p),
                ("gradients", ctypes.POINTER(ctypes.c_char_p)),
                ("gradient_count", ctypes.c_size_t),
                ("memory_budget", ctypes.c_char_p)]


class _TrainingOptions(ctypes.Structure):
    _fields_ = [("compile", ctypes.POINTER(_Options)),
                *((name, ctypes.c_char_p) for name in
                  ("memory_budget", "loss", "optimizer", "schedule")),
                *((name, ctypes.c_double) for name in
                  ("rate", "final_rate", "offset", "power", "momentum", "beta1",
                   "beta2", "epsilon", "weight_decay", "clip_value",
                   "clip_norm")),
                *((name, ctypes.c_int64) for name in
                  ("steps", "warmup", "accumulate", "class_axis",
                   "ignore_index")),
                ("seed", ctypes.c_uint64), ("threads", ctypes.c_int),
                ("freeze", ctypes.POINTER(ctypes.c_char_p)),
                ("freeze_count", ctypes.c_size_t)]


class _Report(ctypes.Structure):
    _fields_ = [("step", ctypes.c_int64),
                *((name, ctypes.c_double) for name in
                  ("loss", "rate", "gradient_norm", "pixel_accuracy",
                   "mean_iou"))]


class _ClassScores(ctypes.Structure):
    _fields_ = [*((name, ctypes.c_int64) for name in
                  ("labels", "predictions", "correct")),
                ("accuracy", ctypes.c_double), ("iou", ctypes.c_double)]


class _Evaluation(ctypes.Structure):
    _fields_ = [("loss", ctypes.c_double), ("samples", ctypes.c_int64),
                *((name, ctypes.c_double) for name in
                  ("pixel_accuracy", "mean_pixel_accuracy", "mean_iou",
                   "weighted_iou")),
                ("classes", ctypes.POINTER(_ClassScores)),
                ("class_count", ctypes.c_size_t)]


class _ManagedTensor(ctypes.Structure):
    """DLManagedTensor."""


_ManagedTensor._fields_ = [
    ("tensor", _Tensor), ("context", ctypes.c_void_p),
    ("deleter", ctypes.CFUNCTYPE(None, ctypes.POINTER(_ManagedTensor)))]

_INT, _UINT, _FLOAT, _BFLOAT, _BOOL = 0, 1, 2, 4, 6
_CPU, _CUDA = 1, 2
_NAMES = {(_FLOAT, 64): "float64", (_FLOAT, 32): "float32",
          (_FLOAT, 16): "float16", (_BFLOAT, 16): "bfloat16",
          (_BOOL, 8): "bool",
          **{(_INT, bits): f"int{bits}" for bits in (8, 16, 32, 64)},
          **{(_UINT, bits): f"uint{bits}" for bits in (8, 16, 32, 64)}}
_CODES = {name: code for code, name in _NAMES.items()}


def _find_library():
    name = "liblacuna.so"
    here = os.path.dirname(os.path.abspath(__file__))
    candidates = [os.environ.get("LACUNA_LIBRARY"), os.path.join(here, name),
                  os.path.join(here, "..", "lib", name)]
    for path in candidates:
        if path and os.path.exists(path):
            return path
    found = ctypes.util.find_library("lacuna")
    if found:
        return found
    raise ImportError(f"{name} was not found: set LACUNA_LIBRARY to its path")


def _open_library():
    library = ctypes.CDLL(_find_library())
    library.lacuna_version.restype = ctypes.c_char_p
    library.lacuna_error_message.restype = ctypes.c_char_p
    for name in ("lacuna_program_input", "lacuna_program_output",
                 "lacuna_trainer_input"):
        function = getattr(library, name)
        function.restype = _Value
        function.argtypes = [ctypes.c_void_p, ctypes.c_size_t]
        count = getattr(library, name + "_count")
        count.restype = ctypes.c_size_t
        count.argtypes = [ctypes.c_void_p]
    for name in ("lacuna_program_destroy", "lacuna_model_destroy",
                 "lacuna_trainer_destroy"):
        getattr(library, name).argtypes = [ctypes.c_void_p]
        getattr(library, name).restype = None
    return library


_library = _open_library()


def _check(code):
    if code:
        raise Error(code, _library.lacuna_error_message().decode())


def version():
    return _library.lacuna_version().decode()


class Value:
    """Name, element type (NumPy's name) and shape; open dimensions are -1,
    and the shape is None where a model does not even say their number."""

    def __init__(self, raw):
        self.name = raw.name.decode()
        self.dtype = _NAMES[raw.dtype.code, raw.dtype.bits]
        self.shape = tuple(raw.shape[:raw.rank]) if raw.rank >= 0 else None

    def __repr__(self):
        return f"Value({self.name!r}, {self.dtype}, {self.shape})"


def _is_torch(value):
    return type(value).__module__.split(".")[0] == "torch"


def _from_dlpack(value):
    """The DLTensor in a capsule; the capsule, which owns it, comes second."""
    capsule = value.__dlpack__()
    pointer = ctypes.pythonapi.PyCapsule_GetPointer
    pointer.restype = ctypes.c_void_p
    pointer.argtypes = [ctypes.py_object, ctypes.c_char_p]
    address = pointer(capsule, b"dltensor")
    return ctypes.cast(address, ctypes.POINTER(_Tensor)).contents, capsule


def _make(address, name, shape, strides, owner, device=(_CPU, 0)):
    sizes = (ctypes.c_int64 * max(len(shape), 1))(*shape)
    steps = (ctypes.c_int64 * max(len(strides), 1))(*strides)
    code, bits = _CODES[name]
    tensor = _Tensor(address, _Device(*device), len(shape),
                     _DataType(code, bits, 1), sizes, steps, 0)
    return tensor, (owner, sizes, steps)


def _borrow(value):
    """A DLTensor on the value's own memory, and what keeps it alive."""
    if _is_torch(value):
        value = value.detach()
        if value.device.type not in ("cpu", "cuda"):
            raise Error(5, "tensors must be in the memory of the host or a "
                           f"GPU, got {value.device}")
        place = ((_CPU, 0) if value.device.type == "cpu" else
                 (_CUDA, value.device.index))
        return _make(value.data_ptr(), str(value.dtype).split(".")[1],
                     value.shape, value.stride(), value, place)
    if not isinstance(value, numpy.ndarray) and hasattr(value, "__dlpack__"):
        return _from_dlpack(value)
    array = numpy.asarray(value)
    if array.dtype.name not in _CODES or not array.dtype.isnative:
        raise Error(5, f"arrays of {array.dtype} are not supported")
    if any(step % array.itemsize for step in array.strides):
        array = numpy.ascontiguousarray(array)
    strides = [step // array.itemsize for step in array.strides]
    return _make(array.ctypes.data, array.dtype.name, array.shape, strides,
                 array)


def _pointers(tensors):
    return (ctypes.POINTER(_Tensor) * max(len(tensors), 1))(
        *(ctypes.pointer(tensor) for tensor in tensors))


def _current_stream(owners):
    """PyTorch's, as an address, where a tensor is PyTorch's; else null."""
    import sys
    for owner in owners:
        value = owner[0] if isinstance(owner, tuple) else owner
        if _is_torch(value) and value.is_cuda:
            torch = sys.modules["torch"]
            return torch.cuda.current_stream(value.device).cuda_stream
    return None


def _empty(value, torch, device=None):
    """An output's memory. NumPy has no bfloat16 of its own: ml_dtypes' type
    where that is installed, else the bits as uint16."""
    if torch:
        return torch.empty(value.shape, dtype=getattr(torch, value.dtype),
                           device=device)
    if value.dtype != "bfloat16":
        return numpy.empty(value.shape, value.dtype)
    try:
        from ml_dtypes import bfloat16
    except ImportError:
        bfloat16 = numpy.uint16
    return numpy.empty(value.shape, bfloat16)


class Program:
    """A model compiled for one set of shapes."""

    def __init__(self, handle):
        self._handle = handle
        self.inputs = self._values("input")
        self.outputs = self._values("output")

    def __del__(self):
        if getattr(self, "_handle", None):
            _library.lacuna_program_destroy(self._handle)

    def _values(self, kind):
        count = getattr(_library, f"lacuna_program_{kind}_count")(self._handle)
        get = getattr(_library, f"lacuna_program_{kind}")
        return [Value(get(self._handle, i)) for i in range(count)]

    def __call__(self, *inputs, threads=0):
        """The outputs, as a tuple."""
        import sys
        uses_torch = any(_is_torch(value) for value in inputs)
        torch = sys.modules["torch"] if uses_torch else None
        devices = [value.device for value in inputs if _is_torch(value)]
        outputs = tuple(_empty(value, torch, devices[0] if devices else None)
                        for value in self.outputs)
        self.call_into(inputs, outputs, threads=threads)
        return outputs

    def call_into(self, inputs, outputs, threads=0):
        """Writes into arrays or tensors of the caller."""
        self.bind(inputs, outputs)(threads)

    def bind(self, inputs, outputs):
        """A function of `threads` that makes this call each time, without the
        cost of describing the arrays again."""
        given = [_borrow(value) for value in inputs]
        results = [self._borrow_output(value, array) for value, array in
                   zip(self.outputs, outputs)]
        arguments = (ctypes.c_void_p(self._handle),
                     _pointers([tensor for tensor, _ in given]),
                     ctypes.c_size_t(len(given)),
                     _pointers([tensor for tensor, _ in results]),
                     ctypes.c_size_t(len(outputs)))
        owners = self, given, results

        def call(threads=0, _owners=owners):
            _check(_library.lacuna_program_call_into(*arguments,
                                                     ctypes.c_int(threads)))

        def call_on_device(threads=0, _owners=owners):
            stream = _current_stream([owner for _, owner in given + results])
            _check(_library.lacuna_program_call_on_device(
                *arguments, ctypes.c_void_p(stream)))

        on_device = any(tensor.device.type == _CUDA
                        for tensor, _ in given + results)
        return call_on_device if on_device else call

    @staticmethod
    def _borrow_output(value, array):
        tensor, owner = _borrow(array)
        if value.dtype == "bfloat16" and tensor.dtype.code == _UINT:
            tensor.dtype.code = _BFLOAT
        return tensor, owner


def _strings(words):
    """An array of C strings, and their number."""
    return ((ctypes.c_char_p * max(len(words), 1))(
        *(word.encode() for word in words)), len(words))


def _compile_options(shapes, entry, target, dtype=None, gradient_of=None,
                     gradients=(), memory_budget=None):
    """The options, and what must stay alive with them."""
    shapes = shapes or {}
    sizes = [(ctypes.c_int64 * max(len(shape), 1))(*shape)
             for shape in shapes.values()]
    table = (_Shape * max(len(shapes), 1))(
        *(_Shape(name.encode(), len(shape), array)
          for (name, shape), array in zip(shapes.items(), sizes)))
    names, count = _strings(gradients)
    target, entry, dtype, gradient_of, memory_budget = (
        word and str(word).encode()
        for word in (target, entry, dtype, gradient_of, memory_budget))
    return _Options(target, entry, table, len(shapes), dtype, gradient_of,
                    names, count, memory_budget), (sizes, table, names)


Report = collections.namedtuple(
    "Report", [name for name, _ in _Report._fields_])
Report.__doc__ = """What one batch gave; numbers that there are none of are NaN."""


ClassScores = collections.namedtuple(
    "ClassScores", [name for name, _ in _ClassScores._fields_])
ClassScores.__doc__ = """How often a class was label, prediction, and both."""

Evaluation = collections.namedtuple(
    "Evaluation", [name for name, _ in _Evaluation._fields_[:-2]] + ["classes"])
Evaluation.__doc__ = """Loss, PA, MPA, MIoU and FWIoU over all samples, and a
ClassScores for each class."""


class Trainer:
    """A training under way: `trainer.run(image, label)` for each batch.

    Options are those of `lacuna train`: loss, optimizer, schedule, rate, steps,
    warmup, weight_decay, clip_norm, accumulate, class_axis, memory_budget …;
    `freeze` lists parameters that keep their values, `*` for any characters.
    """

    def __init__(self, model, shapes=None, entry=None, target=None, freeze=(),
                 **options):
        compile_options, self._alive = _compile_options(shapes, entry, target)
        given = _TrainingOptions()
        _library.lacuna_training_defaults(ctypes.byref(given))
        given.freeze, given.freeze_count = _strings(freeze)
        given.compile = ctypes.pointer(compile_options)
        for name, value in options.items():
            if not any(name == field for field, _ in given._fields_[1:]):
                raise Error(1, f"there is no option `{name}`")
            setattr(given, name,
                    value.encode() if isinstance(value, str) else value)
        handle = ctypes.c_void_p()
        _check(_library.lacuna_trainer_create(
            ctypes.c_void_p(model._handle), ctypes.byref(given),
            ctypes.byref(handle)))
        self._handle = handle.value
        count = _library.lacuna_trainer_input_count(self._handle)
        self.inputs = [Value(_library.lacuna_trainer_input(self._handle, i))
                       for i in range(count)]

    def __del__(self):
        if getattr(self, "_handle", None):
            _library.lacuna_trainer_destroy(self._handle)

    def run(self, *batch):
        """One batch, in the order of `inputs`; after an error all parameters
        are as before."""
        given = [_borrow(value) for value in batch]
        report = _Report()
        _check(_library.lacuna_trainer_run(
            ctypes.c_void_p(self._handle),
            _pointers([tensor for tensor, _ in given]),
            ctypes.c_size_t(len(given)), ctypes.byref(report)))
        return Report(*(getattr(report, name) for name in Report._fields))

    def evaluate(self, *samples):
        """Loss and scores of what was trained so far, over any number of
        samples, in the order of `inputs`: an `Evaluation`."""
        given = [_borrow(value) for value in samples]
        result = _Evaluation()
        _check(_library.lacuna_trainer_evaluate(
            ctypes.c_void_p(self._handle),
            _pointers([tensor for tensor, _ in given]),
            ctypes.c_size_t(len(given)), ctypes.byref(result)))
        classes = [ClassScores(*(getattr(entry, name)
                                 for name in ClassScores._fields))
                   for entry in result.classes[:result.class_count]]
        return Evaluation(*(getattr(result, name)
                            for name in Evaluation._fields[:-1]), classes)

    def _call(self, name, path):
        function = getattr(_library, f"lacuna_trainer_{name}")
        _check(function(ctypes.c_void_p(self._handle), os.fsencode(path)))

    def save(self, path):
        """Writes a checkpoint, `.npz`."""
        self._call("save", path)

    def restore(self, path):
        """Goes on from a checkpoint, bit for bit."""
        self._call("restore", path)

    def write_model(self, path):
        """Writes the model with what was trained built in."""
        self._call("write_model", path)


class Model:
    """A model as its file says; calling it compiles once for each set of
    shapes."""

    def __init__(self, handle):
        self._handle = handle
        self._programs = {}

    def __del__(self):
        if getattr(self, "_handle", None):
            _library.lacuna_model_destroy(self._handle)

    def inputs(self, entry=None):
        values, count = ctypes.POINTER(_Value)(), ctypes.c_size_t()
        _check(_library.lacuna_model_inputs(
            ctypes.c_void_p(self._handle), entry and entry.encode(),
            ctypes.byref(values), ctypes.byref(count)))
        return [Value(values[i]) for i in range(count.value)]

    def parameters(self):
        """The float initialisers of an ONNX model, as arrays by `param:` and
        their name: what a program with gradients by them takes behind the
        model's inputs."""
        values, count = ctypes.POINTER(_Value)(), ctypes.c_size_t()
        _check(_library.lacuna_model_parameters(
            ctypes.c_void_p(self._handle), ctypes.byref(values),
            ctypes.byref(count)))
        return {value.name: self._parameter(i, value) for i, value in
                enumerate(Value(values[i]) for i in range(count.value))}

    def _parameter(self, index, value):
        managed = ctypes.POINTER(_ManagedTensor)()
        _check(_library.lacuna_model_parameter(
            ctypes.c_void_p(self._handle), ctypes.c_size_t(index),
            ctypes.byref(managed)))
        array = _empty(value, None)
        ctypes.memmove(array.ctypes.data, managed.contents.tensor.data,
                       array.nbytes)
        managed.contents.deleter(managed)
        return array

    def gradients(self, *inputs, of="mean-square", by=("all",), threads=0,
                  **options):
        """The loss, the model's outputs and the gradients `d_NAME`, by name:
        those of the inputs, float initialisers included, that `by` names.
        `options` are those of `compile`."""
        names = [value.name for value in self.inputs(options.get("entry"))]
        shapes = {name: tuple(value.shape)
                  for name, value in zip(names, inputs)}
        program = self.compile(shapes, gradient_of=of, gradients=by, **options)
        known = self.parameters()
        rest = [known[value.name] for value in program.inputs[len(inputs):]]
        results = program(*inputs, *rest, threads=threads)
        return {value.name: result
                for value, result in zip(program.outputs, results)}

    def compile(self, shapes=None, entry=None, target=None, **options):
        """`shapes`: sizes by input, where the model leaves them open. Options:
        dtype, gradient_of, gradients (names) and memory_budget, as
        `lacuna run` has them."""
        options, _ = _compile_options(shapes, entry, target, **options)
        handle = ctypes.c_void_p()
        _check(_library.lacuna_model_compile(
            ctypes.c_void_p(self._handle), ctypes.byref(options),
            ctypes.byref(handle)))
        return Program(handle.value)

    def __call__(self, *inputs, threads=0, entry=None):
        names = [value.name for value in self.inputs(entry)]
        if len(names) != len(inputs):
            raise Error(1, f"the model takes {len(names)} inputs, got "
                           f"{len(inputs)}")
        shapes = {name: tuple(value.shape)
                  for name, value in zip(names, inputs)}
        key = entry, tuple(shapes.items())
        if key not in self._programs:
            self._programs[key] = self.compile(shapes, entry)
        return self._programs[key](*inputs, threads=threads)


def _model(function, *arguments):
    handle = ctypes.c_void_p()
    _check(function(*arguments, ctypes.byref(handle)))
    return Model(handle.value)


def load(path):
    """Reads an .onnx or .mlir file."""
    return _model(_library.lacuna_model_load, os.fsencode(path))


def from_onnx(content):
    """Takes the bytes of an ONNX model."""
    return _model(_library.lacuna_model_from_onnx, content,
                  ctypes.c_size_t(len(content)))


def from_mlir(text):
    """Takes MLIR text."""
    return _model(_library.lacuna_model_from_mlir, text.encode())

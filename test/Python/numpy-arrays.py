# RUN: env LACUNA_LIBRARY=%build/lib/C/liblacuna.so PYTHONPATH=%source/python %python %s
# REQUIRES: numpy
"""The Python module: arrays in and out without copies, mistakes as errors."""
import numpy
import lacuna

RELU = """
func.func @main(%x: tensor<?x3xf32> {lacuna.name = "x"})
    -> (tensor<?x3xf32> {lacuna.name = "y"}) {
  %y = lacuna.activation relu %x : tensor<?x3xf32>
  return %y : tensor<?x3xf32>
}
"""
BF16 = RELU.replace("f32", "bf16").replace("?", "2")


def expect_error(function, text):
    try:
        function()
    except lacuna.Error as error:
        assert text in str(error), error
        return
    raise AssertionError(f"no error with `{text}`")


def test_numpy():
    model = lacuna.from_mlir(RELU)
    x, = model.inputs()
    assert (x.name, x.dtype, x.shape) == ("x", "float32", (-1, 3)), x
    for rows in (1, 4, 1):
        data = numpy.random.default_rng(rows).standard_normal((rows, 3))
        data = data.astype(numpy.float32)
        y, = model(data)
        numpy.testing.assert_array_equal(y, numpy.maximum(data, 0))
    assert len(model._programs) == 2
    wide = numpy.arange(-12, 12, dtype=numpy.float32).reshape(4, 6)
    y, = model(wide[:, ::2])  # rows with gaps
    numpy.testing.assert_array_equal(y, numpy.maximum(wide[:, ::2], 0))


def test_call_into():
    program = lacuna.from_mlir(RELU).compile({"x": (2, 3)})
    x = numpy.full((2, 3), 5, numpy.float32)
    y = numpy.zeros((2, 3), numpy.float32)
    program.call_into([x], [y], threads=2)
    assert (y == 5).all()
    again = program.bind([x], [y])
    for value in (7, 8):
        x[:] = value
        again(threads=2)
        assert (y == value).all()
    x[:] = 5
    x.flags.writeable = False
    assert (program(x)[0] == 5).all()


def test_bfloat16():
    program = lacuna.from_mlir(BF16).compile()
    bits = numpy.zeros((2, 3), numpy.uint16)
    expect_error(lambda: program(bits), "must be bf16[2x3], got u16[2x3]")


def test_mistakes():
    expect_error(lambda: lacuna.load("none.onnx"), "none.onnx")
    expect_error(lambda: lacuna.from_onnx(b"\xff").compile(),
                 "not an ONNX model")
    model = lacuna.from_mlir(RELU)
    expect_error(model, "takes 1 inputs, got 0")
    expect_error(model.compile, "the shape of input `x` is open")
    expect_error(lambda: model.compile(entry="f"), "no public function `f`")
    expect_error(lambda: model(numpy.zeros((2, 3))),
                 "must be f32[2x3], got f64[2x3]")
    program = model.compile({"x": (2, 3)})
    wide = numpy.zeros((2, 6), numpy.float32)
    expect_error(lambda: program.call_into([wide[:, :3]], [wide[:, ::2]]),
                 "output `y` must be contiguous")


if __name__ == "__main__":
    assert lacuna.version().count(".") == 2
    for name, test in list(globals().items()):
        if name.startswith("test_"):
            test()

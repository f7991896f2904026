# RUN: env LACUNA_LIBRARY=%build/lib/C/liblacuna.so PYTHONPATH=%source/python %python %s %source/examples/spp_classifier.onnx %t.onnx
# REQUIRES: numpy
"""Gradients from Python: of a formula, and of an ONNX model's initialisers."""
import sys

import lacuna
import numpy

PRODUCT = """
func.func @main(%x: tensor<3xf32> {lacuna.name = "x"},
    %w: tensor<3xf32> {lacuna.name = "w"}) -> (tensor<3xf32> {lacuna.name = "y"}) {
  %y = arith.mulf %x, %w : tensor<3xf32>
  return %y : tensor<3xf32>
}
"""
x = numpy.array([1.0, -2.0, 0.5], numpy.float32)
w = numpy.array([3.0, 0.25, -1.0], numpy.float32)
product = lacuna.from_mlir(PRODUCT)
results = product.gradients(x, w)
assert list(results) == ["loss", "y", "d_x", "d_w"], list(results)
assert numpy.allclose(results["loss"], ((x * w) ** 2).mean())
assert numpy.allclose(results["d_x"], 2 * x * w * w / 3)
assert numpy.allclose(results["d_w"], 2 * x * x * w / 3)
assert list(product.gradients(x, w, by=["w"])) == ["loss", "y", "d_w"]
assert product.parameters() == {}

model = lacuna.load(sys.argv[1])
parameters = model.parameters()
assert parameters and all(name.startswith("param:") for name in parameters)
image = numpy.random.default_rng(3).normal(
    size=model.inputs()[0].shape).astype(numpy.float32)
whole = model.gradients(image)
name = next(name for name in parameters if "d_" + name in whole)
program = model.compile(gradient_of="mean-square", gradients=[name],
                        memory_budget="0.9")
assert [value.name for value in program.inputs[1:]] == [name]


def loss(step):
    return program(image, parameters[name] + step)[0]


# A step against the gradient lowers the loss by what the gradient says.
gradient = whole["d_" + name]
assert gradient.shape == parameters[name].shape and gradient.any()
rate = 1e-3 * abs(loss(0)) / (gradient ** 2).sum()
fall = loss(-rate * gradient) - loss(rate * gradient)
assert abs(fall / (2 * rate * (gradient ** 2).sum()) + 1) < 1e-2, fall

# An initialiser that is frozen stays in the model; the others move.
label = numpy.zeros(len(image), numpy.int64)
trainer = lacuna.Trainer(model, optimizer="sgd", rate=0.1, freeze=["filter*"])
trainer.run(image, label)
trainer.write_model(sys.argv[2])
moved = {key: (value != parameters[key]).any() for key, value in
         lacuna.load(sys.argv[2]).parameters().items()}
assert moved == {key: "filter" not in key for key in parameters}, moved

for wrong, text in [(dict(of="z"), "the loss must be"),
                    (dict(by=["z"]), "there is no input or parameter `z`"),
                    (dict(memory_budget="x"), "memory")]:
    try:
        product.gradients(x, w, **wrong)
    except lacuna.Error as error:
        assert text in str(error), error
    else:
        raise AssertionError(wrong)

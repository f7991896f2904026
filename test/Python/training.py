# RUN: rm -rf %t && mkdir %t && env LACUNA_LIBRARY=%build/lib/C/liblacuna.so PYTHONPATH=%source/python %python %s %t
# REQUIRES: numpy
"""Training from Python: a line is found, a checkpoint goes on bit for bit,
what is frozen stays, and samples are scored."""
import math
import sys
from pathlib import Path

import lacuna
import numpy

folder = Path(sys.argv[1])
MODEL = """
#left = affine_map<(i, j, k) -> (i, k)>
#right = affine_map<(i, j, k) -> (k, j)>
#out = affine_map<(i, j, k) -> (i, j)>
func.func @main(%x: tensor<?x2xf32> {lacuna.name = "x"},
    %w: tensor<2x1xf32> {lacuna.name = "w", lacuna.requires_grad,
                         lacuna.initial = 0.25 : f64})
    -> (tensor<?x1xf32> {lacuna.name = "y"}) {
  %c0 = arith.constant 0 : index
  %zero = arith.constant 0.0 : f32
  %n = tensor.dim %x, %c0 : tensor<?x2xf32>
  %e = tensor.empty(%n) : tensor<?x1xf32>
  %z = linalg.fill ins(%zero : f32) outs(%e : tensor<?x1xf32>) -> tensor<?x1xf32>
  %y = linalg.contract indexing_maps = [#left, #right, #out]
      ins(%x, %w : tensor<?x2xf32>, tensor<2x1xf32>)
      outs(%z : tensor<?x1xf32>) -> tensor<?x1xf32>
  return %y : tensor<?x1xf32>
}
"""
random = numpy.random.default_rng(5)
x = random.normal(size=(16, 2)).astype(numpy.float32)
truth = numpy.array([[1.5], [-2.0]], numpy.float32)
label = x @ truth


def start():
    return lacuna.Trainer(lacuna.from_mlir(MODEL), {"x": x.shape}, loss="mse",
                          optimizer="sgd", rate=0.2, clip_norm=10.0)


trainer = start()
assert [value.name for value in trainer.inputs] == ["x", "label"]
first = trainer.run(x, label)
expected = numpy.mean((x @ numpy.full((2, 1), 0.25, numpy.float32) - label) ** 2)
assert first.step == 1 and abs(first.loss - expected) < 1e-5 * expected
assert first.rate == 0.2 and first.gradient_norm > 0
assert math.isnan(first.mean_iou)
trainer.save(folder / "checkpoint.npz")
rest = [trainer.run(x, label) for _ in range(100)]
assert rest[-1].loss < 1e-10, rest[-1]

trainer.write_model(folder / "trained.mlir")
y, = lacuna.load(folder / "trained.mlir")(x)
assert abs(y - label).max() < 1e-4

again = start()
again.restore(folder / "checkpoint.npz")
assert [again.run(x, label)[:4] for _ in range(100)] == [r[:4] for r in rest]

# A loss before any step is that of the first batch; evaluating changes nothing.
fresh = start()
scored = fresh.evaluate(x, label)
assert (scored.loss, scored.samples, scored.classes) == (first.loss, 16, [])
assert fresh.run(x, label)[:3] == first[:3]

# With the weights held fixed the bias finds the mean of what is left over.
BIASED = MODEL.replace("""    -> (tensor""", """    %b: tensor<1xf32> {lacuna.name = "b", lacuna.requires_grad})
    -> (tensor""").replace("0.25 : f64})", "0.25 : f64},").replace(
        "  return %y", """  %s = linalg.generic {indexing_maps = [
      affine_map<(i, j) -> (i, j)>, affine_map<(i, j) -> (j)>,
      affine_map<(i, j) -> (i, j)>], iterator_types = ["parallel", "parallel"]}
      ins(%y, %b : tensor<?x1xf32>, tensor<1xf32>) outs(%e : tensor<?x1xf32>) {
  ^bb0(%p: f32, %q: f32, %o: f32):
    %r = arith.addf %p, %q : f32
    linalg.yield %r : f32
  } -> tensor<?x1xf32>
  return %s""")
frozen = lacuna.Trainer(lacuna.from_mlir(BIASED), {"x": x.shape}, loss="mse",
                        optimizer="sgd", rate=0.25, freeze=["w*"])
for _ in range(100):
    frozen.run(x, label)
frozen.save(folder / "frozen.npz")
saved = numpy.load(folder / "frozen.npz")
assert (saved["w"] == 0.25).all()
rest = label - x @ numpy.full((2, 1), 0.25, numpy.float32)
assert abs(saved["b"] - rest.mean()) < 1e-5
frozen.write_model(folder / "frozen.mlir")
y, = lacuna.load(folder / "frozen.mlir")(x)
assert abs(y - (label - rest) - rest.mean()).max() < 1e-5

for wrong, text in [(dict(freeze=["v"]), "there is no parameter `v` to hold"),
                    (dict(optimizer="lion"), "`optimizer` must be"),
                    (dict(speed=3), "there is no option `speed`"),
                    (dict(schedule="saw"), "the schedule must be")]:
    try:
        lacuna.Trainer(lacuna.from_mlir(MODEL), {"x": x.shape}, loss="mse",
                       **wrong)
    except lacuna.Error as error:
        assert text in str(error), error
    else:
        raise AssertionError(wrong)

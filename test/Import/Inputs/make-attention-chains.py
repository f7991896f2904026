"""Writes ONNX test folders for attention as exporters write it, with what they
put between the product and the softmax: make-attention-chains.py FOLDER (with
the package onnx; expected numbers are NumPy's, in f64)."""
import numpy
from onnx import helper

import suite

BATCH, HEADS, QUERIES, KEYS, DEPTH = 2, 3, 5, 6, 4
LOWEST = float(numpy.finfo(numpy.float32).min)
random = numpy.random.default_rng(7)


def normal(*shape):
    return random.standard_normal(shape).astype(numpy.float32)


def constant(array):
    return numpy.asarray(array, numpy.float32)


def case(name, steps, change, element=numpy.float32, **given):
    """`steps` of (operator, operands) from "scores" to "scores"; `change` is
    what they do; `given` are further inputs and, with a leading underscore,
    constants."""
    inputs = {"q": normal(BATCH, HEADS, QUERIES, DEPTH).astype(element),
              "k": normal(BATCH, HEADS, DEPTH, KEYS).astype(element),
              "v": normal(BATCH, HEADS, KEYS, DEPTH).astype(element),
              **{n: a for n, a in given.items() if n[0] != "_"}}
    constants = {n: a for n, a in given.items() if n[0] == "_"}
    nodes, now = [helper.make_node("MatMul", ["q", "k"], ["s0"])], "s0"
    for i, (operator, operands, *attributes) in enumerate(steps):
        names = [now if x == "scores" else x for x in operands]
        now = f"s{i + 1}"
        nodes.append(helper.make_node(operator, names, [now],
                                      **dict(attributes)))
    nodes += [helper.make_node("Softmax", [now], ["p"], axis=-1)]
    narrow = element != numpy.float32
    if narrow:
        nodes += [helper.make_node("Cast", ["p"], ["n"], to=10)]
    nodes += [helper.make_node("MatMul", ["n" if narrow else "p", "v"], ["y"])]
    wide = {n: a.astype(float) if a.dtype.kind == "f" else a
            for n, a in inputs.items()}
    scores = change(wide["q"] @ wide["k"])
    weights = numpy.exp(scores - scores.max(-1, keepdims=True))
    expected = weights / weights.sum(-1, keepdims=True) @ wide["v"]
    expected = expected.astype(element)
    suite.write(name, nodes, inputs, {"y": expected}, constants)


seen = numpy.tril(numpy.ones((1, 1, QUERIES, KEYS), bool), 1)
padding = numpy.zeros((BATCH, 1, 1, KEYS), numpy.float32)
padding[1, ..., 4:] = LOWEST
bias = normal(1, HEADS, QUERIES, KEYS)
slopes = normal(HEADS, 1, 1)

# GPT-2: hides the future by a choice, the padding by a sum.
case("hidden_twice",
     [("Div", ["scores", "_two"]), ("Where", ["_seen", "scores", "_lowest"]),
      ("Add", ["scores", "padding"])],
     lambda s: numpy.where(seen, s / 2, LOWEST) + padding,
     _two=constant(2), _seen=seen, _lowest=constant(LOWEST), padding=padding)
# Gemma 2: caps, then masks.
case("capped",
     [("Mul", ["scores", "_half"]), ("Div", ["scores", "_cap"]),
      ("Tanh", ["scores"]), ("Mul", ["scores", "_cap"]),
      ("Add", ["padding", "scores"])],
     lambda s: 1.5 * numpy.tanh(s / 2 / 1.5) + padding,
     _half=constant(0.5), _cap=constant(1.5), padding=padding)
# Where it hides, another way round.
case("hidden_where_true",
     [("Where", ["unseen", "_none", "scores"])],
     lambda s: numpy.where(~seen, -numpy.inf, s),
     unseen=~seen, _none=constant(-numpy.inf))
# A bias for each head and a mask for each batch: as large together as the
# scores, so the bias is read by the region.
case("biased_and_masked",
     [("Add", ["scores", "bias"]), ("Add", ["scores", "padding"])],
     lambda s: s + bias + padding, bias=bias, padding=padding)
# A head's own factor, and a function of the score alone.
case("region",
     [("Mul", ["scores", "slopes"]), ("Abs", ["scores"]),
      ("Neg", ["scores"])],
     lambda s: -numpy.abs(s * slopes), slopes=slopes)
# 16 bits with a softmax in 32.
case("wide_softmax",
     [("Cast", ["scores"], ("to", 1)), ("Add", ["scores", "padding"])],
     lambda s: s + padding, numpy.float16, padding=padding)

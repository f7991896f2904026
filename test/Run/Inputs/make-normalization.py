"""Writes the pages of normalisations: /usr/bin/python3 make-normalization.py
(PyTorch 1.13)."""
import pathlib

import torch
import torch.nn.functional as F

from page import Page, type_of

torch.manual_seed(11)
here = pathlib.Path(__file__).parent.parent
F64 = torch.float64


def random(*shape, dtype=torch.float32, scale=2.0, shift=0.5):
    return (torch.randn(*shape, dtype=F64) * scale + shift).to(dtype)


def last(x):
    """Channels last."""
    return x.movedim(1, -1).contiguous()


def layer_norms(page):
    def layer(name, x, axis, **tolerance):
        sizes = x.shape[axis:]
        s, b = random(*sizes, dtype=x.dtype), random(*sizes, dtype=x.dtype)
        y = F.layer_norm(x.double(), sizes, s.double(), b.double(), 1e-3)
        page.add(name, f"lacuna.layer_norm {{0}} scale = {{1}} : {type_of(s)} "
                 f"bias = {{2}} : {type_of(b)} axis = {axis} epsilon = 1.0e-3 "
                 f": {type_of(x)} -> {type_of(x)}", [x, s, b],
                 [y.to(x.dtype)], **tolerance)

    layer("layer_rows", random(3, 21), 1)
    layer("layer_planes", random(2, 3, 5), 1)
    layer("layer_of_size_one", random(4, 1, 3), 1)
    layer("layer_whole", random(2, 3), 0)
    layer("layer_double", random(2, 9, dtype=F64), 1, rtol=1e-13, atol=1e-13)
    layer("layer_half", random(2, 9, dtype=torch.float16), 1, rtol=2e-3,
          atol=2e-3)
    layer("layer_bfloat", random(2, 9, dtype=torch.bfloat16), 1, rtol=1e-2,
          atol=2e-2)
    # A mean far from zero: f32 holds the input, a naive variance does not.
    x = random(1, 40, scale=0.01, shift=1000.0)
    wide = x.double()
    y = F.layer_norm(wide, (40,))
    mean = wide.mean(1, keepdim=True)
    inverse = 1 / (wide.var(1, unbiased=False, keepdim=True) + 1e-5).sqrt()
    page.add("layer_far_from_zero",
             f"lacuna.layer_norm {{0}} axis = 1 : {type_of(x)} -> {type_of(x)} "
             "mean tensor<1x1xf32> inverse_deviation tensor<1x1xf32>", [x],
             [y.float(), mean.float(), inverse.float()], 1e-5, 1e-5)
    page.add("layer_of_equals", "lacuna.layer_norm {0} axis = 1 : "
             "tensor<2x5xf32> -> tensor<2x5xf32>", [torch.full((2, 5), 3.0)],
             [torch.zeros(2, 5)])


def rms_norms(page):
    def rms(name, x, axis, scaled=True, **tolerance):
        s = random(*x.shape[axis:], dtype=x.dtype)
        dims = tuple(range(axis, x.dim()))
        wide = x.double()
        y = wide / ((wide * wide).mean(dims, keepdim=True) + 1e-5).sqrt()
        inputs = [x, s] if scaled else [x]
        y = y * s.double() if scaled else y
        page.add(name, f"lacuna.rms_norm {{0}}{' scale {1}' * scaled} axis = "
                 f"{axis} : ({{in}}) -> {{out}}", inputs, [y.to(x.dtype)],
                 **tolerance)

    rms("rms_rows", random(3, 19), 1)
    rms("rms_planes", random(2, 3, 3), 1, scaled=False)
    rms("rms_half", random(2, 9, dtype=torch.float16), 1, rtol=2e-3, atol=2e-3)


def group_norms(page):
    def group(name, x, groups, layouts=("", "channels_last"), **tolerance):
        c = x.shape[1]
        s, b = random(c, dtype=x.dtype), random(c, dtype=x.dtype)
        y = F.group_norm(x.double(), groups, s.double(), b.double(), 1e-5)
        y = y.to(x.dtype)
        op = "group_norm {0} scale {1} bias {2} groups = " + str(groups)
        if groups == c:
            op = "instance_norm {0} scale {1} bias {2}"
        for layout in layouts:
            move = last if layout else lambda v: v
            words = " layout = " + layout if layout else ""
            page.add(name + ("_last" if layout else ""),
                     f"lacuna.{op}{words} : ({{in}}) -> {{out}}",
                     [move(x), s, b], [move(y)], **tolerance)

    group("groups_of_two", random(2, 6, 5), 3)
    group("one_group", random(1, 5, 2, 3), 1)
    group("groups_of_one", random(1, 3, 3, 5), 3)
    group("many_groups", random(1, 20, 2), 10)
    group("group_double", random(1, 4, 3, dtype=F64), 2, ("",), rtol=1e-13,
          atol=1e-13)
    group("group_half", random(1, 4, 6, dtype=torch.float16), 2, rtol=2e-3,
          atol=4e-3)
    x = random(2, 4)
    page.add("group_without_space", "lacuna.group_norm {0} groups = 2 : "
             "({in}) -> {out}", [x], [F.group_norm(x, 2)])


def batch_norms(page):
    def parameters(c, dtype):
        return [random(c, dtype=dtype) for _ in range(3)] + [
            random(c, dtype=dtype).abs() + 0.1]

    def batch(name, x, layout=None, **tolerance):
        s, b, m, v = parameters(x.shape[1], x.dtype)
        y = F.batch_norm(*[t.double() for t in (x, m, v, s, b)], False, 0, 1e-3)
        move = last if layout else lambda t: t
        words = " layout = channels_last" if layout else ""
        page.add(name, "lacuna.batch_norm {0}, {1}, {2}, {3}, {4} epsilon = "
                 f"1.0e-3{words} : ({{in}}) -> {{out}}",
                 [move(x), s, b, m, v], [move(y.to(x.dtype))], **tolerance)

    def training(name, x, running="unbiased", layout=None, **tolerance):
        s, b, m, v = parameters(x.shape[1], x.dtype)
        new_m, new_v = m.double().clone(), v.double().clone()
        y = F.batch_norm(x.double(), new_m, new_v, s.double(), b.double(), True,
                         0.3, 1e-5)
        if running == "biased":
            dims = [d for d in range(x.dim()) if d != 1]
            now = x.double().var(dims, unbiased=False)
            new_v = 0.7 * v.double() + 0.3 * now
        move = last if layout else lambda t: t
        words = " layout = channels_last" if layout else ""
        page.add(name, "lacuna.batch_norm_training {0}, {1}, {2}, {3}, {4} "
                 f"momentum = 0.3 running = {running}{words} : ({{in}}) -> "
                 "{out}", [move(x), s, b, m, v],
                 [move(y.to(x.dtype)), new_m.to(x.dtype), new_v.to(x.dtype)],
                 **tolerance)

    batch("given", random(2, 3, 4))
    batch("given_last", random(1, 5, 2, 3), "channels_last")
    batch("given_rows", random(3, 5))
    batch("given_half", random(2, 3, 4, dtype=torch.float16), rtol=2e-3,
          atol=4e-3)
    batch("given_double", random(2, 3, 2, dtype=F64), rtol=1e-13, atol=1e-13)
    training("measured", random(3, 3, 5))
    training("measured_biased", random(3, 3, 5), "biased")
    training("measured_last", random(2, 9, 3), layout="channels_last")
    training("measured_rows", random(7, 4))
    training("measured_double", random(2, 2, 3, dtype=F64), rtol=1e-13,
             atol=1e-13)


def energies(page):
    def response(name, x, size, layout=None, **numbers):
        values = {"alpha": 1e-4, "beta": 0.75, "bias": 1.0} | numbers
        square = (x.double() ** 2).flatten(2)
        n, c, p = square.shape
        padded = torch.zeros(n, c + size - 1, p, dtype=F64)
        padded[:, (size - 1) // 2:(size - 1) // 2 + c] = square
        total = sum(padded[:, k:k + c] for k in range(size)).view(x.shape)
        y = x.double() / (values["bias"] + values["alpha"] / size * total) ** \
            values["beta"]
        move = last if layout else lambda t: t
        words = "".join(f" {k} = {v:.3e}" for k, v in values.items())
        words += " layout = channels_last" if layout else ""
        page.add(name, f"lacuna.local_response_norm {{0}} size = {size}{words}"
                 " : ({in}) -> {out}", [move(x)], [move(y.float())])

    response("response", random(1, 7, 2, 3), 5, alpha=0.5)
    response("response_last", random(2, 9, 2), 3, "channels_last", alpha=0.5)
    response("response_even", random(1, 5, 3), 4, alpha=2.0, beta=0.6, bias=2.0)
    response("response_wide", random(1, 3, 2), 9, alpha=2.0)
    for p in (1, 2):
        x = random(3, 11)
        x[1] = 0
        page.add(f"norm_{p}_of_rows",
                 f"lacuna.lp_normalize {{0}} axis = 1 p = {p} : {type_of(x)}",
                 [x], [F.normalize(x.double(), p, 1).float()])
        page.add(f"norm_{p}_of_columns",
                 f"lacuna.lp_normalize {{0}} axis = 0 p = {p} : {type_of(x)}",
                 [x], [F.normalize(x.double(), p, 0).float()])


for stem, about, parts in (
        ("normalization", "Layer and RMS norm.", (layer_norms, rms_norms)),
        ("group-normalization", "Group and instance norm, in both layouts.",
         (group_norms,)),
        ("batch-normalization", "Batch norm, given and measured statistics.",
         (batch_norms,)),
        ("local-response-norm", "Norms of neighbours and lines.", (energies,))):
    page = Page(here / f"{stem}.mlir", "make-normalization.py", about)
    for part in parts:
        part(page)
    page.write()

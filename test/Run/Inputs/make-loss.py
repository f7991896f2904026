"""Writes the pages of losses and metrics: /usr/bin/python3 make-loss.py (PyTorch
1.13)."""
import pathlib

import numpy
import torch
import torch.nn.functional as F

from page import Page

torch.manual_seed(13)
here = pathlib.Path(__file__).parent.parent


def random(*shape, dtype=torch.float32):
    return (torch.randn(*shape, dtype=torch.float64) * 2).to(dtype)


def labels_of(x, ignore=None, dtype=torch.int64):
    shape = (x.shape[0],) + x.shape[2:]
    labels = torch.randint(0, x.shape[1], shape)
    if ignore is not None:
        labels.view(-1)[::3] = ignore
    return labels.to(dtype)


def loss(page, name, op, x, labels, weight=None, reduction="mean", ignore=None,
         probabilities=False, **tolerance):
    if op == "nll_loss":
        x = F.log_softmax(x.double(), 1).to(x.dtype)
    y = getattr(F, op)(x.double(), labels.long(),
                       None if weight is None else weight.double(),
                       ignore_index=-100 if ignore is None else ignore,
                       reduction=reduction)
    words = " weight {2}" if weight is not None else ""
    words += f" reduction = {reduction}"
    words += f" ignore_index = {ignore}" if ignore is not None else ""
    results = [y.to(x.dtype)]
    if probabilities:
        results.append(F.log_softmax(x.double(), 1).to(x.dtype))
    page.add(name, f"lacuna.{op} {{0}}, {{1}}{words} : ({{in}}) -> {{out}}",
             [x, labels] + ([weight] if weight is not None else []), results,
             **tolerance)


for op, stem in (("cross_entropy", "cross-entropy"), ("nll_loss", "nll-loss")):
    page = Page(here / f"{stem}.mlir", "make-loss.py",
                "Losses over labels: weights, ignored labels, reductions.")
    x = random(4, 5)
    loss(page, op + "_mean", op, x, labels_of(x))
    x = random(2, 3, 7)
    loss(page, op + "_sum", op, x, labels_of(x), random(3).abs(), "sum")
    loss(page, op + "_ignored", op, x, labels_of(x, 255), random(3).abs(), "mean",
         255)
    loss(page, op + "_each", op, x, labels_of(x, -1), random(3).abs(), "none", -1)
    loss(page, op + "_counted", op, x, labels_of(x, 2, torch.int32), None, "mean", 2)
    loss(page, op + "_all_ignored", op, x, torch.full((2, 7), 9), None, "mean", 9)
    x = random(1, 4, 2, 3, dtype=torch.float16)
    loss(page, op + "_half", op, x, labels_of(x), rtol=2e-3, atol=1e-3)
    x = random(3, 4, dtype=torch.float64)
    loss(page, op + "_double", op, x, labels_of(x), random(4, dtype=torch.float64),
         rtol=1e-13, atol=1e-13)
    if op == "cross_entropy":
        x = random(2, 3, 18)
        loss(page, "with_probabilities", op, x, labels_of(x),
             probabilities=True)
        x = random(3, 4)
        x[0] *= 1e30
        loss(page, "far_apart", op, x, labels_of(x), reduction="none")
    page.write()

page = Page(here / "metrics.mlir", "make-loss.py",
            "Confusion matrices and segmentation scores.")


def confusion(prediction, label, classes, ignore=None):
    matrix = numpy.zeros((classes, classes), numpy.int64)
    keep = label != ignore
    numpy.add.at(matrix, (label[keep], prediction[keep]), 1)
    return torch.from_numpy(matrix)


def matrix(name, classes, shape, ignore=None, dtype=torch.int64):
    prediction = torch.randint(0, classes, shape)
    label = torch.randint(0, classes, shape)
    if ignore is not None:
        label.view(-1)[::4] = ignore
    words = f" ignore_index = {ignore}" if ignore is not None else ""
    page.add(name, f"lacuna.confusion_matrix {{0}}, {{1}} classes = {classes}"
             f"{words} : ({{in}}) -> {{out}}", [prediction, label.to(dtype)],
             [confusion(prediction.numpy(), label.numpy(), classes, ignore)])


def scores(name, m, absent):
    m = m.double().numpy()
    t, s, d = m.sum(1), m.sum(0), numpy.diag(m)
    with numpy.errstate(all="ignore"):
        iou = d / (t + s - d)
        iou[t + s - d == 0] = {"zero": 0, "one": 1}.get(absent, numpy.nan)
        mean = numpy.nanmean(iou) if absent == "skip" else iou.mean()
        seen = t > 0
        values = [d.sum() / t.sum(), (d[seen] / t[seen]).mean(), mean,
                  (t[seen] * iou[seen]).sum() / t.sum()]
    page.add(name, f"lacuna.segmentation_scores {{0}} absent = {absent} : "
             "({in}) -> {out}", [torch.from_numpy(m).long()],
             [torch.tensor(v, dtype=torch.float64) for v in values] +
             [torch.from_numpy(iou)], 1e-14, 0)


matrix("counts", 4, (3, 7))
matrix("counts_ignored", 3, (2, 3, 5), 255)
matrix("counts_bytes", 3, (11,), 255, torch.uint8)
matrix("counts_of_nothing", 2, (0,))
present = torch.tensor([[5, 1, 0], [2, 7, 1], [0, 3, 4]])
missing = torch.tensor([[5, 0, 1, 0], [0, 0, 0, 0], [2, 0, 4, 0], [0, 0, 0, 0]])
unseen = torch.tensor([[3, 2, 0], [0, 0, 0], [1, 1, 4]])
scores("all_present", present, "skip")
scores("predicted_only", unseen, "skip")
for policy in ("skip", "zero", "one", "nan"):
    scores("absent_" + policy, missing, policy)
page.write()

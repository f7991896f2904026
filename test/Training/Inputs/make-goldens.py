#!/usr/bin/env python3
"""Writes data.npz, first.npz and what PyTorch's optimisers make of them, and
scores.npz, seven rows of scores with labels of which -100 does not count.

usage: make-goldens.py FOLDER

y = tanh(x w + b) v on 6 samples, mean square error, 20 steps of one batch each
(`accumulate`: of two batches of three). For each optimiser NAME.npz has the
predictions after training. PyTorch 1.13, f32, seed 7.
"""
import sys
from pathlib import Path

import numpy
import torch

STEPS = 20
CASES = {
    "sgd": (torch.optim.SGD, dict(lr=0.1)),
    "inverse": (torch.optim.SGD, dict(lr=1.0)),
    "momentum": (torch.optim.SGD, dict(lr=0.05, momentum=0.9)),
    "nesterov": (torch.optim.SGD, dict(lr=0.05, momentum=0.8, nesterov=True,
                                       weight_decay=0.01)),
    "adagrad": (torch.optim.Adagrad, dict(lr=0.1)),
    "adam": (torch.optim.Adam, dict(lr=0.02, weight_decay=0.1)),
    "adamw": (torch.optim.AdamW, dict(lr=0.02, betas=(0.8, 0.95),
                                      weight_decay=0.1)),
    "cosine": (torch.optim.AdamW, dict(lr=0.05, weight_decay=0)),
    "clip-norm": (torch.optim.SGD, dict(lr=0.5)),
    "clip-value": (torch.optim.SGD, dict(lr=0.5)),
}


def rate(name, first, step):
    """As `lacuna train` has it; steps count from 1."""
    if name == "inverse":
        return first / (step + 3) ** 0.7
    if name == "cosine":
        if step <= 5:
            return first * step / 5
        return first * (1 + numpy.cos(numpy.pi * (step - 5) / 15)) / 2
    return first


def train(name, arrays, x, label):
    kind, options = CASES[name]
    w, b, v = parameters = [torch.tensor(array, requires_grad=True)
                            for array in arrays]
    optimizer = kind(parameters, **options)
    for step in range(1, STEPS + 1):
        for group in optimizer.param_groups:
            group["lr"] = rate(name, options["lr"], step)
        optimizer.zero_grad()
        (torch.tanh(x @ w + b) @ v - label).pow(2).mean().backward()
        if name == "clip-norm":
            torch.nn.utils.clip_grad_norm_(parameters, 0.3)
        if name == "clip-value":
            torch.nn.utils.clip_grad_value_(parameters, 0.1)
        optimizer.step()
    return (torch.tanh(x @ w + b) @ v).detach().numpy()


def print_scores(scores, classes):
    """What `lacuna evaluate` must say of them."""
    loss = torch.nn.functional.cross_entropy(
        torch.tensor(scores), torch.tensor(classes)).item()
    matrix = numpy.zeros((3, 3))
    for row, label in zip(scores, classes):
        if label >= 0:
            matrix[label, row.argmax()] += 1
    right, labels = matrix.diagonal(), matrix.sum(1)
    iou = right / (labels + matrix.sum(0) - right)
    print("loss", loss, "PA", right.sum() / labels.sum(), "MPA",
          (right / labels).mean(), "MIoU", iou.mean(), "FWIoU",
          (labels * iou).sum() / labels.sum(), "IoU", iou, matrix)


def main():
    folder = Path(sys.argv[1])
    random = numpy.random.default_rng(7)
    draw = lambda *shape: random.normal(size=shape).astype(numpy.float32)
    x, label = draw(6, 3), draw(6, 2)
    first = {"w": draw(3, 4), "b": draw(4), "v": draw(4, 2)}
    numpy.savez(folder / "data.npz", x=x, label=label)
    numpy.savez(folder / "first.npz", **first)
    scores, classes = draw(7, 3), numpy.array([0, 1, 2, -100, 1, 0, 2])
    numpy.savez(folder / "scores.npz", x=scores, label=classes)
    print_scores(scores, classes)
    for name in CASES:
        y = train(name, first.values(), torch.tensor(x), torch.tensor(label))
        numpy.savez(folder / f"{name}.npz", y=y)


if __name__ == "__main__":
    main()

#!/usr/bin/env python3
"""Labelled images of overlapping textured shapes.

usage: make-data.py OUT.npz COUNT SEED [SIZE]

Writes `image`, f32 [COUNT, 3, SIZE, SIZE] around 0, and `label`, u8 [COUNT,
SIZE, SIZE]: 0 background, 1 striped disk, 2 chequered square, 3 noisy triangle,
4 ring of one colour. Two to four lie on top of each other, of any size, turned
by any angle; colours are drawn anew each time and say nothing of the class.
NumPy only; the same seed gives the same images.
"""
import sys

import numpy

CLASSES = 5


def texture(random, kind, y, x):
    """Two colours in the pattern of a class, [3, size, size]."""
    first, second = random.uniform(-1, 1, (2, 3, 1, 1))
    angle, period = random.uniform(0, numpy.pi), random.uniform(5, 9)
    u = (numpy.cos(angle) * x + numpy.sin(angle) * y) / period
    v = (numpy.cos(angle) * y - numpy.sin(angle) * x) / period
    if kind == 0:  # from one colour to the other across the image
        blend = 0.1 * (u - u.min()) / max(u.max() - u.min(), 1)
    elif kind == 1:  # stripes
        blend = 0.5 + 0.5 * numpy.sin(2 * numpy.pi * u)
    elif kind == 2:  # checks
        blend = (numpy.floor(2 * u) + numpy.floor(2 * v)) % 2
    elif kind == 3:  # noise
        blend = random.uniform(0, 1, x.shape)
    else:  # one colour
        blend = numpy.zeros(x.shape)
    return first + (second - first) * blend


def inside(random, kind, y, x, size):
    """The mask of one shape somewhere in the image."""
    cy, cx = random.uniform(0.15 * size, 0.85 * size, 2)
    radius = random.uniform(0.18 * size, 0.32 * size)
    angle = random.uniform(0, 2 * numpy.pi)
    dy, dx = y - cy, x - cx
    distance = numpy.hypot(dy, dx)
    u = numpy.cos(angle) * dx + numpy.sin(angle) * dy
    v = numpy.cos(angle) * dy - numpy.sin(angle) * dx
    if kind == 1:
        return distance < radius
    if kind == 2:
        return numpy.maximum(abs(u), abs(v)) < 0.85 * radius
    if kind == 3:
        sides = [numpy.cos(t) * u + numpy.sin(t) * v
                 for t in (0, 2 * numpy.pi / 3, 4 * numpy.pi / 3)]
        return numpy.maximum.reduce(sides) < 0.6 * radius
    return (distance < radius) & (distance > 0.5 * radius)


def make(count, seed, size=64):
    random = numpy.random.default_rng(seed)
    y, x = numpy.mgrid[0:size, 0:size].astype(float)
    images = numpy.empty((count, 3, size, size), numpy.float32)
    labels = numpy.zeros((count, size, size), numpy.uint8)
    for image, label in zip(images, labels):
        image[:] = texture(random, 0, y, x)
        for _ in range(random.integers(2, 5)):
            kind = random.integers(1, CLASSES)
            mask = inside(random, kind, y, x, size)
            image[:, mask] = texture(random, kind, y, x)[:, mask]
            label[mask] = kind
        image += random.normal(0, 0.05, image.shape)
    return images, labels


def main():
    if len(sys.argv) not in (4, 5):
        sys.exit(__doc__)
    size = int(sys.argv[4]) if len(sys.argv) == 5 else 64
    images, labels = make(int(sys.argv[2]), int(sys.argv[3]), size)
    numpy.savez(sys.argv[1], image=images, label=labels)


if __name__ == "__main__":
    main()

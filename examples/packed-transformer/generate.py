#!/usr/bin/env python3
"""Lets a trained model write on.

usage: generate.py MODEL.mlir BEGINNING [COUNT [SEED]]

Draws COUNT characters (200), one after another, from what the model says comes
next; a row holds the one sequence, whose last 255 characters count. Needs the
Python module `lacuna` and NumPy.
"""
import sys

import lacuna
import numpy

ROW, MOST, LONGEST, NEWLINE, END = 512, 32, 256, 95, 96
TEMPERATURE = 0.7


def next_code(model, codes, random):
    codes = codes[-(LONGEST - 1):]
    tokens = numpy.zeros((1, ROW), numpy.int64)
    positions = numpy.zeros((1, ROW), numpy.int64)
    starts = numpy.full((1, MOST + 1), len(codes), numpy.int32)
    tokens[0, :len(codes)] = codes
    positions[0, :len(codes)] = range(len(codes))
    starts[0, 0] = 0
    scores, = model(tokens, positions, starts)
    odds = numpy.exp((scores[0, len(codes) - 1] - scores.max()) / TEMPERATURE)
    return random.choice(len(odds), p=odds / odds.sum())


def main():
    if not 3 <= len(sys.argv) <= 5:
        sys.exit(__doc__)
    model = lacuna.load(sys.argv[1])
    count = int(sys.argv[3]) if len(sys.argv) > 3 else 200
    random = numpy.random.default_rng(
        int(sys.argv[4]) if len(sys.argv) > 4 else 1)
    codes = [ord(c) - 32 for c in sys.argv[2]]
    for _ in range(count):
        code = next_code(model, codes, random)
        if code == END:
            break
        codes.append(code)
    print("".join("\n" if c == NEWLINE else chr(c + 32) for c in codes))


if __name__ == "__main__":
    main()

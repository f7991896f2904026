#!/usr/bin/env python3
"""Takes packed rows apart again and checks that each sequence is whole.

usage: check-packing.py ROWS.npz
"""
import sys

import numpy

rows = numpy.load(sys.argv[1])
sequences = broken = 0
for tokens, positions, starts, label in zip(
        rows["tokens"], rows["positions"], rows["starts"], rows["label"]):
    for begin, end in zip(starts, starts[1:]):
        if begin == end:
            continue
        sequences += 1
        broken += not (
            (positions[begin:end] == numpy.arange(end - begin)).all()
            and (label[begin:end - 1] == tokens[begin + 1:end]).all()
            and label[end - 1] == 96)
    broken += bool((label[starts[-1]:] != -100).any()) or starts[0] != 0
print(f"{sequences} sequences, {broken} broken")

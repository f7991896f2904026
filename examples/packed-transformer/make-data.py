#!/usr/bin/env python3
"""Packs the paragraphs of texts into rows of equal length.

usage: make-data.py TRAIN.npz UNSEEN.npz FILE...

A paragraph (at most 255 characters of it, the rest is another one) is a
sequence of character codes; each is to foretell the next, the last one an end.
Rows hold as many sequences as fit, the longest first, each into the first row
with room (first-fit decreasing). An array each, a row a sample:

  tokens     i64 [rows, 512]   codes of characters
  positions  i64 [rows, 512]   places in their own sequence, from 0
  starts     i32 [rows, 33]    where sequences begin, then where the last ends
  label      i64 [rows, 512]   the next code; -100 where no sequence is

Every tenth paragraph goes to UNSEEN. NumPy only.
"""
import re
import sys
from pathlib import Path

import numpy

ROW, LONGEST, MOST = 512, 256, 32
NEWLINE, END = 95, 96


def encode(text):
    """Printable ASCII, the rest as question marks."""
    codes = [NEWLINE if c == "\n" else ord(c) - 32 if 32 <= ord(c) < 127 else
             ord("?") - 32 for c in text]
    return codes + [END]


def paragraphs(paths):
    for path in paths:
        for text in re.split(r"\n\s*\n", Path(path).read_text()):
            text = re.sub(r"[ \t]+", " ", text.strip())
            for begin in range(0, len(text), LONGEST - 1):
                yield text[begin:begin + LONGEST - 1]


def pack(sequences):
    """Lists of sequences, each with at most ROW codes in at most MOST."""
    rows, room = [], []
    for sequence in sorted(sequences, key=len, reverse=True):
        for row in range(len(rows) + 1):
            if row == len(rows):
                rows.append([])
                room.append(ROW)
            if room[row] >= len(sequence) and len(rows[row]) < MOST:
                rows[row].append(sequence)
                room[row] -= len(sequence)
                break
    return rows


def fill(rows):
    tokens = numpy.zeros((len(rows), ROW), numpy.int64)
    positions = numpy.zeros((len(rows), ROW), numpy.int64)
    label = numpy.full((len(rows), ROW), -100, numpy.int64)
    starts = numpy.zeros((len(rows), MOST + 1), numpy.int32)
    for index, row in enumerate(rows):
        begin = 0
        for place, sequence in enumerate(row):
            # The end is foretold, not read.
            end = begin + len(sequence) - 1
            tokens[index, begin:end] = sequence[:-1]
            label[index, begin:end] = sequence[1:]
            positions[index, begin:end] = range(end - begin)
            begin = end
            starts[index, place + 1:] = end
    return dict(tokens=tokens, positions=positions, starts=starts, label=label)


def main():
    if len(sys.argv) < 4:
        sys.exit(__doc__)
    parts = [], []
    for index, text in enumerate(paragraphs(sys.argv[3:])):
        if len(text) > 1:
            parts[index % 10 == 9].append(encode(text))
    for path, sequences in zip(sys.argv[1:], parts):
        arrays = fill(pack(sequences))
        used = (arrays["label"] >= 0).mean()
        print(f"{path}: {len(sequences)} sequences in {len(arrays['label'])} "
              f"rows, {100 * used:.1f}% of them used")
        numpy.savez(path, **arrays)


if __name__ == "__main__":
    main()

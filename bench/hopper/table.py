#!/usr/bin/env python3
"""Writes the tables of docs/hopper.md from files of check.py.

    table.py docs/hopper.md RESULT.json...
"""
import json
import pathlib
import sys

MARK = "<!-- what follows is written by bench/hopper/table.py -->\n"


def rows(path):
    report = json.loads(path.read_text())
    yield (f"\n{report['gpu']}, {report['date']}, PyTorch {report['torch']}, "
           f"CUDA {report['cuda']}, cuDNN {report['cudnn']}:\n\n"
           "| case | ms | TFLOP/s | peer | its ms | ratio | error / PyTorch's "
           "|\n| --- | --- | --- | --- | --- | --- | --- |\n")
    for name, case in report["cases"].items():
        if "lacuna_ms" not in case:
            continue
        peers = {key[:-3]: value for key, value in case.items()
                 if key.endswith("_ms") and key != "lacuna_ms"}
        peer = min(peers, key=peers.get) if peers else ""
        theirs = f"{peers[peer]:.4f}" if peers else ""
        error = case["max_error"] / case["torch_error"]
        yield (f"| {name} | {case['lacuna_ms']:.4f} | "
               f"{case['lacuna_tflops']:.0f} | {peer} | {theirs} | "
               f"{case.get('ratio', '')} | {error:.2f} |\n")


def main():
    page = pathlib.Path(sys.argv[1])
    head = page.read_text().split(MARK)[0]
    body = "".join(line for name in sys.argv[2:]
                   for line in rows(pathlib.Path(name)))
    page.write_text(head + MARK + body)


if __name__ == "__main__":
    main()

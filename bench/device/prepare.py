#!/usr/bin/env python3
"""Compiles the kernels of cases.py to PTX, where no GPU is needed.

    bench/device/prepare.py LACUNA OUTPUT

Writes OUTPUT/NAME.ptx and NAME.json (how to launch it), and copies check.py
beside them.
"""
import json
import pathlib
import re
import shutil
import subprocess
import sys

from cases import CASES

HERE = pathlib.Path(__file__).resolve().parent


def compile_to(lacuna, source, stage, output):
    subprocess.run([lacuna, "compile", source, "--target=cuda",
                    f"--emit={stage}", "-o", output], check=True)


def launch_of(program, text):
    """Of the one kernel of a program, `text` at stage `device`."""
    kernels = re.findall(r"func.func private @(\w+)\((.*)\) attributes (.*)",
                         text)
    (name, arguments, attributes), = kernels

    def number(word):
        return int(re.search(rf"lacuna.{word} = (\d+)", attributes)[1])
    buffers = [[[int(size) for size in sizes.split("x")], element]
               for sizes, element in re.findall(
                   r"memref<([0-9x]+)x([a-z]+[0-9]*)>", arguments)]
    results = re.search(r"-> (.*) {", program)[1].count("tensor<")
    return {"function": name + "_launch", "results": results,
            "count": number("count"), "group": number("group"), "buffers": buffers}


def main():
    lacuna, output = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2])
    output.mkdir(parents=True, exist_ok=True)
    for name, program in CASES.items():
        stem = output / name
        source, device = stem.with_suffix(".mlir"), output / "device.mlir"
        source.write_text(program)
        compile_to(lacuna, source, "ptx", stem.with_suffix(".ptx"))
        compile_to(lacuna, source, "device", device)
        stem.with_suffix(".json").write_text(
            json.dumps(launch_of(program, device.read_text())))
        source.unlink()
        device.unlink()
    shutil.copy(HERE / "check.py", output / "check.py")


if __name__ == "__main__":
    main()

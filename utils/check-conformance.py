#!/usr/bin/env python3
"""Runs ONNX's own tests and compares what is not supported with the list.

A case that gives wrong numbers, crashes or takes too long fails the run, and so
does one that is not supported and not in test/Conformance/unsupported.txt.
Cases of the list that pass by now are named; --update rewrites the list.
"""
import argparse
import os
import pathlib
import re
import subprocess
import sys

SOURCE = pathlib.Path(__file__).resolve().parent.parent
SUITES = ["node", "simple", "pytorch-converted", "pytorch-operator"]
ROW = re.compile(r"^\| (\w+) \| (pass|fail|unsupported|crash|timeout) \| (.*) \|$")


def run_suite(lacuna, folder, page):
    """{case: (result, detail)} of one suite."""
    subprocess.run([lacuna, "conformance", folder, "--markdown", page],
                   stdout=subprocess.DEVNULL, check=False)
    suite = pathlib.Path(folder).name
    lines = pathlib.Path(page).read_text(encoding="utf-8").split("\n")
    rows = [match for match in map(ROW.match, lines) if match]
    return {f"{suite}/{row[1]}": (row[2], row[3].strip()) for row in rows}


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=pathlib.Path,
                        help="the folder onnx/backend/test/data")
    parser.add_argument("--lacuna", default=SOURCE / "build/tools/lacuna/lacuna")
    parser.add_argument("--list", type=pathlib.Path, default=SOURCE / "test" /
                        "Conformance" / "unsupported.txt")
    parser.add_argument("--page", default="conformance.md",
                        help="file for the tool's report (conformance.md)")
    parser.add_argument("--update", action="store_true")
    arguments = parser.parse_args()
    cases = {}
    for suite in SUITES:
        if (arguments.data / suite).is_dir():
            cases.update(run_suite(os.fspath(arguments.lacuna),
                                   os.fspath(arguments.data / suite),
                                   arguments.page))
    if not cases:
        sys.exit(f"{arguments.data}: no case ran")
    unsupported = {name for name, (result, _) in cases.items()
                   if result == "unsupported"}
    if arguments.update:
        arguments.list.write_text("\n".join(sorted(unsupported)) + "\n")
    listed = set(arguments.list.read_text().split())
    bad = [f"{result}: {name}: {detail}"
           for name, (result, detail) in sorted(cases.items())
           if result not in ("pass", "unsupported")
           or name in unsupported - listed]
    for name in sorted(listed - unsupported):
        print(f"no longer unsupported: {name}")
    print("\n".join(bad + [f"{len(cases)} cases: "
          f"{len(cases) - len(unsupported) - len(bad)} as they should, "
          f"{len(unsupported)} not supported, {len(bad)} bad"]))
    sys.exit(1 if bad else 0)


if __name__ == "__main__":
    main()

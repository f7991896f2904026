#!/usr/bin/env python3
"""Runs ONNX's own tests and compares what is not supported with the list.

A case that gives wrong numbers, crashes or takes too long fails the run, and so
does one that is not supported and not in test/Conformance/unsupported.txt, and
a page docs/generated/conformance.md that says otherwise. Cases of the list that
pass by now are named; --update rewrites list and page.
"""
import argparse
import pathlib
import re
import subprocess
import sys
import tempfile

SOURCE = pathlib.Path(__file__).resolve().parent.parent
SUITES = ["node", "simple", "pytorch-converted", "pytorch-operator"]
# Their outputs are draws of NumPy's generator, which ONNX does not prescribe.
RANDOM = {f"node/test_training_dropout{ending}"
          for ending in ("", "_default", "_default_mask", "_mask")}
ROW = re.compile(r"^\| (\w+) \| (pass|fail|unsupported|crash|timeout) \| (.*) \|$")


def run_suites(lacuna, data):
    """The tool's page on all suites below `data`."""
    folders = [data / suite for suite in SUITES if (data / suite).is_dir()]
    if not folders:
        sys.exit(f"{data}: none of the folders {', '.join(SUITES)}")
    with tempfile.TemporaryDirectory() as folder:
        page = pathlib.Path(folder) / "page.md"
        subprocess.run([lacuna, "conformance", *folders, "--markdown", page],
                       stdout=subprocess.DEVNULL, check=False)
        # Details name files; where these lie is the machine's.
        return page.read_text(encoding="utf-8").replace(
            f"{data.resolve()}/", "")


def read_cases(page):
    """{suite/case: (result, detail)} of a page."""
    cases, suite = {}, ""
    for line in page.split("\n"):
        if line.startswith("## "):
            suite = line[3:]
        elif suite in SUITES and (row := ROW.match(line)):
            cases[f"{suite}/{row[1]}"] = (row[2], row[3].strip())
    return cases


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=pathlib.Path,
                        help="the folder onnx/backend/test/data")
    parser.add_argument("--lacuna", default=SOURCE / "build/tools/lacuna/lacuna")
    parser.add_argument("--list", type=pathlib.Path, default=SOURCE / "test" /
                        "Conformance" / "unsupported.txt")
    parser.add_argument("--page", type=pathlib.Path, default=SOURCE / "docs" /
                        "generated" / "conformance.md")
    parser.add_argument("--update", action="store_true")
    arguments = parser.parse_args()
    page = run_suites(arguments.lacuna, arguments.data)
    cases = read_cases(page)
    if not cases:
        sys.exit(f"{arguments.data}: no case ran")
    unsupported = {name for name, (result, _) in cases.items()
                   if result == "unsupported"}
    if arguments.update:
        arguments.list.write_text("".join(f"{name}\n"
                                          for name in sorted(unsupported)))
        arguments.page.write_text(page, encoding="utf-8")
    listed = set(arguments.list.read_text().split())
    bad = [f"{result}: {name}: {detail}"
           for name, (result, detail) in sorted(cases.items())
           if name in unsupported - listed
           or (result not in ("pass", "unsupported")
               and not (result == "fail" and name in RANDOM))]
    for name in sorted(RANDOM & cases.keys()):
        print(f"{cases[name][0]}, which says nothing: {name} is random")
    passed = sum(result == "pass" for result, _ in cases.values())
    stale = (arguments.page.is_file() and
             page != arguments.page.read_text(encoding="utf-8"))
    if stale:
        print(f"{arguments.page.name} is stale: run this with --update")
    for name in sorted(listed - unsupported):
        print(f"no longer unsupported: {name}")
    print("\n".join(bad + [f"{len(cases)} cases: "
          f"{passed} as they should, {len(unsupported)} not supported, "
          f"{len(bad)} bad"]))
    sys.exit(1 if bad or stale else 0)


if __name__ == "__main__":
    main()

#!/usr/bin/env python3
"""Compares Lacuna with ONNX Runtime, case by case, in one process.

Results must agree before anything is timed: a case that does not is an error
row, and the exit status is 1. bench/README.md says how it measures.
"""
import argparse
import datetime
import fnmatch
import json
import math
import os
import pathlib
import platform
import subprocess
import sys

SOURCE = pathlib.Path(__file__).resolve().parent.parent
RESULTS = SOURCE / "bench" / "results"
sys.path.insert(0, str(SOURCE / "python"))
if "LACUNA_LIBRARY" not in os.environ:
    built = SOURCE / "build" / "lib" / "C" / "liblacuna.so"
    if built.exists():
        os.environ["LACUNA_LIBRARY"] = str(built)

import lacuna
import numpy
import onnxruntime

import cases
import sides

HEAD = (f"{'case':<32} {'thr':>3} {'Lacuna':>18} {'ONNX Runtime':>18} "
        f"{'ratio':>6} {'of min':>6} {'compile ms':>13}")


def parse_arguments():
    parser = argparse.ArgumentParser(
        description="Compare Lacuna with ONNX Runtime in one process.")
    parser.add_argument("--models", metavar="DIR",
                        help="also run every NAME/model.onnx of this folder, "
                        "with the inputs of NAME/inputs.npz")
    parser.add_argument("--filter", default="*", metavar="GLOBS",
                        help="cases to run, as `attention-*,aspp-head`")
    parser.add_argument("--threads", default="1,2", metavar="LIST",
                        help="numbers of threads (1,2)")
    parser.add_argument("--repeats", type=int, default=200, metavar="N",
                        help="calls of each side of a case that suffice (200)")
    parser.add_argument("--seconds", type=float, default=1.5, metavar="S",
                        help="time for each case and number of threads (1.5)")
    parser.add_argument("--json", nargs="?", const="", metavar="FILE",
                        help="write the figures to FILE, or to bench/results/")
    parser.add_argument("--note", default="", metavar="TEXT",
                        help="what else belongs beside the figures")
    parser.add_argument("--save", metavar="DIR",
                        help="write the models and their inputs to DIR as "
                        "NAME/model.onnx and NAME/inputs.npz, and stop")
    parser.add_argument("--list", action="store_true",
                        help="name the cases and stop")
    options = parser.parse_args()
    options.threads = [int(word) for word in options.threads.split(",")]
    return options


def selected(options):
    patterns = options.filter.split(",")
    return [(name, make) for name, make in cases.cases(options.models)
            if any(fnmatch.fnmatch(name, pattern) for pattern in patterns)]


def save(found, folder):
    for name, make in found:
        content, inputs = make()
        path = pathlib.Path(folder) / name
        path.mkdir(parents=True, exist_ok=True)
        (path / "model.onnx").write_bytes(content)
        numpy.savez(path / "inputs.npz", **inputs)


def compare(mine, theirs, threads, options):
    """The figures of one case on one number of threads."""
    calls = [lambda: mine.call(threads), theirs.call]
    for call in calls:
        call()
    problem = sides.disagreement(mine.outputs, theirs.outputs)
    if problem:
        return {"error": problem}
    summaries = [sides.summary(times) for times in
                 sides.rotate(calls, options.seconds, options.repeats)]
    return {"lacuna": summaries[0], "onnxruntime": summaries[1],
            "ratio": summaries[1]["median_ms"] / summaries[0]["median_ms"],
            "ratio_of_minima": summaries[1]["min_ms"] / summaries[0]["min_ms"]}


def run_case(name, make, options):
    """Yields a row for each number of threads."""
    try:
        content, inputs = make()
        inputs = {key: sides.aligned_copy(array)
                  for key, array in inputs.items()}
        mine = sides.LacunaSide(content, inputs)
        for threads in options.threads:
            theirs = sides.OnnxRuntimeSide(content, inputs, mine.outputs,
                                           threads)
            yield {"case": name, "threads": threads,
                   **compare(mine, theirs, threads, options),
                   "lacuna_compile_ms": mine.compile_seconds * 1e3,
                   "onnxruntime_compile_ms": theirs.compile_seconds * 1e3}
    except Exception as error:  # either side may refuse a model
        yield {"case": name, "error": str(error).strip().split("\n")[0]}


def side_text(figures):
    median = figures["median_ms"]
    spread = figures["upper_quartile_ms"] - figures["lower_quartile_ms"]
    return f"{median:9.3f} ms ±{50 * spread / median:4.0f}%"


def print_row(row):
    if "error" in row:
        print(f"{row['case']:<32} {row.get('threads', ''):>3} "
              f"error: {row['error']}", flush=True)
        return
    print(f"{row['case']:<32} {row['threads']:>3} "
          f"{side_text(row['lacuna'])} {side_text(row['onnxruntime'])} "
          f"{row['ratio']:6.2f} {row['ratio_of_minima']:6.2f} "
          f"{row['lacuna_compile_ms']:6.0f} "
          f"{row['onnxruntime_compile_ms']:6.0f}", flush=True)


def totals(rows):
    """Geometric mean and worst of both ratios, by number of threads."""
    found = []
    for threads in sorted({row["threads"] for row in rows if "ratio" in row}):
        good = [row for row in rows
                if row.get("threads") == threads and "ratio" in row]
        for key in ("ratio", "ratio_of_minima"):
            worst = min(good, key=lambda row: row[key])
            logs = [math.log(row[key]) for row in good]
            found.append({"threads": threads, "of": key,
                          "geometric_mean": math.exp(sum(logs) / len(logs)),
                          "worst": worst[key], "worst_case": worst["case"]})
    return found


def print_totals(found, errors):
    print()
    for total in found:
        print(f"threads {total['threads']}, {total['of'].replace('_', ' ')}: "
              f"geometric mean {total['geometric_mean']:.2f}, worst "
              f"{total['worst']:.3f} ({total['worst_case']})")
    if errors:
        print(f"{errors} errors")


def processor():
    try:
        lines = pathlib.Path("/proc/cpuinfo").read_text().split("\n")
        fields = dict(map(str.strip, line.split(":", 1))
                      for line in lines if ":" in line)
        return (f"{fields['model name']} (family {fields['cpu family']}, "
                f"model {fields['model']}), {os.cpu_count()} cores")
    except (OSError, KeyError):
        return f"{platform.processor()}, {os.cpu_count()} cores"


def commit():
    command = ["git", "-C", str(SOURCE), "describe", "--always", "--dirty",
               "--exclude=*"]
    found = subprocess.run(command, capture_output=True, text=True,
                           check=False)
    return found.stdout.strip()


def about(options):
    now = datetime.datetime.now(datetime.timezone.utc)
    return {"date": now.isoformat(timespec="seconds"),
            "processor": processor(), "commit": commit(),
            "lacuna": lacuna.version(), "onnxruntime": onnxruntime.__version__,
            "threads": options.threads, "repeats": options.repeats,
            "seconds": options.seconds, "note": options.note,
            "environment": {name: value for name, value in os.environ.items()
                            if name.startswith(("OMP_", "GOMP_"))},
            "load_at_start": os.getloadavg()[0]}


def one_row_a_line(figures):
    """JSON whose changes can be read in a diff."""
    lines = []
    for key, value in figures.items():
        text = json.dumps(value, default=float)
        if isinstance(value, list) and value and isinstance(value[0], dict):
            rows = ",\n  ".join(json.dumps(row, default=float) for row in value)
            text = f"[\n  {rows}]"
        lines.append(f" {json.dumps(key)}: {text}")
    return "{\n" + ",\n".join(lines) + "\n}\n"


def write(path, figures):
    if not path:
        RESULTS.mkdir(exist_ok=True)
        path = RESULTS / f"onnxruntime-{figures['date'][:10]}.json"
    pathlib.Path(path).write_text(one_row_a_line(figures))
    print(f"wrote {path}")


def main():
    options = parse_arguments()
    found = selected(options)
    if options.list or not found:
        print("\n".join(name for name, _ in found) or "no case of that name")
        return 0 if found else 1
    if options.save:
        save(found, options.save)
        return 0
    figures = about(options)
    print(f"Lacuna {figures['lacuna']} ({figures['commit']}), "
          f"ONNX Runtime {figures['onnxruntime']}\n{figures['processor']}\n"
          f"\n{HEAD}", flush=True)
    rows = []
    for name, make in found:
        for row in run_case(name, make, options):
            print_row(row)
            rows.append(row)
    errors = sum("error" in row for row in rows)
    figures.update(load_at_end=os.getloadavg()[0], totals=totals(rows),
                   rows=rows)
    print_totals(figures["totals"], errors)
    if options.json is not None:
        write(options.json, figures)
    return 1 if errors else 0


if __name__ == "__main__":
    sys.exit(main())

#!/usr/bin/env python3
"""Draws timed kernels under the limits of the GPU they were measured on.

    roofline.py docs/roofline.svg DEVICE.json RESULT.json...

DEVICE.json is of bench/device/check.py: the rate of a copy, and kernels bound
by memory as shares of it. RESULT.json are of check.py: FLOPs over the fewest
bytes (each operand once) and the rate; the level line is the best rate of any
cuBLAS product in them.
"""
import json
import math
import pathlib
import sys

from cases import CASES

LEFT, TOP, WIDTH, HEIGHT = 70, 40, 560, 380
INTENSITY, RATE = (10, 20000), (20, 2000)
COLOURS = {"attention": "#1f6fb4", "matmul": "#d1622b",
           "convolution": "#3a8f4d"}


def attention_bytes(case):
    queries = case["b"] * case["h"] * case["s"]
    keys = case["b"] * case["hk"] * case["sk"]
    return 2 * (queries + keys) * (case["d"] + case["dv"])


def matmul_bytes(case):
    columns = 2 * case["n"] if "swiglu" in case["follow"] else case["n"]
    return 2 * max(case["b"], 1) * (case["m"] * case["k"] + columns *
                                    case["k"] + case["m"] * case["n"])


def convolution_bytes(case):
    return 2 * (case["n"] * case["h"] * case["w"] * case["c"] +
                case["o"] * case["c"] * case["kernel"] ** 2 +
                case["n"] * case["p"] * case["q"] * case["o"])


BYTES = {"attention": attention_bytes, "matmul": matmul_bytes,
         "convolution": convolution_bytes}


def points(reports):
    kinds = {case["name"]: case for case in CASES}
    for report in reports:
        for name, result in report["cases"].items():
            if "lacuna_ms" not in result or name not in kinds:
                continue
            case = kinds[name]
            if case["kind"] not in BYTES:
                continue
            rate = result["lacuna_tflops"]
            flops = rate * 1e9 * result["lacuna_ms"]
            yield case["kind"], name, flops / BYTES[case["kind"]](case), rate


def along(value, limits, size):
    low, high = map(math.log10, limits)
    return (math.log10(value) - low) / (high - low) * size


def x_of(value):
    return LEFT + along(value, INTENSITY, WIDTH)


def y_of(value):
    return TOP + HEIGHT - along(value, RATE, HEIGHT)


def text(x, y, words, anchor="middle", size=12):
    return (f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" '
            f'font-size="{size}">{words}</text>')


def grid():
    for value in (10, 100, 1000, 10000):
        yield (f'<path d="M{x_of(value):.1f} {TOP}v{HEIGHT}" '
               'stroke="#ddd"/>')
        yield text(x_of(value), TOP + HEIGHT + 18, f"{value}")
    for value in (20, 50, 100, 200, 500, 1000, 2000):
        yield f'<path d="M{LEFT} {y_of(value):.1f}h{WIDTH}" stroke="#ddd"/>'
        yield text(LEFT - 8, y_of(value) + 4, f"{value}", "end")
    yield text(LEFT + WIDTH / 2, TOP + HEIGHT + 38,
               "FLOP a byte (each operand once)")
    yield text(LEFT, TOP - 12, "TFLOP/s", "end")


def roof(copy, best):
    """Straight on both logarithmic axes: the copy's rate, then the best."""
    corner = best * 1e3 / copy
    start = max(INTENSITY[0], RATE[0] * 1e3 / copy)
    yield (f'<path d="M{x_of(start):.1f} {y_of(start * copy / 1e3):.1f} '
           f'L{x_of(corner):.1f} {y_of(best):.1f} H{LEFT + WIDTH}" '
           'fill="none" stroke="#333" stroke-width="2"/>')
    yield text(LEFT + WIDTH - 4, y_of(best) - 6,
               f"best cuBLAS product: {best:.0f} TFLOP/s", "end")
    yield text(x_of(start) + 12, y_of(start * copy / 1e3) - 8,
               f"copy: {copy / 1e3:.2f} TB/s", "start")


def bars(kernels):
    """Kernels bound by memory, as shares of the copy."""
    left, row = LEFT + WIDTH + 160, 22
    for i, (name, kernel) in enumerate(sorted(
            kernels.items(), key=lambda item: -item[1]["of_copy"])):
        y, share = TOP + i * row, kernel["of_copy"]
        yield text(left - 6, y + 13, name, "end")
        yield (f'<rect x="{left}" y="{y + 2}" width="{160 * share:.1f}" '
               f'height="{row - 6}" fill="#8a6bb1"/>')
        yield text(left + 160 * share + 4, y + 13, f"{share:.2f}", "start")
    yield text(left, TOP - 12, "share of the copy's rate", "start")


def main():
    device = json.loads(pathlib.Path(sys.argv[2]).read_text())
    reports = [json.loads(pathlib.Path(name).read_text())
               for name in sys.argv[3:]]
    best = max(result.get("cublas_tflops", 0) for report in reports
               for result in report["cases"].values())
    # Pools of few bytes measure the launch.
    large = {name: kernel for name, kernel in device["kernels"].items()
             if kernel["of_copy"] >= 0.05}
    body = [*grid(), *roof(device["copy_gb_per_second"], best), *bars(large)]
    for kind, name, intensity, rate in points(reports):
        body.append(f'<circle cx="{x_of(intensity):.1f}" cy="{y_of(rate):.1f}" '
                    f'r="4" fill="{COLOURS[kind]}" fill-opacity="0.7"><title>'
                    f'{name}: {rate} TFLOP/s</title></circle>')
    for i, (kind, colour) in enumerate(COLOURS.items()):
        y = TOP + HEIGHT - 60 + 18 * i
        body.append(f'<circle cx="{LEFT + 320}" cy="{y - 4}" r="4" '
                    f'fill="{colour}"/>' + text(LEFT + 330, y, kind, "start"))
    title = f"{device['device']}, {device['date']}: kernels of bf16"
    pathlib.Path(sys.argv[1]).write_text(
        '<svg xmlns="http://www.w3.org/2000/svg" width="1000" height="470" '
        'font-family="sans-serif">\n<rect width="100%" height="100%" '
        'fill="white"/>\n' + text(500, 18, title, size=14) + "\n" +
        "\n".join(body) + "\n</svg>\n")


if __name__ == "__main__":
    main()

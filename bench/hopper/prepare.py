#!/usr/bin/env python3
"""Compiles the Hopper kernels of cases.py to cubins, where no GPU is needed.

    bench/hopper/prepare.py BUILD OUTPUT [CASE...]

Writes OUTPUT/NAME.cubin and NAME.json (how to launch it), and copies check.py
and cases.py beside them. Fails when ptxas serialises tensor code.
"""
import json
import pathlib
import re
import shutil
import subprocess
import sys

from cases import CASES

HERE = pathlib.Path(__file__).resolve().parent


def run(*command):
    done = subprocess.run([str(word) for word in command], text=True,
                          capture_output=True)
    if done.returncode:
        sys.exit(" ".join(map(str, command)) + "\n" + done.stderr[-2000:])
    return done.stdout + done.stderr


SCORES = {
    # A slope for each head times the distance.
    "alibi": """
    %slope = tensor.extract %table[%h] : {table}
    %d = arith.subi %j, %i : index
    %e = arith.index_cast %d : index to i32
    %f = arith.sitofp %e : i32 to f32
    %x = arith.mulf %slope, %f : f32
    %t = arith.addf %s, %x : f32""",
    # Queries see the keys of their own document.
    "document": """
    %mine = tensor.extract %table[%i] : {table}
    %its = tensor.extract %table[%j] : {table}
    %same = arith.cmpi eq, %mine, %its : i32
    %none = arith.constant 0xFF800000 : f32
    %t = arith.select %same, %s, %none : f32""",
    # The 100 keys before a query, by comparisons alone.
    "local": """
    %far = arith.constant 100 : index
    %least = arith.subi %i, %far : index
    %behind = arith.cmpi sle, %j, %i : index
    %near = arith.cmpi sgt, %j, %least : index
    %both = arith.andi %behind, %near : i1
    %none = arith.constant 0xFF800000 : f32
    %t = arith.select %both, %s, %none : f32""",
    # s + s^2 / 10.
    "square": """
    %few = arith.constant 0.1 : f32
    %u = arith.mulf %s, %s : f32
    %w = arith.mulf %u, %few : f32
    %t = arith.addf %s, %w : f32"""}
# What becomes of the cotangent %g.
BACK = {"square": """
    %few = arith.constant 0.2 : f32
    %one = arith.constant 1.0 : f32
    %u = arith.mulf %s, %few : f32
    %w = arith.addf %u, %one : f32
    %t = arith.mulf %g, %w : f32"""}


def mask_sizes(case):
    rows = 1 if case["mask"] == "bf16" and not case["timed"] else case["s"]
    return [case["b"], 1, rows, case["sk"]]


def heads_of(case, heads, rows, depth, element=None, lead=()):
    element = element or case["element"]
    if "sequences" in case:
        return tensor(element, *lead, rows, heads, depth)
    sizes = [heads, rows] if case["layout"] == "bhsd" else [rows, heads]
    return tensor(element, *lead, case["b"], *sizes, depth)


def optional(case):
    """Optional operands: names and types; and the words of all options."""
    given, words = {}, []
    if case["mask"]:
        given["mask"] = tensor(case["mask"], *mask_sizes(case))
        words.append("mask %mask")
    if case["lengths"]:
        given["lengths"] = tensor("i32", case["b"])
        words.append("key_lengths %lengths")
    if "sequences" in case:
        for side in ["query", "key"] if case["twice"] else ["query"]:
            given[side] = tensor("i32", len(case["sequences"]) + 1)
            words.append(f"cu_seqlens_{side} %{side}")
    if case["layout"] == "bshd":
        words.append("layout = bshd")
    words.append(case["options"])
    if case["cap"]:
        words.append(f"soft_cap = {case['cap']}")
    return given, words


def score(case, back):
    """The words of the region, and what it captures."""
    table = tensor(*(("f32", case["h"]) if case["score"] == "alibi" else
                     ("i32", case["s"])))
    places = "%b: index, %h: index, %i: index, %j: index"
    body = SCORES[case["score"]].format(table=table)
    words = [f"score {{\n  ^bb0(%s: f32, {places}):{body}\n"
             "    lacuna.yield %t : f32\n  }"]
    if back:
        body = BACK.get(case["score"], "")
        words.append(f"score_backward {{\n  ^bb0(%s: f32, {places}, %g: f32):"
                     f"{body}\n    lacuna.yield {'%t' if body else '%g'} : "
                     "f32\n  }")
    captures = case["score"] in ("alibi", "document")
    return words, {"table": table} if captures else {}


def lines_of(case):
    """The type of log_sum_exp."""
    if "sequences" in case:
        return tensor("f32", case["s"], case["h"])
    return tensor("f32", case["b"], case["h"], case["s"])


def call(case, op, operands, results):
    """A function that returns the results of `op`."""
    given, words = optional(case)
    operands, captured = {**operands, **given}, {}
    if case["score"]:
        region, captured = score(case, "backward" in op)
        words += region
    types = {**operands, **captured}
    arguments = ", ".join(f"%{name}: {types[name]}" for name in types)
    lead = ", ".join("%" + name for name in operands if name not in given)
    outs = ", ".join(results)
    count = len(results)
    found = ", ".join(f"%r#{n}" for n in range(count)) if count > 1 else "%r"
    return f"""func.func @main({arguments}) -> ({outs}) {{
  %r{f':{count}' if count > 1 else ''} = {op} {lead} {' '.join(words)}
      : ({', '.join(operands.values())}) -> ({outs})
  return {found} : {outs}
}}
"""


def attention(case):
    operands = {"q": heads_of(case, case["h"], case["s"], case["d"]),
                "k": heads_of(case, case["hk"], case["sk"], case["d"]),
                "v": heads_of(case, case["hk"], case["sk"], case["dv"])}
    results = [heads_of(case, case["h"], case["s"], case["dv"])]
    if case["lse"]:
        results.append(lines_of(case))
    return call(case, "lacuna.attention", operands, results)


def backward(case):
    query = (case["h"], case["s"], case["d"])
    key = heads_of(case, case["hk"], case["sk"], case["d"])
    value = heads_of(case, case["hk"], case["sk"], case["dv"])
    output = heads_of(case, case["h"], case["s"], case["dv"])
    operands = {"q": heads_of(case, *query), "k": key, "v": value,
                "o": output, "lse": lines_of(case), "do": output}
    results = [heads_of(case, *query, "f32", (1,)), key, value]
    return call(case, "lacuna.attention_backward", operands, results)


def tensor(element, *sizes):
    return f"tensor<{'x'.join(str(n) for n in sizes if n)}x{element}>"


def function(names, types, lines, value, result):
    arguments = ", ".join(f"%{name}: {types[name]}" for name in names)
    body = "\n  ".join(lines)
    return f"""func.func @main({arguments}) -> {result} {{
  {body}
  return {value} : {result}
}}
"""


def matmul(case):
    """A contraction, then what case["follow"] says, in this order."""
    b, m, n, k = (case[key] for key in "bmnk")
    element = case["element"]
    columns = 2 * n if "swiglu" in case["follow"] else n
    left = [b, k, m] if case["ta"] else [b, m, k]
    right = [b, n, k] if case["tb"] else [b, k, columns]
    if case["tb"]:
        right[1] = columns
    lead = "b, " if b else ""
    dims = f"({lead}m, n, k)"
    maps = [f"affine_map<{dims} -> ({lead}{x}, {y})>" for x, y in
            (("k", "m") if case["ta"] else ("m", "k"),
             ("n", "k") if case["tb"] else ("k", "n"), ("m", "n"))]
    types = {"a": tensor(element, *left), "w": tensor(element, *right),
             "bias": tensor(element, columns),
             "other": tensor(element, b, m, n)}
    wide, out = tensor(element, b, m, columns), tensor(case["out"], b, m, n)
    lines = [f"%z = arith.constant 0.0 : {element}",
             f"%e = tensor.empty() : {wide}",
             f"%f = linalg.fill ins(%z : {element}) outs(%e : {wide}) "
             f"-> {wide}",
             f"%r0 = linalg.contract indexing_maps = [{', '.join(maps)}] "
             f"ins(%a, %w : {types['a']}, {types['w']}) outs(%f : {wide}) "
             f"-> {wide}"]
    names, value, shape = ["a", "w"], "%r0", wide
    for step in case["follow"]:
        new = f"%r{len(lines)}"
        if step == "bias":
            names.append("bias")
            lines.append(f"%spread{len(lines)} = tensor.empty() : {shape}")
            dims = [d for d, size in enumerate((b, m, columns)) if size]
            lines.append(
                f"%wide_bias = linalg.broadcast ins(%bias : {types['bias']}) "
                f"outs(%spread{len(lines) - 1} : {shape}) "
                f"dimensions = {list(range(len(dims) - 1))}")
            lines.append(f"{new} = arith.addf {value}, %wide_bias : {shape}")
        elif step == "residual":
            names.append("other")
            lines.append(f"{new} = arith.addf {value}, %other : {shape}")
        elif step == "swiglu":
            narrow = tensor(element, b, m, n)
            lines.append(f"{new} = lacuna.gated swiglu {value} axis = -1 "
                         f"gate_first : ({shape}) -> {narrow}")
            shape = narrow
        elif step == "single":
            wider = tensor("f32", b, m, n)
            lines.append(f"{new} = arith.extf {value} : {shape} to {wider}")
            shape = wider
        else:
            lines.append(f"{new} = lacuna.activation {step} {value} : {shape}")
        value = new
    return function(names, types, lines, value, out)


def convolution(case):
    """Channels last, the filter in panels of up to 64 outputs."""
    element, taps = case["element"], case["kernel"] ** 2
    lanes = min(64, 1 << (case["o"] - 1).bit_length())
    shape = tensor(element, case["n"], case["p"], case["q"], case["o"])
    types = {"x": tensor(element, case["n"], case["h"], case["w"], case["c"]),
             "panels": tensor(element, -(-case["o"] // lanes), taps,
                              case["c"], lanes),
             "bias": tensor(element, case["o"])}
    two = [str([case[key]] * 2) for key in ("kernel", "stride", "dil", "pad")]
    lines = [f"%r0 = lacuna.packed_convolution %x, %panels kernel = {two[0]} "
             f"strides = {two[1]} dilations = {two[2]} pads = {two[3]} to "
             f"{two[3]} : ({types['x']}, {types['panels']}) -> {shape}"]
    names, value = ["x", "panels"], "%r0"
    for step in case["follow"]:
        new = f"%r{len(lines)}"
        if step == "bias":
            names.append("bias")
            lines += [f"%e = tensor.empty() : {shape}",
                      f"%b = linalg.broadcast ins(%bias : {types['bias']}) "
                      f"outs(%e : {shape}) dimensions = [0, 1, 2]",
                      f"{new} = arith.addf {value}, %b : {shape}"]
        else:
            lines.append(f"{new} = lacuna.activation {step} {value} : {shape}")
        value = new
    return function(names, types, lines, value, shape)


def filter_gradient(case):
    """Channels last, the result too."""
    element, kernel = case["element"], case["kernel"]
    types = {"x": tensor(element, case["n"], case["h"], case["w"], case["c"]),
             "d": tensor(element, case["n"], case["p"], case["q"], case["o"])}
    shape = tensor(element, case["o"], kernel, kernel, case["c"])
    two = [str([case[key]] * 2) for key in ("kernel", "stride", "dil", "pad")]
    lines = [f"%r = lacuna.convolution_filter_gradient %x, %d kernel = "
             f"{two[0]} strides = {two[1]} dilations = {two[2]} pads = "
             f"{two[3]} to {two[3]} layout = channels_last "
             f"result_layout = channels_last : ({types['x']}, "
             f"{types['d']}) -> {shape}"]
    return function(["x", "d"], types, lines, "%r", shape)


PROGRAMS = {"attention": attention, "packed": attention,
            "backward": backward, "packed_backward": backward,
            "matmul": matmul, "convolution": convolution,
            "input_gradient": convolution, "filter_gradient": filter_gradient}


def program(case):
    return PROGRAMS[case["kind"]](case)


def numbers(text, name):
    return [int(word) for word in re.search(
        name + r" = array<i64: ([-\d, ]+)>", text)[1].split(", ")]


def number(text, name):
    return int(re.search(name + r" = (\d+) : i64", text)[1])


def cluster_of(text):
    found = re.search(r"nvvm.cluster_dim = array<i32: (\d+)", text)
    return int(found[1]) if found else 1


def entry_of(text):
    entry = {"buffer": number(text, "buffer"),
             "element": re.search(r"element = (\w+)", text)[1],
             "swizzle": number(text, "swizzle")}
    for key in ("sizes", "strides", "box", "lower", "upper", "steps"):
        if re.search(key + r" = array", text):
            entry[key] = numbers(text, key)
    return entry


def launch_of(text):
    maps = re.search(r"lacuna.tensor_maps = \[(.*?)\]", text)[1]
    return {
        "function": re.search(r"llvm.func @(\w+)", text)[1],
        "grid": numbers(text, "lacuna.grid"),
        "block": number(text, "lacuna.block"),
        "shared": number(text, "lacuna.shared_bytes"),
        "buffers": len(re.findall(r"%arg\d+: !llvm.ptr<1>", text)),
        "cluster": cluster_of(text),
        "maps": [entry_of(entry)
                 for entry in re.findall(r"\{(.*?)\}", maps)]}


def buffers_of(text):
    """Bytes of the kernel's buffers, and which are results."""
    head = re.search(r"func.func private @kernel\w*\((.*?)\) attributes", text)
    sizes, elements = [], []
    for shape in re.findall(r"memref<([^>]*)>", head[1]):
        *dims, element = shape.split("x")
        size = 1 if element == "i1" else int(re.sub(r"\D", "", element)) // 8
        for dim in dims:
            size *= int(dim)
        sizes.append(size)
        elements.append(element)
    written = re.findall(r"in restrict writable %arg(\d+)", text)
    return {"bytes": sizes, "elements": elements,
            "written": [str(i + 2) in written for i in range(len(sizes))]}


def compile_case(case, build, output):
    llvm = pathlib.Path(run("llvm-config-22", "--prefix").strip()) / "bin"
    stem = output / case["name"]
    steps = [stem.with_suffix(f".{i}.mlir") for i in range(4)]
    source = stem.with_suffix(".mlir")
    source.write_text(program(case))
    steps[0].write_text(run(build / "tools/lacuna/lacuna", "compile", source,
                            "--target=cuda", "--emit=memory"))
    opt = build / "tools/lacuna-opt/lacuna-opt"
    run(opt, steps[0], "--lacuna-emit-hopper=device-only", "--canonicalize",
        "--cse", "-o", steps[1])
    run(opt, steps[1], "--lacuna-lower-hopper", "--canonicalize", "--cse",
        "-o", steps[2])
    run(llvm / "mlir-opt", steps[2], "--convert-scf-to-cf",
        "--convert-vector-to-llvm", "--convert-math-to-llvm",
        "--convert-cf-to-llvm", "--convert-arith-to-llvm",
        "--reconcile-unrealized-casts", "-o", steps[3])
    ir, ptx = stem.with_suffix(".ll"), stem.with_suffix(".ptx")
    run(llvm / "mlir-translate", "--mlir-to-llvmir", steps[3], "-o", ir)
    run(llvm / "llc", "-mtriple=nvptx64-nvidia-cuda", "-mcpu=sm_90a",
        "-mattr=+ptx86", "-O3", ir, "-o", ptx)
    log = run("ptxas", "-arch=sm_90a", "-v", ptx, "-o",
              stem.with_suffix(".cubin"))
    if re.search(r"C75(07|1\d)", log):
        sys.exit(f"{case['name']}: ptxas serialises: {log}")
    launch = launch_of(steps[1].read_text())
    launch["registers"] = int(re.search(r"Used (\d+) registers", log)[1])
    launch["spills"] = int(re.search(r"(\d+) bytes spill stores", log)[1])
    launch.update(buffers_of(steps[0].read_text()))
    launch["case"] = case
    stem.with_suffix(".json").write_text(json.dumps(launch, indent=1))
    for path in [*steps, source, ir, ptx]:
        path.unlink()
    print(case["name"], launch["registers"], "registers", launch["spills"],
          "bytes spilled", flush=True)


def main():
    build, output, *names = sys.argv[1:]
    output = pathlib.Path(output)
    output.mkdir(parents=True, exist_ok=True)
    for case in CASES:
        if not names or case["name"] in names:
            compile_case(case, pathlib.Path(build), output)
    for name in ("check.py", "cases.py", "driver.py", "kernel.py",
                 "attention.py", "backward.py", "packed.py", "products.py",
                 "gradients.py", "sanitize.py"):
        shutil.copy(HERE / name, output / name)


if __name__ == "__main__":
    main()

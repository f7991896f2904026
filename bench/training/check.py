#!/usr/bin/env python3
"""Compares the training step of transformer.py with PyTorch's, on a GPU.

    check.py LACUNA [--blocks 2 --dim 2048 ... --budget BYTES] [--json FILE]

Gradients pass where max|ours - f32| <= 2 max|PyTorch's - f32| + the rounding of
the f32 gradient, PyTorch computing in the same type. With --time the step is
timed (`lacuna bench`) instead, on weights of 1 / sqrt(inputs).
"""
import argparse
import json
import pathlib
import subprocess
import sys
import tempfile

import numpy
import torch
import torch.nn.functional as F

HERE = pathlib.Path(__file__).resolve().parent


def draw(options):
    """Weights and input by name, in bf16, on the GPU."""
    torch.manual_seed(0)
    dim, hidden = options.dim, 4 * options.dim

    def matrix(outputs, inputs):
        return (torch.randn(outputs, inputs, device="cuda") /
                inputs ** 0.5).bfloat16()

    values = {"x": torch.randn(options.batch * options.tokens, dim,
                               device="cuda").bfloat16()}
    for i in range(options.blocks):
        for norm in ("norm1", "norm2"):
            values[f"block{i}_{norm}"] = torch.ones(dim, device="cuda").bfloat16()
        for side in ("query", "key", "value", "out"):
            values[f"block{i}_{side}"] = matrix(dim, dim)
        for side in ("gate", "up"):
            values[f"block{i}_{side}"] = matrix(hidden, dim)
        values[f"block{i}_down"] = matrix(dim, hidden)
    return values


def step(values, options):
    """Loss and gradients by PyTorch."""
    leaves = {name: value.detach().requires_grad_()
              for name, value in values.items()}
    x, dim = leaves["x"], options.dim
    shape = (options.batch, options.tokens, options.heads, dim // options.heads)
    for i in range(options.blocks):
        def of(name):
            return leaves[f"block{i}_{name}"]
        n = F.rms_norm(x, (dim,), of("norm1"), 1e-6)
        q, k, v = (F.linear(n, of(side)).view(shape).transpose(1, 2)
                   for side in ("query", "key", "value"))
        mixed = F.scaled_dot_product_attention(q, k, v, is_causal=True)
        x = x + F.linear(mixed.transpose(1, 2).reshape(-1, dim), of("out"))
        n = F.rms_norm(x, (dim,), of("norm2"), 1e-6)
        gated = F.silu(F.linear(n, of("gate"))) * F.linear(n, of("up"))
        x = x + F.linear(gated, of("down"))
    loss = x.float().square().mean()
    loss.backward()
    return loss.item(), {name: leaf.grad for name, leaf in leaves.items()}


def bits(value):
    return value.view(torch.int16).cpu().numpy().view(numpy.uint16)


def command(options, verb, folder, *more):
    words = [options.lacuna, verb, f"{folder}/net.mlir", "--inputs",
             f"{folder}/in.npz", "--target=cuda", "--gradient-of=mean-square",
             "--wrt=all", *more]
    if options.budget:
        words += ["--memory-budget", options.budget]
    done = subprocess.run(words, text=True, capture_output=True)
    if done.returncode:
        raise SystemExit(done.stdout[-2000:] + done.stderr[-2000:])
    return done.stderr + done.stdout


def compare(options, folder, values):
    command(options, "run", folder, "--output", f"{folder}/out.npz")
    got = numpy.load(f"{folder}/out.npz")
    _, plain = step(values, options)
    torch.backends.cuda.matmul.allow_tf32 = False
    loss, exact = step({n: v.float() for n, v in values.items()}, options)
    print("loss", float(got["loss"]), "PyTorch's in f32", loss)
    bad = []
    for name, reference in exact.items():
        ours = torch.from_numpy(got["d_" + name].view(numpy.int16)).cuda()
        error = (ours.view(torch.bfloat16).float() - reference).abs().max()
        other = (plain[name].float() - reference).abs().max()
        rounding = (reference.bfloat16().float() - reference).abs().max()
        if not error <= 2 * other + rounding:
            bad.append(name)
        if name == "x" or name.startswith("block0") or name in bad:
            print(f"{name:<16} error {error:.2e} PyTorch's {other:.2e} "
                  f"ratio {error / other:.2f}")
    print(f"{len(exact)} gradients, wrong: {', '.join(bad) or 'none'}")
    return bool(bad)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("lacuna")
    for name, value in (("blocks", 2), ("dim", 2048), ("heads", 16),
                        ("batch", 4), ("tokens", 2048)):
        parser.add_argument(f"--{name}", type=int, default=value)
    parser.add_argument("--budget")
    parser.add_argument("--time", action="store_true")
    parser.add_argument("--json")
    options = parser.parse_args()
    values = draw(options)
    with tempfile.TemporaryDirectory() as folder:
        sizes = [f"--{name}={getattr(options, name)}" for name in
                 ("blocks", "dim", "heads", "batch", "tokens")]
        text = subprocess.run([sys.executable, HERE / "transformer.py", *sizes],
                              check=True, text=True, capture_output=True).stdout
        pathlib.Path(folder, "net.mlir").write_text(text)
        numpy.savez(f"{folder}/in.npz",
                    **{name: bits(value) for name, value in values.items()})
        if not options.time:
            return compare(options, folder, values)
        del values
        torch.cuda.empty_cache()
        more = ["--json", options.json] if options.json else []
        print(command(options, "bench", folder, "--repeats=5", *more))
    return 0


if __name__ == "__main__":
    sys.exit(main())

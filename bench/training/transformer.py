#!/usr/bin/env python3
"""Writes a causal transformer as .mlir, for training steps of any size.

    transformer.py [--blocks 16 --dim 2048 --heads 16 --batch 4 --tokens 2048
                    --element bf16] >transformer.mlir

A block is x + attention(norm(x)), then x + down(silu(gate(n)) up(n)), n being
norm(x), with RMS norms and four times as many hidden features; weights (out,
in) are arguments. `lacuna bench transformer.mlir --gradient-of mean-square --wrt all` makes the
training step of it: loss, and gradients of the input and all weights.
"""
import argparse


class Writer:
    def __init__(self, options):
        self.o = options
        self.rows = options.batch * options.tokens
        self.arguments, self.lines, self.count = [], [], 0

    def type(self, *sizes):
        return f"tensor<{'x'.join(map(str, sizes))}x{self.o.element}>"

    def argument(self, name, *sizes):
        self.arguments.append(
            f'%{name}: {self.type(*sizes)} {{lacuna.name = "{name}"}}')
        return f"%{name}"

    def add(self, text):
        self.count += 1
        self.lines.append(f"  %v{self.count} = {text}")
        return f"%v{self.count}"

    def linear(self, x, name, inputs, outputs):
        weight = self.argument(name, outputs, inputs)
        to = self.type(self.rows, outputs)
        empty = self.add(f"tensor.empty() : {to}")
        zero = self.add(f"linalg.fill ins(%zero : {self.o.element}) "
                        f"outs({empty} : {to}) -> {to}")
        return self.add(
            "linalg.contract indexing_maps = [#x, #w, #y] "
            f"ins({x}, {weight} : {self.type(self.rows, inputs)}, "
            f"{self.type(outputs, inputs)}) outs({zero} : {to}) -> {to}")

    def norm(self, x, name):
        dim = self.o.dim
        scale = self.argument(name, dim)
        whole = self.type(self.rows, dim)
        return self.add(
            f"lacuna.rms_norm {x} scale {scale} axis = 1 epsilon = 1.0e-6 : "
            f"({whole}, {self.type(dim)}) -> {whole}")

    def sum(self, x, y):
        whole = self.type(self.rows, self.o.dim)
        return self.add(f"arith.addf {x}, {y} : {whole}")

    def attention(self, x, name):
        o, dim = self.o, self.o.dim
        whole = self.type(self.rows, dim)
        heads = self.type(o.batch, o.tokens, o.heads, dim // o.heads)
        sides = [self.add(
            f"tensor.expand_shape {self.linear(x, name + '_' + side, dim, dim)}"
            f" [[0, 1], [2, 3]] output_shape [{o.batch}, {o.tokens}, {o.heads},"
            f" {dim // o.heads}] : {whole} into {heads}")
            for side in ("query", "key", "value")]
        mixed = self.add(f"lacuna.attention {', '.join(sides)} layout = bshd "
                         f"causal = top_left : ({heads}, {heads}, {heads}) -> "
                         f"{heads}")
        flat = self.add(f"tensor.collapse_shape {mixed} [[0, 1], [2, 3]] : "
                        f"{heads} into {whole}")
        return self.linear(flat, name + "_out", dim, dim)

    def feed(self, x, name):
        hidden = 4 * self.o.dim
        wide = self.type(self.rows, hidden)
        gate = self.linear(x, name + "_gate", self.o.dim, hidden)
        up = self.linear(x, name + "_up", self.o.dim, hidden)
        opened = self.add(f"lacuna.activation silu {gate} : {wide}")
        gated = self.add(f"arith.mulf {opened}, {up} : {wide}")
        return self.linear(gated, name + "_down", hidden, self.o.dim)

    def write(self):
        x = self.argument("x", self.rows, self.o.dim)
        for i in range(self.o.blocks):
            name = f"block{i}"
            x = self.sum(x, self.attention(self.norm(x, name + "_norm1"), name))
            x = self.sum(x, self.feed(self.norm(x, name + "_norm2"), name))
        out = self.type(self.rows, self.o.dim)
        arguments = ",\n    ".join(self.arguments)
        body = "\n".join(self.lines)
        print(f"""#x = affine_map<(m, n, k) -> (m, k)>
#w = affine_map<(m, n, k) -> (n, k)>
#y = affine_map<(m, n, k) -> (m, n)>
func.func @main(
    {arguments})
    -> ({out} {{lacuna.name = "y"}}) {{
  %zero = arith.constant 0.0 : {self.o.element}
{body}
  return {x} : {out}
}}""")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    for name, value in (("blocks", 16), ("dim", 2048), ("heads", 16),
                        ("batch", 4), ("tokens", 2048)):
        parser.add_argument(f"--{name}", type=int, default=value)
    parser.add_argument("--element", default="bf16")
    Writer(parser.parse_args()).write()


if __name__ == "__main__":
    main()

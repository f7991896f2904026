#!/usr/bin/env python3
"""Writes net.mlir: a small causal language model on packed sequences.

usage: make-model.py > net.mlir

Characters and positions are looked up in tables and added; then three blocks,
x + attention(norm(x)) and x + feed forward(norm(x)) each (Vaswani et al., 2017;
norms in front as in Xiong et al., 2020); the scores of the next character come
from the table of characters again. `starts` keeps attention within a sequence.
Standard library only.
"""
ROW, MOST, LONGEST, CODES = 512, 32, 256, 97
WIDTH, HEADS, BLOCKS, INNER = 64, 4, 3, 256


class Writer:
    def __init__(self):
        self.lines, self.arguments, self.count = [], [], 0

    def emit(self, text):
        self.count += 1
        self.lines.append(f"  %{self.count} = {text}")
        return f"%{self.count}"

    def parameter(self, name, *sizes):
        type = f"tensor<{'x'.join(map(str, sizes))}xf32>"
        self.arguments.append(f'%{name}: {type} {{lacuna.name = "{name}", '
                              f'lacuna.requires_grad}}')
        return f"%{name}"

    def look_up(self, table, count, indices):
        return self.emit(
            f"lacuna.embedding {table}[{indices}] : "
            f"(tensor<{count}x{WIDTH}xf32>, tensor<{ROW}xi64>) -> "
            f"{row(WIDTH)}")

    def add(self, x, y):
        return self.emit(f"arith.addf {x}, {y} : {row(WIDTH)}")

    def norm(self, x):
        """Scale and shift are left to the matrix behind it."""
        return self.emit(f"lacuna.layer_norm {x} axis = 1 : {row(WIDTH)} -> "
                         f"{row(WIDTH)}")

    def multiply(self, x, matrix, before, after):
        """x times the transpose of `matrix`, [after, before]."""
        zero = self.emit(f"arith.constant dense<0.0> : {row(after)}")
        return self.emit(
            f"linalg.contract indexing_maps = [#rows, #columns, #result]\n"
            f"      ins({x}, {matrix} : {row(before)}, "
            f"tensor<{after}x{before}xf32>)\n"
            f"      outs({zero} : {row(after)}) -> {row(after)}")

    def linear(self, x, name, before, after):
        return self.multiply(x, self.parameter(name, after, before), before,
                             after)

    def attend(self, x, name):
        heads = f"tensor<{ROW}x{HEADS}x{WIDTH // HEADS}xf32>"
        parts = []
        for part in ("query", "key", "value"):
            y = self.linear(x, f"{name}_{part}", WIDTH, WIDTH)
            parts.append(self.emit(
                f"tensor.expand_shape {y} [[0], [1, 2]] output_shape "
                f"[{ROW}, {HEADS}, {WIDTH // HEADS}] : {row(WIDTH)} into "
                f"{heads}"))
        y = self.emit(
            f"lacuna.attention {', '.join(parts)} cu_seqlens_query %places "
            f"causal = top_left\n      : ({heads}, {heads}, {heads}, "
            f"tensor<{MOST + 1}xi32>) -> {heads}")
        y = self.emit(f"tensor.collapse_shape {y} [[0], [1, 2]] : {heads} into "
                      f"{row(WIDTH)}")
        return self.linear(y, f"{name}_output", WIDTH, WIDTH)

    def feed(self, x, name):
        x = self.linear(x, f"{name}_up", WIDTH, INNER)
        x = self.emit(f"lacuna.activation gelu {x} : {row(INNER)}")
        return self.linear(x, f"{name}_down", INNER, WIDTH)


def row(width):
    return f"tensor<{ROW}x{width}xf32>"


def build(writer):
    codes = writer.parameter("codes", CODES, WIDTH)
    places = writer.parameter("position_table", LONGEST, WIDTH)
    x = writer.add(writer.look_up(codes, CODES, "%codes_read"),
                   writer.look_up(places, LONGEST, "%positions_read"))
    for block in range(BLOCKS):
        name = f"block{block}"
        x = writer.add(x, writer.attend(writer.norm(x), name))
        x = writer.add(x, writer.feed(writer.norm(x), name))
    return writer.multiply(writer.norm(x), codes, WIDTH, CODES)


def main():
    writer = Writer()
    scores = build(writer)
    inputs = [f'%{name}: tensor<1x{count}x{type}> {{lacuna.name = "{name}"}}'
              for name, count, type in (("tokens", ROW, "i64"),
                                        ("positions", ROW, "i64"),
                                        ("starts", MOST + 1, "i32"))]
    result = f"tensor<1x{ROW}x{CODES}xf32>"
    print("// Written by make-model.py.")
    for name, dims in (("rows", "(i, k)"), ("columns", "(j, k)"),
                       ("result", "(i, j)")):
        print(f"#{name} = affine_map<(i, j, k) -> {dims}>")
    arguments = ",\n    ".join(inputs + writer.arguments)
    print(f"func.func @main(\n    {arguments})\n"
          f'    -> ({result} {{lacuna.name = "scores"}}) {{')
    for name, source, count, type in (
            ("codes_read", "tokens", ROW, "i64"),
            ("positions_read", "positions", ROW, "i64"),
            ("places", "starts", MOST + 1, "i32")):
        print(f"  %{name} = tensor.collapse_shape %{source} [[0, 1]] : "
              f"tensor<1x{count}x{type}> into tensor<{count}x{type}>")
    print("\n".join(writer.lines))
    print(f"  %scores = tensor.expand_shape {scores} [[0, 1], [2]] "
          f"output_shape [1, {ROW}, {CODES}] : {row(CODES)} into {result}")
    print(f"  return %scores : {result}\n}}")


if __name__ == "__main__":
    main()

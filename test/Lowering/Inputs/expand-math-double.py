"""Writes the body of expand-math-double.mlir: `python3 this`; needs mpmath."""
import mpmath as m
from mpmath import mpf

m.mp.dps = 40
UNARY = {
    "exp": (m.exp, [-745.0, -740.0, -1.0, 0.3, 1e-10, 709.7]),
    "exp2": (lambda x: mpf(2) ** x, [-1074.0, -3.3, 0.5, 1023.9]),
    "expm1": (m.expm1, [-1e-9, 1e-3, -0.3, 40.0, 700.0]),
    "log": (m.log, [1e-310, 0.7, 1.0000001, 3.0, 1e300]),
    "log2": (lambda x: m.log(x) / m.log(2), [8.0, 0.3, 1e-5]),
    "log10": (m.log10, [1e-5, 7.0]),
    "log1p": (m.log1p, [1e-12, -0.2, 0.26, 1e10]),
    "erf": (m.erf, [1e-5, 0.24, 0.26, 1.0, -2.5, 7.0]),
    "erfc": (m.erfc, [-1.0, 0.1, 1.0, 5.0, 20.0, 26.0]),
    "sinh": (m.sinh, [1e-5, 1.0, -20.0]),
    "cosh": (m.cosh, [0.1, -5.0]),
    "tanh": (m.tanh, [1e-5, 0.3, -4.0]),
    "asinh": (m.asinh, [1e-5, 1.0, 1e10]),
    "acosh": (m.acosh, [1.0001, 3.0]),
    "atanh": (m.atanh, [1e-5, 0.9]),
    "sin": (m.sin, [1e-5, 1.0, 3.14159, 100.0, 1e9]),
    "cos": (m.cos, [1e-5, 1.57, 1e6]),
    "tan": (m.tan, [0.5, 1.5, 100.0]),
    "asin": (m.asin, [0.1, 0.5, 0.7, -1.0]),
    "acos": (m.acos, [0.1, 0.99, -0.9]),
    "atan": (m.atan, [0.1, 0.4, 0.42, 1.0, 30.0]),
    "cbrt": (lambda x: m.sign(x) * abs(x) ** (mpf(1) / 3), [27.0, -2.0, 1e-200]),
}
BINARY = {
    "powf": (lambda x, y: x ** y, [(2.5, 3.5), (1.0001, 5000.0), (-3.0, 5.0),
                                   (1e-5, 30.0)]),
    "atan2": (m.atan2, [(1.0, -2.0), (-3.0, 0.1)]),
}


def literal(value):
    text = repr(float(value))
    return text if "e" not in text or "." in text else text.replace("e", ".0e")


def constant(name, values):
    return (f"  %{name} = arith.constant dense<[{', '.join(map(literal, values))}]>"
            f" : tensor<{len(values)}xf64>")


def page(name, arguments, values):
    size = f"tensor<{len(values)}xf64>"
    tolerance = "1.0e-13" if name in ("powf", "cbrt") else "1.0e-15"
    print(f"func.func @{name}() {{")
    names = ["x", "z"][:len(arguments)]
    for operand, numbers in zip(names, arguments):
        print(constant(operand, numbers))
    print(constant("e", values))
    inputs = ", ".join("%" + operand for operand in names)
    types = ", ".join([size] * len(names))
    print(f"  %y = linalg.map {{ math.{name} }} ins({inputs} : {types})"
          f" outs(%x : {size})")
    print(f"  check.expect_close %y, %e rtol = {tolerance} atol = 0.0 : {size}")
    print("  return\n}")


for name, (function, numbers) in UNARY.items():
    page(name, [numbers], [function(mpf(x)) for x in numbers])
for name, (function, pairs) in BINARY.items():
    page(name, list(zip(*pairs)), [function(mpf(a), mpf(b)) for a, b in pairs])

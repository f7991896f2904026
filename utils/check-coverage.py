#!/usr/bin/env python3
"""Checks that every op, constraint, pass and gradient has a test.

An op must be named in test/, a constraint `C3` of its description by a function
`@op_c3` of an -invalid test, a pass by its flag in a RUN line, an op with a rule
in lib/Autodiff by a page of test/Gradient that runs finite-differences.py. What
still lacks a test is listed in utils/untested.txt.
"""
import re

from findings import Findings, files, parse_root

OP = re.compile(r'^def \w+\s*:\s*\w*Op<"(\w+)"', re.M)
PASS = re.compile(r'^def (\w+)\s*:\s*Pass<"([\w-]+)"', re.M)
RULE = re.compile(r"\battach(?:Rule)?<([^<>]*?)(?:, adjoint\w*)?>\(context"
                  r"|^  ([\w:]+Op)::attachInterface<", re.M)
DIALECT = re.compile(r'let name = "(\w+)"')


def dialect_names(root):
    """The namespace of each folder of dialects/."""
    names = {}
    for path in files(root, ["dialects"], (".td",)):
        found = DIALECT.search(path.read_text())
        if found and ": Dialect" in path.read_text():
            names[path.parent] = found[1]
    return names


def ops(root):
    """(path, line, dialect, op, labels) of every op."""
    names = dialect_names(root)
    for path in files(root, ["dialects"], (".td",)):
        text = path.read_text()
        found = list(OP.finditer(text))
        for index, match in enumerate(found):
            end = found[index + 1].start() if index + 1 < len(found) else None
            body = text[match.start():end]
            description = body.partition("let arguments")[0]
            labels = sorted(set(re.findall(r"^\s*\* (C\d+)\.", description,
                                           re.M)))
            yield (path, text.count("\n", 0, match.start()) + 1,
                   names.get(path.parent, "?"), match[1], labels)


def passes(root):
    for path in files(root, ["include"], ("Passes.td",)):
        text = path.read_text()
        for match in PASS.finditer(text):
            yield path, text.count("\n", 0, match.start()) + 1, match[2]


def rules(root):
    """(path, line, op) of every rule that lib/Autodiff attaches."""
    classes = {}
    for path in files(root, ["dialects"], (".td",)):
        for name, op in re.findall(r'^def Lacuna_(\w+)\s*:\s*\w*Op<"(\w+)"',
                                   path.read_text(), re.M):
            classes[name] = f"lacuna.{op}"
    for path in files(root, ["lib/Autodiff"], (".cpp",)):
        text = path.read_text()
        for match in RULE.finditer(text):
            for name in re.findall(r"\w+(?:::\w+)?", match[1] or match[2]):
                line = text.count("\n", 0, match.start()) + 1
                yield path, line, classes.get(name) or upstream(name)


def upstream(name):
    """The op of an upstream class: `linalg.batch_matmul`."""
    dialect, _, word = name.removesuffix("Op").partition("::")
    return f"{dialect}." + re.sub(r"(?<!^)(?=[A-Z])", "_", word).lower()


def main():
    root = parse_root(__doc__)
    findings = Findings(root)
    listing = root / "utils" / "untested.txt"
    known = {}
    if listing.is_file():
        for number, line in enumerate(listing.read_text().split("\n"), 1):
            if line and not line.startswith("#"):
                known[line] = number
    tests = {path: path.read_text()
             for path in files(root, ["test"], (".mlir", ".test"))}
    all_tests = "\n".join(tests.values())
    runs = "\n".join(re.findall(r"RUN:.*", all_tests))
    invalid = "\n".join(text for path, text in tests.items()
                        if path.name.endswith("-invalid.mlir"))
    count = 0

    def need(name, present, path, line, sentence):
        nonlocal count
        count += 1
        if present and name in known:
            findings.add(listing, known.pop(name), f"{name} is tested: remove "
                                                   "the line")
        elif not present and known.pop(name, None) is None:
            findings.add(path, line, sentence)

    for path, line, dialect, op, labels in ops(root):
        full = f"{dialect}.{op}"
        need(full, re.search(rf"\b{full}\b", all_tests), path, line,
             f"{full} must be named in a test")
        for label in labels:
            function = f"@{op}_{label.lower()}"
            need(function, re.search(rf"{function}(_\w+)?\b", invalid), path,
                 line, f"{full}: {label} must have a test {function}")
    for path, line, flag in passes(root):
        need(flag, re.search(rf"(?<![\w-])(--?)?{flag}\b", runs), path, line,
             f"--{flag} must be run by a test")
    gradients = "\n".join(
        text for path, text in tests.items()
        if path.parent.name == "Gradient" and "finite-differences" in text)
    for path, line, op in rules(root):
        need(f"gradient of {op}", re.search(rf"\b{op}\b", gradients), path,
             line, f"the gradient of {op} must be compared with finite "
                   "differences")
    for name, number in known.items():
        findings.add(listing, number, f"there is no {name}: remove the line")
    findings.report(count)


if __name__ == "__main__":
    main()

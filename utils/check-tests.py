#!/usr/bin/env python3
"""Finds lines of tests that look like checks and are read by nobody.

CHECK lines whose prefix no FileCheck of the file's RUN lines reads, prefixes
without lines, directives without their colon, unknown directives, expected-…
without --verify-diagnostics, check.expect_… without `lacuna check`.
"""
import re

from findings import Findings, files, parse_root

LIT = {"RUN", "REQUIRES", "UNSUPPORTED", "XFAIL", "DEFINE", "REDEFINE",
       "ALLOW_RETRIES", "END", "COM"}
SUFFIX = r"(?:-(?:NEXT|SAME|NOT|DAG|LABEL|EMPTY|COUNT-\d+))?"
DIRECTIVE = re.compile(
    r"^\s*(?://|#|;)?\s*([A-Z][A-Z0-9_-]*?)(" + SUFFIX + r")(?:\{LITERAL\})?"
    r"(\s*)(:|\s|$)")
COMMENT = re.compile(r"^\s*(//|#|;)")


def run_lines(lines):
    """RUN lines with their continuations joined: (number, command)."""
    joined, start = "", 0
    for number, line in enumerate(lines, 1):
        match = re.match(r"^\s*(?://|#|;)?\s*RUN:(.*)$", line)
        if not match:
            continue
        start = start or number
        joined += match[1]
        if joined.endswith("\\"):
            joined = joined[:-1]
            continue
        yield start, joined
        joined, start = "", 0


def read_prefixes(command):
    """The prefixes that the FileChecks of one RUN line read in this file."""
    found = set()
    for call in re.split(r"\||&&|;", command):
        if not re.search(r"(^|\s)FileCheck\b", call):
            continue
        given = re.findall(r"--?check-prefix(?:es)?[= ]([\w,-]+)", call)
        found |= set(",".join(given).split(",")) if given else {"CHECK"}
    return found


def check_directives(findings, path, lines, prefixes):
    """Looks at each directive; the prefixes that have lines."""
    seen = set()
    for number, line in enumerate(lines, 1):
        match = DIRECTIVE.match(line)
        if not match or match[1] in LIT - {"RUN"}:
            continue
        name, kind, gap, end = match.groups()
        known = name in prefixes or name == "CHECK"
        if name == "RUN":
            if end != ":" or gap:
                findings.add(path, number, "`RUN` must be followed by a colon")
        elif end != ":" or gap:
            if known and (kind or name == "CHECK") and COMMENT.match(line):
                findings.add(path, number, f"`{name}{kind}` must be followed "
                                           "by a colon")
        elif name not in prefixes and COMMENT.match(line):
            findings.add(path, number, f"no FileCheck of this file reads "
                                       f"`{name}{kind}:`")
        seen.add(name)
    return seen


def check_words(findings, path, lines, commands):
    """Expectations that need a flag or a tool to be looked at."""
    rules = [
        (r"expected-(error|warning|note|remark)", r"-verify-diagnostics",
         "`expected-…` must be read by --verify-diagnostics"),
        (r"^\s*check\.expect_", r"\blacuna check\b|lacuna-opt",
         "`check.expect_…` must be run by `lacuna check`"),
        (r"^// -----", r"-split-input-file|-verify-diagnostics|split-file",
         "`// -----` must be read by --split-input-file")]
    for expression, needed, sentence in rules:
        hits = [number for number, line in enumerate(lines, 1)
                if re.search(expression, line)]
        if hits and not re.search(needed, commands):
            findings.add(path, hits[0], sentence)
    if re.search(r"-verify-diagnostics", commands) and not any(
            re.search(r"expected-", line) for line in lines):
        findings.add(path, 1, "--verify-diagnostics has nothing to expect")


def main():
    root = parse_root(__doc__)
    findings = Findings(root)
    tests = [path for path in files(root, ["test"], (".mlir", ".test"))
             if "Inputs" not in path.parts]
    for path in tests:
        text = path.read_text()
        # Parts of a split file are inputs of other programs.
        lines = re.split(r"(?m)^//--- ", text)[0].split("\n")
        runs = list(run_lines(lines))
        prefixes = {}
        for number, command in runs:
            for prefix in read_prefixes(command):
                prefixes.setdefault(prefix, number)
        if not runs:
            findings.add(path, 1, "a test must have a RUN line")
        seen = check_directives(findings, path, lines, set(prefixes))
        for prefix, number in prefixes.items():
            if prefix not in seen:
                findings.add(path, number, f"no line has the prefix "
                                           f"`{prefix}`")
        check_words(findings, path, lines,
                    "\n".join(command for _, command in runs))
    findings.report(len(tests))


if __name__ == "__main__":
    main()

#!/usr/bin/env python3
"""Checks the house's budgets and names.

Lengths of files and functions, names that say nothing, work notes, include
guards and header comments. A file over budget is listed in utils/debts.txt with
the length it may have; a debt that is paid must leave the list.
"""
import re

from findings import Findings, files, parse_root

FOLDERS = ["dialects", "include", "lib", "tools", "test", "utils", "cmake",
           "examples", "bench"]
ENDINGS = (".cpp", ".h", ".td", ".mlir", ".test", ".py", ".sh", ".cmake",
           "CMakeLists.txt")
LENGTHS = {".cpp": 500, ".h": 150, ".td": 250, ".mlir": 150, ".test": 150,
           ".py": 500, ".sh": 150}
FUNCTION = 60
VAGUE = re.compile(r"(?i)^(utils?|common|misc|helpers?|managers?)(\W|$)|"
                   r"(Utils?|Common|Misc|Helpers?|Manager)(\W|$)")
# In two pieces, so that this file passes.
NOTE = re.compile(r"\b(TO" r"DO|FIX" r"ME|X" r"XX)\b")


def read_debts(root, findings):
    """utils/debts.txt: `PATH LINES` or `PATH:FUNCTION LINES`."""
    path = root / "utils" / "debts.txt"
    debts = {}
    if path.is_file():
        for number, line in enumerate(path.read_text().split("\n"), 1):
            if line and not line.startswith("#"):
                name, _, length = line.rpartition(" ")
                debts[name] = (int(length), path, number)
    return debts


def functions(lines):
    """(name, line, length) of function bodies that end in column 0, or inside
    a namespace-free class right after it: as clang-format lays them out."""
    start = None
    for number, line in enumerate(lines, 1):
        if line.startswith("}"):
            if start and not line.startswith("};"):
                head = " ".join(lines[start - 1:number])
                name = re.search(r"([\w:~]+)\s*\(", head)
                yield name[1] if name else "?", start, number - start + 1
            start = None
        elif re.match(r"[A-Za-z]", line) and not re.match(
                r"(namespace|using|#|extern|class|struct|enum|public|private)",
                line) and line.rstrip().endswith(("{", ",", "(", ")")):
            start = start or number
        elif re.match(r"(namespace|class|struct|enum)\b", line) or line == "":
            if start and not any("{" in text for text in lines[start - 1:number]):
                start = None


def check_length(findings, debts, name, path, line, length, limit):
    debt = debts.pop(name, None)
    allowed = debt[0] if debt else limit
    if length > allowed:
        findings.add(path, line, f"{name} must have at most {allowed} lines, "
                                 f"got {length}")
    elif debt and length <= limit:
        findings.add(debt[1], debt[2], f"{name} is within its budget: remove "
                                       "the debt")


def check_header(findings, path, root, lines):
    """An include guard named after the path, or after the folder in lib/."""
    guard = next((line.split()[1] for line in lines
                  if line.startswith("#ifndef ")), "")
    stem = re.sub(r"\W", "_", path.stem).upper()
    if not guard.startswith("LACUNA_") or stem not in guard.replace("_", ""):
        findings.add(path, 1, "the include guard must be LACUNA_…_"
                              f"{stem}_H, got `{guard}`")
    elif f"#define {guard}" not in lines:
        findings.add(path, 1, f"`{guard}` must be defined")


def check_file(findings, debts, path, root):
    name = str(path.relative_to(root))
    text = path.read_text()
    lines = text.rstrip("\n").split("\n")
    if VAGUE.search(path.name.split(".")[0]) or any(
            VAGUE.fullmatch(part) for part in path.parts[len(root.parts) + 1:]):
        findings.add(path, 1, f"`{path.name}` must say what is in it")
    limit = LENGTHS.get(path.suffix)
    if limit and "Inputs" not in path.parts:
        check_length(findings, debts, name, path, 1, len(lines), limit)
    for number, line in enumerate(lines, 1):
        if NOTE.search(line):
            findings.add(path, number, "work notes do not stay in the code")
        if line.endswith((" ", "\t")):
            findings.add(path, number, "white space ends the line")
    if not text.endswith("\n"):
        findings.add(path, len(lines), "the last line must end")
    if path.suffix in (".cpp", ".h") and not lines[0].startswith(
            ("//===-", "/*===-")):
        findings.add(path, 1, "a header comment must open the file")
    if path.suffix == ".h":
        check_header(findings, path, root, lines)
    if path.suffix == ".cpp":
        for function, line, length in functions(lines):
            check_length(findings, debts, f"{name}:{function}", path, line,
                         length, FUNCTION)


def main():
    root = parse_root(__doc__)
    findings = Findings(root)
    debts = read_debts(root, findings)
    sources = files(root, FOLDERS, ENDINGS)
    for path in sources:
        check_file(findings, debts, path, root)
    for name, (_, path, number) in debts.items():
        findings.add(path, number, f"there is no {name}: remove the debt")
    findings.report(len(sources))


if __name__ == "__main__":
    main()

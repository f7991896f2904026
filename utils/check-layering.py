#!/usr/bin/env python3
"""Checks that libraries see only what lies below them.

Compares `#include "lacuna/X/..."` in lib/, include/ and tools/ with the arrows
of the house (ARROWS) and with LINK_LIBS in the CMakeLists.txt.
"""
import re

from findings import Findings, files, parse_root

# A library and the ones right below it; what these see, it may see too.
ARROWS = {
    "C": {"Training"},
    "Training": {"JIT"},
    "JIT": {"Pipeline", "Codegen", "Runtime"},
    "Pipeline": {"Import", "Autodiff", "Transforms", "Lowering", "Codegen"},
    "Import": {"IR"},
    "Autodiff": {"IR"},
    "Transforms": {"IR", "Planning"},
    "Lowering": {"IR", "Planning"},
    "Planning": {"Support"},
    "IR": {"Support"},
    "Codegen": {"Support"},
    "Runtime": {"Support"},
    "Support": set(),
}
# All that the compiler may know of the runtime: no code, so nothing to link.
OPEN_HEADERS = {"lacuna/Runtime/ABI.h"}
INCLUDE = re.compile(r'^\s*#\s*include\s+"([^"]+)"')
CALL = re.compile(r"\b(lacuna_add_library|target_link_libraries)\s*\(([^)]*)\)")


def below(graph, library):
    """Every library that can be reached from `library`."""
    reached, todo = set(), list(graph.get(library, ()))
    while todo:
        name = todo.pop()
        if name not in reached:
            reached.add(name)
            todo.extend(graph.get(name, ()))
    return reached


def read_links(root, target):
    """What CMakeLists.txt in lib/TARGET or tools/TARGET links: {name: line}."""
    path = root / target / "CMakeLists.txt"
    links = {}
    if not path.is_file():
        return path, links
    text = re.sub(r"#[^\n]*", "", path.read_text())
    for call in CALL.finditer(text):
        words = call[2]
        if call[1] == "lacuna_add_library" and "LINK_LIBS" not in words:
            continue
        start = call.start(2) + max(0, words.find("LINK_LIBS"))
        own = re.match(r"\s*(\w+)", words)[1]
        for word in re.finditer(r"\bLacuna(\w+)", text[start:call.end(2)]):
            if word[0] != own:
                links[word[1]] = text.count("\n", 0, start + word.start()) + 1
    return path, links


def owner(path, root):
    """The folder of CMake's target and the library's name ('' for a tool)."""
    parts = path.relative_to(root).parts
    if parts[0] == "include":
        return f"lib/{parts[2]}", parts[2]
    return f"{parts[0]}/{parts[1]}", parts[1] if parts[0] == "lib" else ""


def check_include(findings, path, number, header, library, linked):
    used = header.split("/")[1]
    if used == library or header in OPEN_HEADERS:
        return
    name = library or "a tool"
    if library and used not in below(ARROWS, library):
        findings.add(path, number, f"{name} must not include `{header}`: "
                                   f"{used} is not below it")
    elif used not in linked:
        findings.add(path, number, f"{name} includes `{header}` but does not "
                                   f"link Lacuna{used}")


def main():
    root = parse_root(__doc__)
    findings = Findings(root)
    sources = files(root, ["lib", "include/lacuna", "tools"], (".cpp", ".h"))
    targets, used = {}, {}
    for path in sources:
        if len(path.relative_to(root).parts) < 3:
            findings.add(path, 1, "must lie in the folder of a library or tool")
            continue
        targets.setdefault(owner(path, root), []).append(path)
    cmake = {target: read_links(root, target) for target, _ in targets}
    graph = {target.split("/")[1]: set(links)
             for target, (_, links) in cmake.items() if target[:4] == "lib/"}
    for (target, library), paths in sorted(targets.items()):
        if library and library not in ARROWS:
            findings.add(paths[0], 1, f"{library} must have a place in ARROWS "
                                      "of utils/check-layering.py")
            continue
        listed, links = cmake[target]
        linked = set(links) | {name for link in links
                               for name in below(graph, link)}
        for path in paths:
            for number, line in enumerate(path.read_text().split("\n"), 1):
                include = INCLUDE.match(line)
                if not include:
                    continue
                header = include[1]
                if header.startswith("lacuna/"):
                    used.setdefault(target, set()).add(header.split("/")[1])
                    check_include(findings, path, number, header, library,
                                  linked)
                elif "../" in header:
                    findings.add(path, number, "a path must not lead upwards: "
                                               f"`{header}`")
        for link, line in links.items():
            if library and link not in below(ARROWS, library):
                findings.add(listed, line, f"{library} must not link "
                                           f"Lacuna{link}")
            elif link not in used.get(target, set()):
                findings.add(listed, line, f"Lacuna{link} is linked but nothing "
                                           "of it is included")
    findings.report(len(sources))


if __name__ == "__main__":
    main()

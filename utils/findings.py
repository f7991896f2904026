"""What the checks of the house share: arguments, source files, findings."""
import argparse
import pathlib
import sys


def parse_root(description):
    """The folder to check, from `--root` (this checkout)."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument(
        "--root", type=pathlib.Path, metavar="DIR",
        default=pathlib.Path(__file__).resolve().parent.parent,
        help="checkout to check (the one this script lies in)")
    return parser.parse_args().root


def files(root, folders, endings):
    """The files below `folders` of `root` with one of `endings`, sorted."""
    return sorted(path for folder in folders
                  for path in (root / folder).rglob("*")
                  if path.is_file() and path.name.endswith(endings))


class Findings:
    """Collects `file:line: sentence`; reports all at the end."""

    def __init__(self, root):
        self.root = root
        self.lines = []

    def add(self, path, line, sentence):
        self.lines.append((str(path.relative_to(self.root)), line, sentence))

    def report(self, checked):
        """Prints the findings, or what was found clean; exits."""
        for path, line, sentence in sorted(self.lines):
            print(f"{path}:{line}: {sentence}")
        if self.lines:
            sys.exit(1)
        if not checked:
            sys.exit(f"{self.root}: nothing to check")
        print(f"{checked} checked")

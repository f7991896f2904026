"""Adds to a broken tree what a page cannot show: long files, work notes."""
import pathlib
import sys

root = pathlib.Path(sys.argv[1])
folder = root / "lib" / "IR"
(folder / "Long.cpp").write_text("//===- Long\n" + "int x;\n" * 500)
(folder / "LongFunction.cpp").write_text(
    "//===- LongFunction\n\nint work(int a,\n         int b) {\n"
    + "  a += b;\n" * 57 + "  return a;\n}\n")
notes = folder / "ShapeUtils.cpp"
notes.write_text(notes.read_text().replace("O%", "").replace("D%O", "DO")
                 .replace(";%", "; "))

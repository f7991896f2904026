"""How lit runs the tests: one page of program, data and expectation a file."""
import glob
import importlib.util
import os
import shutil
import sys

import lit.formats

config.name = "Lacuna"
config.test_format = lit.formats.ShTest(execute_external=False)
config.suffixes = [".mlir", ".test"]
config.excludes = ["Inputs"]
config.test_source_root = os.path.dirname(__file__)
config.test_exec_root = os.path.join(config.lacuna_build_dir, "test")

# FileCheck, not and count have no version suffix in LLVM's own folder only.
config.environment["PATH"] = os.pathsep.join([
    os.path.join(config.lacuna_build_dir, "tools", "lacuna"),
    os.path.join(config.lacuna_build_dir, "tools", "lacuna-opt"),
    os.path.join(config.lacuna_build_dir, "tools", "lacuna-lsp-server"),
    config.llvm_tools_dir, config.environment["PATH"]])
config.environment["FILECHECK_OPTS"] = "-enable-var-scope"
config.substitutions.append(("%source", config.lacuna_source_dir))
config.substitutions.append(("%build", config.lacuna_build_dir))
config.substitutions.append(("%python", sys.executable))
# A fresh machine has the compilers that build Lacuna, and no others.
config.substitutions.append(("%cc", config.lacuna_c_compiler))
config.substitutions.append(("%cxx", config.lacuna_cxx_compiler))

# Where CUDA's assembler is, PTX is assembled; running it is another matter.
if shutil.which("ptxas"):
    config.available_features.add("ptxas")

# What sanitizers instrument links with their runtime only.
if config.lacuna_sanitize:
    config.available_features.add("sanitizer")

# PTX is assembled where CUDA's assembler is found.
if shutil.which("ptxas", path=config.environment["PATH"]):
    config.available_features.add("ptxas")

if os.path.exists("/dev/nvidiactl"):
    config.available_features.add("cuda")

# Python itself is enough for most scripts; an example needs more.
if importlib.util.find_spec("numpy"):
    config.available_features.add("numpy")

# ONNX's own tests, when the package is in <build>/venv (utils/test.sh).
onnx_tests = glob.glob(os.path.join(
    config.lacuna_build_dir, "venv", "lib", "python3*", "site-packages", "onnx",
    "backend", "test", "data"))
if onnx_tests:
    config.available_features.add("onnx-tests")
    config.substitutions.append(("%onnx_tests", onnx_tests[0]))
    config.substitutions.append(("%onnx_python", os.path.join(
        config.lacuna_build_dir, "venv", "bin", "python")))

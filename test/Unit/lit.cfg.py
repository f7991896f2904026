"""How lit runs the GoogleTest programs."""
import os

import lit.formats

config.name = "Lacuna-Unit"
config.test_format = lit.formats.GoogleTest(".", "Tests")
config.test_source_root = config.unit_dir
config.test_exec_root = config.unit_dir
for name in ("OMP_NUM_THREADS", "ASAN_OPTIONS", "UBSAN_OPTIONS",
             "TSAN_OPTIONS"):
    if name in os.environ:
        config.environment[name] = os.environ[name]

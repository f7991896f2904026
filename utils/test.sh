#!/bin/sh
# Builds everything and runs every test. The last line counts the results; the
# exit code is not 0 when a test failed. `utils/test.sh [BUILD-FOLDER]` (build)
set -eu

cd "$(dirname "$0")/.."
build=${1:-build}
utils/setup.sh
utils/configure.sh "$build" -DLACUNA_BUILD_TESTS=ON
ninja -C "$build"
utils/setup-venv.sh "$build/venv" onnx ||
  echo "test: no package onnx: its conformance tests are reported unsupported"

lit="$(llvm-config-22 --prefix)/bin/lit"
rm -f "$build/lit.json"
status=0
python3 "$lit" -sv --output "$build/lit.json" "$build/test" || status=$?
python3 utils/count-results.py "$build/lit.json"
exit $status

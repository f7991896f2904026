#!/bin/sh
# From a fresh checkout to a model's outputs: installs what is missing, builds
# the `lacuna` tool and runs an example on the CPU.
# `utils/demo.sh [BUILD-FOLDER]` (build)
set -eu

cd "$(dirname "$0")/.."
build=${1:-build}
utils/setup.sh build
if [ ! -f "$build/build.ninja" ]; then
  utils/configure.sh "$build" -DLACUNA_BUILD_TESTS=OFF
fi
ninja -C "$build" lacuna
set -x
"$build/tools/lacuna/lacuna" run examples/atrous_block.mlir --random 1

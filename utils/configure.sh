#!/bin/sh
# Configures a build folder: `utils/configure.sh FOLDER [CMAKE-ARGUMENT...]`,
# with Clang 22 and Ninja, and with ccache where there is one.
set -eu

source=$(cd "$(dirname "$0")/.." && pwd)
folder=$1
shift
if [ ! -f "$folder/build.ninja" ] && command -v ccache >/dev/null; then
  # Without this sloppiness ccache refuses to work with a precompiled header.
  sloppiness=pch_defines,time_macros,include_file_mtime,include_file_ctime
  set -- "-DCMAKE_CXX_COMPILER_LAUNCHER=env;CCACHE_SLOPPINESS=$sloppiness;ccache" "$@"
fi
mkdir -p "$folder"
cmake -S "$source" -B "$folder" -G Ninja -DCMAKE_C_COMPILER=clang-22 \
  -DCMAKE_CXX_COMPILER=clang++-22 "$@" >"$folder/configure.log" 2>&1 || {
  cat "$folder/configure.log" >&2
  exit 1
}

#!/bin/sh
# Installs what Lacuna needs to build and test, from this machine's own package
# sources (Debian 12 with its security suite). Installs only what is missing;
# as root, or by sudo. `utils/setup.sh build` leaves the tests' packages out.
set -eu

build_packages="
  ca-certificates ccache clang-22 cmake git libdlpack-dev libfmt-dev
  libmlir-22-dev libonnx-dev libprotobuf-dev libzip-dev libzstd-dev lld-22
  llvm-22-dev mlir-22-tools ninja-build protobuf-compiler zlib1g-dev"
test_packages="
  coinor-cbc libgtest-dev libmpfr-dev llvm-22-tools python3 python3-numpy
  python3-venv"

packages=$build_packages
[ "${1:-all}" = build ] || packages="$packages $test_packages"

missing=""
for package in $packages; do
  dpkg-query -W -f '${Status}' "$package" 2>/dev/null |
    grep -q '^install ok installed$' || missing="$missing $package"
done
[ -n "$missing" ] || exit 0

as_root=""
if [ "$(id -u)" != 0 ]; then
  command -v sudo >/dev/null || {
    echo "setup: run as root, or install sudo; missing:$missing" >&2
    exit 1
  }
  as_root="sudo"
fi
echo "setup: installing$missing"
export DEBIAN_FRONTEND=noninteractive
$as_root apt-get update -qq
# shellcheck disable=SC2086  # one word a package
$as_root apt-get install -qq -y --no-install-recommends $missing >/dev/null || {
  echo "setup: apt cannot install$missing; the LLVM 22 packages come from" \
       "Debian 12's security suite: is it among the apt sources?" >&2
  exit 1
}

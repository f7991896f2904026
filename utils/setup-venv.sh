#!/bin/sh
# Makes a Python environment with packages of utils/requirements.txt:
# `utils/setup-venv.sh FOLDER PACKAGE...`. Does nothing if they are there.
set -eu

here=$(cd "$(dirname "$0")" && pwd)
folder=$1
shift
requirements=""
for package; do
  requirements="$requirements $(grep "^$package==" "$here/requirements.txt")"
done
stamp="$folder/installed"
[ "$(cat "$stamp" 2>/dev/null)" != "$requirements" ] || exit 0
python3 -m venv "$folder"
# shellcheck disable=SC2086  # one word a requirement
"$folder/bin/python" -m pip install -q $requirements
echo "$requirements" >"$stamp"

#!/bin/sh
# Trains the language model on the project's documentation, and lets it write.
# usage: examples/packed-transformer/train.sh [--quick] [FOLDER]
set -e
here=$(dirname "$0")
root=$here/../..
steps=2000 letters=300
if [ "$1" = --quick ]; then
  steps=5 letters=3
  shift
fi
out=${1:-packed-transformer}
build=${LACUNA_BUILD:-$root/build}
lacuna=${LACUNA:-$build/tools/lacuna/lacuna}
python=${PYTHON:-python3}
mkdir -p "$out"
"$python" "$here/make-data.py" "$out/train.npz" "$out/unseen.npz" \
  "$root/README.md" "$root"/docs/*.md "$root"/docs/decisions/*.md \
  "$root"/docs/generated/[!c]*.md
"$lacuna" train "$here/net.mlir" --data "$out/train.npz" --out "$out/run" \
  --class-axis 2 --steps $steps --optimizer adamw --lr 3e-3 --schedule cosine \
  --warmup 100 --weight-decay 0.01 --clip-norm 1
"$lacuna" evaluate "$out/run/trained.mlir" --data "$out/unseen.npz" \
  --class-axis 2 > "$out/unseen.txt"
head -2 "$out/unseen.txt"
export LACUNA_LIBRARY=${LACUNA_LIBRARY:-$build/lib/C/liblacuna.so}
export PYTHONPATH=$root/python
"$python" "$here/generate.py" "$out/run/trained.mlir" "The planner " $letters

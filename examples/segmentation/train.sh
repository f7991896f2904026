#!/bin/sh
# Trains the atrous network on made images and scores it on others.
# usage: examples/segmentation/train.sh [--quick] [FOLDER]
set -e
here=$(dirname "$0")
steps=5000 images=4000 seen=400
if [ "$1" = --quick ]; then
  steps=30 images=64 seen=16
  shift
fi
out=${1:-segmentation}
lacuna=${LACUNA:-$here/../../build/tools/lacuna/lacuna}
python=${PYTHON:-python3}
mkdir -p "$out"
"$python" "$here/make-data.py" "$out/train.npz" $images 1
"$python" "$here/make-data.py" "$out/unseen.npz" $seen 2
"$lacuna" train "$here/net.mlir" --data "$out/train.npz" --out "$out/run" \
  --steps $steps --optimizer adamw --lr 3e-3 --schedule cosine --warmup 50 \
  --weight-decay 1e-4 --clip-norm 1
"$lacuna" evaluate "$out/run/trained.mlir" --data "$out/unseen.npz" \
  --confusion "$out/confusion.svg"
"$python" "$here/draw-overlays.py" "$lacuna" "$out/run/trained.mlir" \
  "$out/unseen.npz" "$out/overlays.png"

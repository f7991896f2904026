//===- Passes.cpp - Anchors the library Transforms ------------------------===//
#include "lacuna/Transforms/Passes.h"
